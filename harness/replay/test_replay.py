"""The replay of recorded histories: what replays, what diverges, what hangs and what cannot be replayed.

The history is hand-made, as a server would have written it, so that no server is needed. The applications are small
modules in a folder of their own, which is how a version of an application is told from another.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from google.protobuf import json_format
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import History, HistoryEvent

from harness.record.history_endings import file_of, ids_of
from harness.record.journal import read_journal
from harness.replay.child import judged, pending
from harness.replay.supervisor import SILENT_AT_MOST, ReplayJob, replay_histories

APPLICATION = """
import asyncio
from types import SimpleNamespace
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner

@workflow.defn
class Sleeper:
    @workflow.run
    async def run(self) -> str:
        {body}
        return "slept"

queue = SimpleNamespace(workflows=(Sleeper,), activities=())
app = SimpleNamespace(
    queues={{"q": queue}},
    activities=lambda ports: (),
    workflow_failure_exception_types={failures},
    worker_options={{"workflow_runner": UnsandboxedWorkflowRunner()}},
)
"""
SAME = "await asyncio.sleep(60)"
ENDLESS = "__import__('time').sleep(300)"
CHANGED = "await workflow.execute_activity('other', start_to_close_timeout=__import__('datetime').timedelta(seconds=1))"


def sleeper_history(run_id: str, workflow_type: str = "Sleeper", workflow_id: str = "sleep", queue: str = "q") -> str:
    """Started, a timer of a minute, completed."""
    history = History()

    def add(kind: EventType.ValueType) -> HistoryEvent:
        event = history.events.add(event_id=len(history.events) + 1, event_type=kind)
        event.event_time.FromSeconds(1_790_000_000 + len(history.events))
        return event

    def task() -> None:
        scheduled = add(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
        scheduled.workflow_task_scheduled_event_attributes.task_queue.name = queue
        started = add(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
        started.workflow_task_started_event_attributes.scheduled_event_id = scheduled.event_id
        completed = add(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED).workflow_task_completed_event_attributes
        completed.scheduled_event_id, completed.started_event_id = scheduled.event_id, started.event_id

    begun = add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED).workflow_execution_started_event_attributes
    begun.workflow_type.name, begun.task_queue.name = workflow_type, queue
    begun.workflow_id = workflow_id
    begun.original_execution_run_id = begun.first_execution_run_id = run_id
    task()
    timer = add(EventType.EVENT_TYPE_TIMER_STARTED)
    timer.timer_started_event_attributes.timer_id = "1"
    timer.timer_started_event_attributes.start_to_fire_timeout.FromSeconds(60)
    timer.timer_started_event_attributes.workflow_task_completed_event_id = timer.event_id - 1
    fired = add(EventType.EVENT_TYPE_TIMER_FIRED).timer_fired_event_attributes
    fired.timer_id, fired.started_event_id = "1", timer.event_id
    task()
    ended = add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED).workflow_execution_completed_event_attributes
    ended.workflow_task_completed_event_id = len(history.events) - 1
    ended.result.payloads.add(metadata={"encoding": b"json/plain"}, data=b'"slept"')
    return json_format.MessageToJson(history)


def job(folder: Path, *, body: str = SAME, failures: str = "()", histories: int = 2, **bounds: float) -> ReplayJob:
    version = folder / "version"
    version.mkdir()
    (version / "sleeping.py").write_text(APPLICATION.format(body=body, failures=failures))
    run = folder / "run"
    (run / "histories").mkdir(parents=True)
    (run / "journal").mkdir()
    for number in range(histories):
        (run / "histories" / f"run-{number}.json").write_text(sleeper_history(f"run-{number}"))
    made = ReplayJob("sleeping", version, run, "test", {}, shares=1)
    return ReplayJob(**{**made.__dict__, **bounds})


async def outcomes(made: ReplayJob) -> dict[str, tuple[str, str]]:
    await replay_histories(made)
    lines = [line for line in read_journal(made.results(0)) if line["kind"] == "replayed"]
    assert len(lines) == len({line["run_id"] for line in lines})
    return {line["run_id"]: (line["outcome"], line["message"]) for line in lines}


async def test_the_code_that_made_the_histories_replays_them(tmp_path: Path) -> None:
    made = job(tmp_path)
    assert await outcomes(made) == {"run-0": ("ok", ""), "run-1": ("ok", "")}
    lines = [line for line in read_journal(made.results(0)) if line["kind"] == "replayed"]
    assert {line["tasks_completed"] for line in lines} == {2}


async def test_other_commands_are_a_divergence(tmp_path: Path) -> None:
    found = await outcomes(job(tmp_path, body=CHANGED))
    assert {outcome for outcome, _ in found.values()} == {"nondeterminism"}
    assert found["run-0"][1].startswith("[TMPRL1100] Nondeterminism error: ")
    assert "source:" not in found["run-0"][1]


INTERCEPTED = """
from temporalio.worker import Interceptor, WorkflowInboundInterceptor

