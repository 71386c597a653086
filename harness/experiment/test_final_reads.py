"""The final reads say how an execution stands by its history, however late the server's visibility is."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.experiment.final_reads import read_everything
from harness.poll import eventually
from harness.record.history_endings import ids_of
from harness.record.journal import FileJournal, read_journal
from harness.stack.client import connect_client


@workflow.defn
class Waits:
    def __init__(self) -> None:
        self._told = False

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: self._told)
        return "told"

    @workflow.signal
    def tell(self) -> None:
        self._told = True


@workflow.defn
class GoesOn:
    @workflow.run
    async def run(self, times: int) -> None:
        if times:
            workflow.continue_as_new(times - 1)


class BehindTheTimes:
    """A client whose visibility names executions as they were, and turns the first question away."""

    def __init__(self, client: Client, seen: list[WorkflowExecution]) -> None:
        self._client, self._seen, self._asked = client, seen, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def list_workflows(self, _: str) -> AsyncIterator[WorkflowExecution]:
        self._asked += 1
        if self._asked == 1:
            raise RPCError("not yet", RPCStatusCode.UNAVAILABLE, b"")
        for execution in self._seen:
            yield execution


async def test_an_execution_that_has_ended_is_not_running_though_visibility_says_so(
    temporal_address: str, tmp_path: Path
) -> None:
    client = await connect_client(temporal_address)
    workflow_id = queue = f"waits-{uuid.uuid4().hex}"
    query = f'WorkflowId = "{workflow_id}"'

    async def found() -> list[WorkflowExecution]:
        return [execution async for execution in client.list_workflows(query)]

    async with Worker(client, task_queue=queue, workflows=[Waits], workflow_runner=UnsandboxedWorkflowRunner()):
        handle = await client.start_workflow(Waits.run, id=workflow_id, task_queue=queue)
        seen = await eventually(found, what="the execution in visibility", timeout_seconds=60.0)
        assert [execution.status for execution in seen] == [WorkflowExecutionStatus.RUNNING]
        await handle.signal(Waits.tell)
        assert await handle.result() == "told"
    journal = FileJournal(tmp_path / "journal.jsonl", "test")
    behind = cast(Client, BehindTheTimes(client, seen))
    assert await read_everything(behind, "Status", lambda _: "the one", tmp_path, journal) == 1
    [execution] = [line for line in read_journal(tmp_path / "journal.jsonl") if line["kind"] == "execution"]
    assert execution["subject"] == "the one"
    assert (execution["status"], execution["result"], execution["state"]) == ("COMPLETED", "told", None)


GOES_ON = WorkflowExecutionStatus.CONTINUED_AS_NEW


@pytest.mark.parametrize(
    ("listed", "followed"),
    [(False, lambda name: [name, f"{name}/never-began"]), (True, lambda name: [])],
    ids=["nothing is listed", "an earlier run is listed"],
)
async def test_every_run_is_read_though_visibility_does_not_list_it(
    temporal_address: str, tmp_path: Path, *, listed: bool, followed: Callable[[str], list[str]]
) -> None:
    client, name = await connect_client(temporal_address), f"unlisted-{uuid.uuid4().hex}"
    async with Worker(client, task_queue=name, workflows=[GoesOn], workflow_runner=UnsandboxedWorkflowRunner()):
        await client.execute_workflow(GoesOn.run, 2, id=name, task_queue=name)
    journal = FileJournal(tmp_path / "journal.jsonl", "test")

    async def went_on() -> list[WorkflowExecution]:
        return [each async for each in client.list_workflows(f'WorkflowId = "{name}"') if each.status is GOES_ON]

    [first, *_] = await eventually(went_on, what="a run in visibility", timeout_seconds=30.0)
    behind = cast(Client, BehindTheTimes(client, [first] if listed else []))

    read = await read_everything(behind, None, str.upper, tmp_path, journal, followed=followed(name))

    lines = [line for line in read_journal(tmp_path / "journal.jsonl") if line["kind"] == "execution"]
    assert read == len(lines) == 3
    assert sorted(line["status"] for line in lines) == ["COMPLETED", "CONTINUED_AS_NEW", "CONTINUED_AS_NEW"]
    assert {ids_of(file) for file in (tmp_path / "histories").iterdir()} == {(name, line["run_id"]) for line in lines}
