"""Every run is read once and told as what it is: whatever its id, whatever it returned, and however it came to be."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.errors import UsageError
from harness.experiment.final_reads import read_everything
from harness.experiment.testing_histories import KeepsHistories, Run, begun, chain, completed, scheduled
from harness.poll import eventually
from harness.record.history_endings import ids_of
from harness.record.history_reader import tasks_completed
from harness.record.memory_journal import MemoryJournal
from harness.stack.client import connect_client


def kept_in(folder: Path) -> set[tuple[str, str, str]]:
    """Of each file its folder, and whose history it is."""
    return {(file.parent.name, *ids_of(file)) for file in folder.rglob("*") if file.is_file()}


IDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | st.sampled_from(
    ["a/b", "../../etc", "x" * 255, "فاتورة", "order 1?#%", "-", "\n"]
)


async def read(
    folder: Path, histories: Mapping[Run, Sequence[HistoryEvent]], listed: Collection[Run], *followed: str
) -> tuple[KeepsHistories, list[dict[str, Any]]]:
    """The server that was asked, and what was journalled."""
    server, journal = KeepsHistories(histories, listed), MemoryJournal("harness", time.monotonic)
    count = await read_everything(cast(Client, server), None, str, folder, journal, followed=followed)
    assert count == len(server.read)
    return server, [dict(line) for line in journal.lines]


@settings(max_examples=25)
@given(st.dictionaries(IDS, st.integers(1, 4), max_size=4), st.data())
async def test_every_run_of_every_chain_is_read_once(lengths: dict[str, int], data: st.DataObject) -> None:
    chains = {name: [str(uuid.uuid4()) for _ in range(runs)] for name, runs in lengths.items()}
    histories = {run: events for name, runs in chains.items() for run, events in chain(name, runs).items()}
    one_of_each = [(name, data.draw(st.sampled_from(runs))) for name, runs in chains.items()]
    followed = data.draw(st.sets(st.sampled_from(sorted(chains)))) if chains else set()
    listed = {run for run in one_of_each if run[0] not in followed}

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        server, lines = await read(folder, histories, listed, *followed, "never began")
        assert kept_in(folder) == {("histories", *run) for run in histories}

    assert sorted(server.read) == sorted(histories)
    for kind in ("execution", "history-facts"):
        assert sorted((e["workflow_id"], e["run_id"]) for e in lines if e["kind"] == kind) == sorted(histories)
    goes_on = sum(line.get("status") == "CONTINUED_AS_NEW" for line in lines)
    assert goes_on == len(histories) - len(chains)


async def test_an_id_that_was_used_again_has_each_of_its_runs(tmp_path: Path) -> None:
    histories = {("order", run): [begun("order"), completed(f'"{run}"'.encode())] for run in ("first", "second")}
    _, lines = await read(tmp_path, histories, list(histories), "order")
    told = {line["run_id"]: line["result"] for line in lines if line["kind"] == "execution"}
    assert told == {"first": "first", "second": "second"}


async def test_each_policy_is_told_once_however_many_histories_have_it(tmp_path: Path) -> None:
    attempts = {"a": 5, "b": 5, "c": 9}
    histories = {
        (name, "of " + name): [begun(name), scheduled("pay", most), completed()] for name, most in attempts.items()
    }
    _, lines = await read(tmp_path, histories, list(histories))
    assert sorted(line["maximum_attempts"] for line in lines if line["kind"] == "policy") == [5, 9]


@pytest.mark.parametrize(
    ("data", "encoding", "told"),
    [
        (b"{", b"json/plain", "b'{'"),
        (b"\xff\x00", b"binary/plain", r"b'\xff\x00'"),
        (b"x", b"binary/encrypted", "b'x'"),
        (b"NaN", b"json/plain", "nan"),
        (b"", b"binary/null", None),
    ],
    ids=["broken", "bytes", "in a codec of somebody's", "no number", "nothing"],
)
async def test_a_result_that_cannot_be_read_ends_no_run(
    tmp_path: Path, data: bytes, encoding: bytes, told: object
) -> None:
    _, lines = await read(tmp_path, {("a", "1"): [begun("a"), completed(data, encoding)]}, [("a", "1")])
    assert [line["result"] for line in lines if line["kind"] == "execution"] == [told]


def no_subject(workflow_id: str) -> str:
    return workflow_id.split("-")[1]


async def test_an_id_that_the_application_cannot_read_is_told_as_its_mistake(tmp_path: Path) -> None:
    server = KeepsHistories(chain("child", ["1"]), [("child", "1")])
    journal = MemoryJournal("harness", time.monotonic)
    with pytest.raises(UsageError, match=r"subject_of of the workflow id 'child': .*IndexError: list index out of"):
        await read_everything(cast(Client, server), None, no_subject, tmp_path, journal)


@workflow.defn
class Waits:
    @workflow.run
    async def run(self) -> bytes:
        await workflow.wait_condition(lambda: False)
        return b""


async def test_a_reset_workflow_has_both_of_its_runs_and_one_that_is_terminated_is_told_so(
    temporal_address: str, tmp_path: Path
) -> None:
    client, queue = await connect_client(temporal_address), f"reset-{uuid.uuid4().hex}"
    name = f"{queue}/é {'x' * 150}"
    async with Worker(client, task_queue=queue, workflows=[Waits], workflow_runner=UnsandboxedWorkflowRunner()):
        handle = await client.start_workflow(Waits.run, id=name, task_queue=queue)
        base, again = str(handle.first_execution_run_id), await reset(client, handle)
        await client.get_workflow_handle(name, run_id=again).terminate()
    journal = MemoryJournal("harness", time.monotonic)

    class ListsNothing:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        async def list_workflows(self, query: str) -> Any:
            return
            yield

    assert await read_everything(cast(Client, ListsNothing()), None, str, tmp_path, journal, followed=[name]) == 2
    told = {line["run_id"]: line["status"] for line in journal.lines if line["kind"] == "execution"}
    assert told == {base: "TERMINATED", again: "TERMINATED"}


async def reset(client: Client, handle: WorkflowHandle[Any, Any]) -> str:
    """Begin it again after its first workflow task; the id of the new run."""

    async def first_task() -> int | None:
        done = (each for each in (await handle.fetch_history()).events if tasks_completed([each]))
        return next((each.event_id for each in done), None)

    finished = await eventually(first_task, what="the first workflow task", timeout_seconds=30.0)
    answer = await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            workflow_task_finish_event_id=finished,
            request_id=uuid.uuid4().hex,
            reason="try it",
        )
    )
    return answer.run_id
