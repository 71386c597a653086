"""Histories made by hand, as a server would have written them, and small applications to replay them on."""

from __future__ import annotations

from pathlib import Path

from google.protobuf import json_format
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import History, HistoryEvent

from harness.record.journal import read_journal
from harness.replay.supervisor import ReplayJob, replay_histories

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


def sleeper_history(
    run_id: str,
    workflow_type: str = "Sleeper",
    workflow_id: str = "sleep",
    queue: str = "q",
    failure: str | None = None,
    signal: str | None = None,
) -> str:
    """Started, a timer of a minute, completed; or failed, with this message. A signal comes before all that."""
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
    if signal is not None:
        signaled = add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
        signaled.workflow_execution_signaled_event_attributes.signal_name = signal
    task()
    timer = add(EventType.EVENT_TYPE_TIMER_STARTED)
    timer.timer_started_event_attributes.timer_id = "1"
    timer.timer_started_event_attributes.start_to_fire_timeout.FromSeconds(60)
    timer.timer_started_event_attributes.workflow_task_completed_event_id = timer.event_id - 1
    fired = add(EventType.EVENT_TYPE_TIMER_FIRED).timer_fired_event_attributes
    fired.timer_id, fired.started_event_id = "1", timer.event_id
    task()
    if failure is None:
        ended = add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED).workflow_execution_completed_event_attributes
        ended.workflow_task_completed_event_id = len(history.events) - 1
        ended.result.payloads.add(metadata={"encoding": b"json/plain"}, data=b'"slept"')
    else:
        failed = add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED).workflow_execution_failed_event_attributes
        failed.workflow_task_completed_event_id = len(history.events) - 1
        failed.failure.message = failure
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