class Sleeps(WorkflowInboundInterceptor):
    async def execute_workflow(self, input):
        await asyncio.sleep(60)
        return await super().execute_workflow(input)

class Intercepting(Interceptor):
    def workflow_interceptor_class(self, input):
        return Sleeps

app.interceptors = (Intercepting(),)
"""
COUNTED = """
slept = 0

def sleep_once():
    global slept
    slept += 1
    return asyncio.sleep(60 if slept == 1 else 0)
"""
ELSEWHERE = """
@workflow.defn(name="Sleeper")
class Elsewhere:
    @workflow.run
    async def run(self) -> str:
        return "slept"

app.queues["elsewhere"] = SimpleNamespace(workflows=(Elsewhere,), activities=())
"""


def more(made: ReplayJob, text: str) -> ReplayJob:
    """The job with more in the application's module."""
    with (made.version_folder / "sleeping.py").open("a") as module:
        module.write(text)
    return made


async def test_it_is_replayed_through_the_interceptors_of_the_worker(tmp_path: Path) -> None:
    made = more(job(tmp_path, body="pass", histories=1), INTERCEPTED)

    assert await outcomes(made) == {"run-0": ("ok", "")}


async def test_it_is_replayed_in_the_sandbox_that_the_worker_has(tmp_path: Path) -> None:
    """In it each workflow has the module for itself: what counts there is the same each time."""
    made = more(job(tmp_path, body="await sleep_once()"), f"{COUNTED}\ndel app.worker_options\n")

    assert await outcomes(made) == {"run-0": ("ok", ""), "run-1": ("ok", "")}


async def test_two_queues_may_serve_workflows_of_one_name(tmp_path: Path) -> None:
    made = more(job(tmp_path, histories=1), ELSEWHERE)
    (made.histories / "other.json").write_text(sleeper_history("other", queue="elsewhere"))
    (made.histories / "third.json").write_text(sleeper_history("third", queue="unknown-here"))

    found = await outcomes(made)
    assert {run: outcome for run, (outcome, _) in found.items()} == {
        "run-0": "ok",
        "other": "nondeterminism",
        "third": "ok",
    }


def without(text: str, *numbers: int) -> str:
    """The history without these events."""
    read = json.loads(text)
    return json.dumps({"events": [event for number, event in enumerate(read["events"], 1) if number not in numbers]})


DECODED = sleeper_history("decoded").replace('"data": "InNsZXB0Ig=="', '"data": {"slept": true}')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{}}", "not a history: Extra data"),
        ("{}", "not a history: "),
        ('{"events": []}', "not a history: its first event is not the start of a workflow"),
        (without(sleeper_history("x"), 1), "not a history: its first event is not the start of a workflow"),
        (DECODED, "not a history: Failed to parse events"),
        (sleeper_history("unknown", "Nobody"), "Nobody"),
    ],
    ids=["no JSON", "no events", "empty", "without its first event", "decoded", "unknown"],
)
async def test_what_cannot_be_replayed_is_an_error_and_no_guilt_and_the_rest_goes_on(
    tmp_path: Path, text: str, told: str
) -> None:
    made = job(tmp_path, histories=1, history_seconds=10.0)
    (made.histories / "broken.json").write_text(text)
    found = await outcomes(made)
    assert found["run-0"] == ("ok", "")
    outcome, message = found["broken"]
    assert outcome == "error"
    assert told in message


