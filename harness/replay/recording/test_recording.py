"""Recording: what is alike, which of it is kept, and where it comes from."""

from __future__ import annotations

import asyncio
import gzip
import json
import uuid
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.errors import UsageError
from harness.poll import eventually
from harness.replay.gate.corpus import MANIFEST, files_below
from harness.replay.history_file import NotReplayable
from harness.replay.recording.files import files_in, histories_in
from harness.replay.recording.keep import keep, read_manifest
from harness.replay.recording.server import histories_from, queries
from harness.replay.recording.shape import shape_of
from harness.replay.testing_replay import sleeper_history


def history(text: str) -> WorkflowHistory:
    return WorkflowHistory.from_json("sleep", text)


def test_ids_times_and_payloads_are_not_part_of_a_shape_and_further_events_are() -> None:
    one = history(sleeper_history("one"))
    other = history(sleeper_history("other", workflow_id="another").replace("InNsZXB0Ig==", "InJlc3RlZCI="))
    assert shape_of(one.events) == shape_of(other.events)
    longer = [*one.events, *one.events[4:5]]
    assert shape_of(longer) != shape_of(one.events)


def test_of_each_shape_the_smallest_is_kept_with_its_line_in_the_manifest(tmp_path: Path) -> None:
    text = sleeper_history("one")
    larger = text.replace('"sleep"', '"sleep-' + "z" * 50 + '"')

    first = keep(history(larger), tmp_path, "here")
    second = keep(history(text), tmp_path, "there")

    assert first is not None
    assert second is not None
    assert first.file == second.file == f"Sleeper-completed-{second.shape}.json.gz"
    assert keep(history(larger), tmp_path, "here") is None
    assert list(read_manifest(tmp_path).values()) == [second]
    assert (second.source, second.status, second.events, second.run_id) == ("there", "COMPLETED", 10, "one")
    kept = json.loads(gzip.decompress((tmp_path / second.file).read_bytes()))
    assert len(kept["events"]) == 10
    written = (tmp_path / second.file).read_bytes()
    (tmp_path / second.file).unlink()
    assert keep(history(text), tmp_path, "there") is not None
    assert (tmp_path / second.file).read_bytes() == written


def test_a_type_may_have_a_longer_name_than_a_file(tmp_path: Path) -> None:
    kept = keep(history(sleeper_history("one", "T" * 900)), tmp_path, "here")
    assert kept is not None
    assert (tmp_path / kept.file).is_file()


def test_a_folder_that_takes_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    for place in ("taken", "taken/below"):
        with pytest.raises(UsageError, match=f"{place}: no history can be kept there: it is no folder"):
            keep(history(sleeper_history("one")), tmp_path / place, "here")


def test_a_manifest_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{}")
    with pytest.raises(UsageError, match="not a manifest"):
        read_manifest(tmp_path)


def test_files_are_those_of_folders_and_of_runs(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "histories").mkdir(parents=True)
    (run / "run.json").write_text("{}")
    (run / "histories" / "a.json").write_text(sleeper_history("a"))
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(sleeper_history("b").encode()))
    (tmp_path / "c.json.gz").write_bytes(b"no gzip")

    files = files_in([run, tmp_path / "b.json.gz", tmp_path / "c.json.gz"])
    found = {file.name: read for file, read in histories_in(files, tmp_path / "scratch")}

    assert [name for name, read in found.items() if isinstance(read, WorkflowHistory)] == ["a.json", "b.json.gz"]
    assert isinstance(found["c.json.gz"], NotReplayable)
    for wrong in (tmp_path / "gone", tmp_path / "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match=r"--from .*: (there is no|it holds no)"):
            files_in([wrong])


def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gone: its histories cannot be read: No such file"):
        list(files_below(tmp_path / "gone"))


def test_the_open_ones_are_asked_for_first() -> None:
    asked = queries(["Order", "It's"], None)
    assert asked[:2] == [
        "WorkflowType = 'Order' AND ExecutionStatus = 'Running'",
        "WorkflowType = 'It''s' AND ExecutionStatus = 'Running'",
    ]
    assert len(asked) == 14
    assert queries([], "StartTime > 'x'") == ["StartTime > 'x'"]


@workflow.defn
class Waits:
    @workflow.run
    async def run(self, until_signalled: bool) -> None:
        if until_signalled:
            await workflow.wait_condition(lambda: False)


async def test_a_server_is_asked_for_the_oldest_open_and_the_closed(temporal_address: str) -> None:
    client = await Client.connect(temporal_address)
    mine = f"recorded-{uuid.uuid4().hex[:8]}"
    async with Worker(client, task_queue=mine, workflows=[Waits], workflow_runner=UnsandboxedWorkflowRunner()):
        for number, waits in enumerate([True, True, False]):
            handle = await client.start_workflow(Waits.run, waits, id=f"{mine}-{number}", task_queue=mine)
            if not waits:
                await handle.result()
        query = f"WorkflowId STARTS_WITH '{mine}'"

        async def listed() -> bool:
            return (await client.count_workflows(query)).count == 3

        await eventually(listed, what="the three executions to be listed", timeout_seconds=20)
        running, closed = (f"{query} AND ExecutionStatus = '{status}'" for status in ("Running", "Completed"))
        async with asyncio.timeout(20):
            found = [each.workflow_id async for each in histories_from(client, [running, closed], 1)]
        for number in range(2):
            await client.get_workflow_handle(f"{mine}-{number}").terminate()

    assert found == [f"{mine}-0", f"{mine}-2"]
    with pytest.raises(UsageError, match="the query nonsense is refused"):
        assert [each async for each in histories_from(client, ["nonsense"], 1)]
