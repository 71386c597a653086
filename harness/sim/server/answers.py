"""What a worker answers to a workflow task, and what a server makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.failure.v1 import Failure

from harness.sim.server.commands import CLOSES, carry_out
from harness.sim.server.execution import Execution, Task
from harness.sim.server.tasks import end_task, fail_task, schedule_task, write_attempt
from harness.sim.server.worker import Worker
from harness.sim.surface import WorkflowCommand

CORE_FLAGS = (1, 2, 3, 4)
"""The behaviours of SDK Core that a history's first completed task says were used; without them a replay is lenient."""


@dataclass(frozen=True)
class Marker:
    """A command that Core makes itself: a note in the history. ``failure`` is a local activity's."""

    name: str
    details: Mapping[str, Payloads]
    failure: Failure | None = None


@dataclass(frozen=True)
class Answer:
    """What was commanded, in order; flags of the language's SDK that were used for the first time."""

    commands: Sequence[WorkflowCommand | Marker]
    flags: Sequence[int] = ()


class Heard(Enum):
    """What became of an answer."""

    COUNTED = "its commands were carried out, and the history tells of it"
    NO_TRACE = "it rejected updates and did nothing else, so nothing is written down"
    REFUSED = "it came too late, or something new came before it"


def complete_task(run: Execution, task: Task, answer: Answer, worker: Worker) -> Heard:
    """A worker has done the task: carry out its commands."""
    if run.task is not task or task.started_at is None:
        return Heard.REFUSED
    if run.history.waits and _closes(answer):
        cause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
        fail_task(run, task, cause, Failure(message="UnhandledCommand"), worker.identity)
        return Heard.REFUSED
    end_task(run, task)
    counted = not (task.speculative and _rejects_all(task, answer))
    if counted:
        _write_completed(run, task, answer, worker)
    run.attempt, run.failures = 1, 0
    run.sticky = worker if worker.alive else None
    completed_id = run.history.next_id - 1
    for command in answer.commands:
        if isinstance(command, Marker):
            _record(run, command, completed_id)
        else:
            carry_out(run, command, completed_id)
    if run.open:
        if run.history.release():
            schedule_task(run)
        elif any(not update.accepted_id for update in run.updates.values()):
            schedule_task(run, speculative=True)
    if run.queries:
        run.timeline.after(0, answer_queries, run)
    return Heard.COUNTED if counted else Heard.NO_TRACE


def _closes(answer: Answer) -> bool:
    return any(not isinstance(c, Marker) and c.WhichOneof("variant") in CLOSES for c in answer.commands)


def answer_queries(run: Execution) -> None:
    """Let the queries go that waited for the task that was about to change the state."""
    if run.task is None:
        waiting, run.queries = run.queries, []
        for ask in waiting:
            ask()


def not_ready(run: Execution) -> str:
    """Why nobody can be asked what the run knows, in a server's words; nothing when somebody can."""
    if run.stuck:
        return "Unable to query workflow due to Workflow Task in failed state."
    if run.flags_written:
        return ""
    if run.open:
        return "Workflow task is not scheduled yet."
    return "Workflow execution closed before WorkflowTaskStarted event"


def _rejects_all(task: Task, answer: Answer) -> bool:
    """Whether all that the task did was to refuse its updates."""
    refused = 0
    for command in answer.commands:
        if isinstance(command, Marker) or command.WhichOneof("variant") != "update_response":
            return False
        if command.update_response.WhichOneof("response") != "rejected":
            return False
        refused += 1
    return refused == len(task.updates) > 0


def _write_completed(run: Execution, task: Task, answer: Answer, worker: Worker) -> None:
    write_attempt(run, task)
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED).workflow_task_completed_event_attributes
    event.scheduled_event_id, event.started_event_id = task.scheduled_id, task.started_id
    event.identity = worker.identity
    if not run.flags_written:
        run.flags_written = True
        event.sdk_metadata.core_used_flags.extend(CORE_FLAGS)
        event.sdk_metadata.sdk_name = "temporal-python"
    event.sdk_metadata.lang_used_flags.extend(answer.flags)


def _record(run: Execution, marker: Marker, completed_id: int) -> None:
    event = run.history.write(E.EVENT_TYPE_MARKER_RECORDED).marker_recorded_event_attributes
    event.marker_name, event.workflow_task_completed_event_id = marker.name, completed_id
    for name, payloads in marker.details.items():
        event.details[name].CopyFrom(payloads)
    if marker.failure is not None:
        event.failure.CopyFrom(marker.failure)