async def test_a_history_without_a_finished_task_is_not_replayed_and_proves_nothing(tmp_path: Path) -> None:
    made = job(tmp_path, histories=0)
    (made.histories / "begun.json").write_text(without(sleeper_history("begun"), *range(2, 20)))
    assert await outcomes(made) == {"begun": ("ok", "")}
    lines = [line for line in read_journal(made.results(0)) if line["kind"] == "replayed"]
    assert [line["tasks_completed"] for line in lines] == [0]


async def test_a_replay_that_hangs_is_killed_and_the_rest_goes_on(tmp_path: Path) -> None:
    made = job(tmp_path, body=ENDLESS, histories=SILENT_AT_MOST + 1, history_seconds=0.5)
    async with asyncio.timeout(60):
        found = await outcomes(made)
    assert [outcome for outcome, _ in found.values()] == ["hung"] * SILENT_AT_MOST + ["error"]
    assert "hung 3 times before it" in found[f"run-{SILENT_AT_MOST}"][1]


async def test_a_divergence_that_may_end_the_workflow_is_found_in_bounded_time(tmp_path: Path) -> None:
    made = job(tmp_path, body=CHANGED, failures="(Exception,)", histories=2, history_seconds=1.0)
    async with asyncio.timeout(60):
        found = await outcomes(made)
    assert {outcome for outcome, _ in found.values()} <= {"nondeterminism", "hung"}


async def test_an_application_that_cannot_be_imported_is_an_error_of_every_history(tmp_path: Path) -> None:
    made = job(tmp_path)
    (made.version_folder / "sleeping.py").write_text("raise RuntimeError('broken import')")
    found = await outcomes(made)
    assert {outcome for outcome, _ in found.values()} == {"error"}
    assert "broken import" in found["run-0"][1]


async def test_without_histories_nothing_is_started(tmp_path: Path) -> None:
    made = job(tmp_path, histories=0)
    await replay_histories(made)
    assert list(made.log(0).parent.iterdir()) == []
    assert not any(made.results(share).exists() for share in range(made.shares))


def test_the_shares_are_disjoint_and_leave_nothing_out(tmp_path: Path) -> None:
    made = job(tmp_path, histories=5)
    shares = [pending(made.histories, made.results(share), share, 2) for share in range(2)]
    assert sorted(file.name for share in shares for file in share) == sorted(f.name for f in made.histories.iterdir())


def test_only_the_sdks_word_is_a_divergence() -> None:
    assert judged(RuntimeError("4: undecodable"))[0] == "error"
    assert judged(None) == ("ok", "")


@pytest.mark.parametrize("workflow_id", ["invoice-A", "with.dots", "a/b:c d", "فاتورة", "long" * 250])
def test_a_history_says_whose_it_is(tmp_path: Path, workflow_id: str) -> None:
    file = tmp_path / file_of("0a-1b")
    file.write_text(sleeper_history("0a-1b", workflow_id=workflow_id))

    assert ids_of(file) == (workflow_id, "0a-1b")


@pytest.mark.parametrize("text", [b"", b"[]", b'{"events": []}', b'{"events": [1]}', b"\xff", b"[" * 99_999], ids=repr)
def test_of_what_is_no_history_only_the_run_is_known(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "0a-1b.json").write_bytes(text)

    assert ids_of(tmp_path / "0a-1b.json") == ("", "0a-1b")
    assert ids_of(tmp_path / "none.json") == ("", "none")
