"""The lines of the page about Temporal's commands, and the workflows that they are tried on."""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

import temporalio.client
import temporalio.worker
from temporalio import workflow

from harness.cli.look import invocation
from harness.stack.state import StackState

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
ROW = re.compile(r"^\| [`(]tctl .*? \| `(assay cli (?:--tdbg )?-- .*)` \|$", re.MULTILINE)
NAMES = {"query": "state", "signal": "tell", "update": "told"}
# What a line has to print when it did its work, by the words that follow `--`; the exit code alone would prove little.
PRINTS = {
    "workflow list": "Waiter",
    "workflow count": r"Total: \d+",
    "workflow start": "WorkflowId +{id}",
    "workflow describe": "WorkflowId +{id}",
    "workflow show": "WorkflowExecutionStarted|EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
    "workflow stack": "Stack for",
    "workflow query": r'QueryResult.*"waiting"',
    "workflow signal": "Signal workflow succeeded",
    "workflow update": "told DATA",
    "workflow cancel": "Canceled workflow",
    "workflow terminate": "Workflow terminated|Started batch",
    "workflow reset": "Resetting workflow {id}",
    "batch list": "JobId|State",
    "task-queue describe": "Pollers",
    "operator namespace": "{namespace}",
    "operator cluster": "SERVING|ClusterName",
    "operator search-attribute": "Keyword|have been added",
}
TDBG_PRINTS = {
    "workflow describe": "{id}",
    "workflow show": "Waiter",
    "shard describe": "shardId",
    "history-host describe": "shard",
    "membership list-gossip": "frontend.*history",
    "membership list-db": "127.0.0.1",
    "taskqueue list-tasks": "",
    "dlq list": "",
}


@workflow.defn(sandboxed=False)
class Waiter:
    """Waits until it is told something."""

    def __init__(self) -> None:
        self._told = ""

    @workflow.run
    async def run(self, told: str) -> str:
        self._told = told
        await workflow.wait_condition(lambda: bool(self._told))
        return self._told

    @workflow.signal
    async def tell(self, what: str) -> None:
        self._told = what

    @workflow.update
    async def told(self, what: str) -> str:
        self._told = what
        return f"told {what}"

    @workflow.query
    def state(self) -> str:
        return self._told or "waiting"


@dataclass(frozen=True)
class Bench:
    """A namespace of this test's own, as a stack that is up, and the words that stand for its things."""

    client: temporalio.client.Client
    state: StackState
    queue: str
    new_namespace: str

    async def run(self, line: str) -> bool:
        """Run one line of the page as `assay cli` would, with a fresh workflow behind its ID, and see it done."""
        workflow_id = f"looked-at-{uuid.uuid4().hex}"
        if re.search(r"\bID\b", line) and "workflow start" not in line:
            run_id = await self.waiter(workflow_id, "told" if "--follow" in line else "")
            line = line.replace("RUN_ID", run_id)
        words = {"ID": workflow_id, "QUEUE": self.queue, "TYPE": "Waiter", "traf3li-production": self.new_namespace}
        words |= {"NAME": next((name for verb, name in NAMES.items() if f"workflow {verb}" in line), "")}
        for word, value in words.items():
            line = re.sub(rf"\b{word}\b", value, line)
        before, _, after = line.partition(" -- ")
        arguments = shlex.split(after)
        command, environment = invocation(self.state, arguments, tdbg="--tdbg" in before)
        done = await asyncio.to_thread(
            subprocess.run,
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        printed = done.stdout + done.stderr
        prints = TDBG_PRINTS if "--tdbg" in before else PRINTS
        expected = prints[" ".join(arguments[:2])].format(id=workflow_id, namespace=self.new_namespace)
        assert done.returncode == 0, f"{line} exited with {done.returncode}:\n{printed}"
        assert re.search(expected, printed, re.DOTALL), f"{line} printed:\n{printed}"
        return True

    async def waiter(self, workflow_id: str, told: str) -> str:
        """Start a workflow, and see that it waits; returns its run's id."""
        handle = await self.client.start_workflow(Waiter.run, told, id=workflow_id, task_queue=self.queue)
        # Its first task has to be done before there is anything to query, or to reset to.
        await handle.query(Waiter.state)
        return str(handle.result_run_id)


def lines(*, tdbg: bool) -> list[str]:
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return [line for line in found if ("--tdbg" in line) is tdbg]
