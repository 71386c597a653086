"""What a workflow takes: asked of its class and of a running worker, kept in the manifest, and missed by the gate."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.common import RawValue
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.replay.drift.allowed import Allowed
from harness.replay.gate.gate import allowing, ask
from harness.replay.gate.telling import lines_of
from harness.replay.recording.handlers import gone, of_class, of_running
from harness.replay.recording.keep import keep, keep_handlers, read_handlers
from harness.replay.testing_replay import APPLICATION, SAME, sleeper_history
from harness.verdict import Verdict


@workflow.defn
class Taker:
    def __init__(self) -> None:
        self.ended = False

    @workflow.run
    async def run(self) -> None:
        workflow.set_query_handler("set-later", lambda: 1)
        await workflow.wait_condition(lambda: self.ended)

    @workflow.signal
    def end(self) -> None:
        self.ended = True

    @workflow.update(name="pay")
    async def take(self) -> None: ...

    @workflow.query
    def state(self) -> bool:
        return self.ended


@workflow.defn
class AnyTaker:
    @workflow.run
    async def run(self) -> None: ...

    @workflow.query(dynamic=True)
    def whatever(self, name: str, given: Sequence[RawValue]) -> None: ...


def test_a_class_says_what_it_takes() -> None:
    assert of_class(Taker) == ["query state", "signal end", "update pay"]
    assert of_class(AnyTaker) == ["query (any)"]


async def test_a_running_worker_says_it_and_without_one_nobody_does(temporal_address: str) -> None:
    client, queue = await Client.connect(temporal_address), f"takes-{uuid.uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[Taker], workflow_runner=UnsandboxedWorkflowRunner()):
        handle = await client.start_workflow(Taker.run, id=queue, task_queue=queue)
        found = await of_running(client, handle.id, str(handle.result_run_id))
        await handle.signal(Taker.end)
        await handle.result()

    assert found == ["query set-later", "query state", "signal end", "update pay"]
    assert await of_running(client, "nobody", str(uuid.uuid4())) is None


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        ({"A": ["query one", "signal two"]}, []),
        ({"A": ["query (any)", "signal two"]}, []),
        ({"A": ["query one", "query (any)"]}, ["signal two"]),
        ({"A": []}, ["query one", "signal two"]),
        ({"B": []}, []),
    ],
)
def test_what_is_taken_no_more_is_named(now: dict[str, list[str]], missing: list[str]) -> None:
    assert [drift.field for _, drift in gone({"A": ["signal two", "query one"]}, now)] == missing


def test_the_gate_misses_a_query_that_no_history_tells_of_and_an_entry_allows_it(tmp_path: Path) -> None:
    (tmp_path / "sleeping.py").write_text(APPLICATION.format(body=SAME, failures="()"))
    kept = keep(WorkflowHistory.from_json("slept", sleeper_history("slept")), tmp_path / "corpus", "a test")
    assert kept is not None
    files = [tmp_path / "corpus" / kept.file]
    assert ask("sleeping", tmp_path, files).verdict is Verdict.VALID
    keep_handlers(tmp_path / "corpus", {"Sleeper": ["query state"], "Gone": ["query state"]})
    keep(WorkflowHistory.from_json("slept", sleeper_history("slept")), tmp_path / "corpus", "again", "another")
    assert read_handlers(tmp_path / "corpus") == {"Sleeper": ["query state"], "Gone": ["query state"]}

    answers = ask("sleeping", tmp_path, files)

    assert answers.verdict is Verdict.INVALID
    assert "the history   Handlers Sleeper: query state taken" in "\n".join(lines_of(answers, tmp_path, tmp_path, "c"))
    assert allowing(answers, [Allowed("Handlers Sleeper", "query state", "nobody asks")]).verdict is Verdict.VALID
    assert ask("sleeping", tmp_path, files, drift=False).verdict is Verdict.VALID
