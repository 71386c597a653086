"""Turns events into the jobs of an activation, with what SDK Core keeps of a run to do so.

Sequence numbers count per kind and stand in no event, so Core remembers which event belongs to which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import RetryState
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.siphash import randomness_seed
from harness.sim.surface import (
    ActivityResolution,
    ScheduleActivity,
    StartChildWorkflowExecution,
    WorkflowActivationJob,
)
from harness.sim.worker.child_jobs import child_ended, child_start_failed


@dataclass
class Machines:
    """What is open in a run, as its worker knows it. Keys are ids of events, but for timers."""

    run_id: str
    timers: set[int] = field(default_factory=set)
    activities: dict[int, ScheduleActivity] = field(default_factory=dict)
    children: dict[int, StartChildWorkflowExecution] = field(default_factory=dict)
    signals: dict[int, int] = field(default_factory=dict)
    cancellations: dict[int, int] = field(default_factory=dict)
    child_cancellations: dict[int, int] = field(default_factory=dict)
    patches: list[str] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)


Jobs = list[WorkflowActivationJob]


def jobs_of(machines: Machines, event: HistoryEvent) -> Jobs:
    """The jobs that this event is for the workflow; most events are none."""
    make = MADE.get(event.event_type)
    return make(machines, event) if make is not None else []


def activity_failure(event_id: int, started_id: int, command: ScheduleActivity, state: RetryState.ValueType) -> Failure:
    """The outer failure of an activity, without what it says and without its cause."""
    failure = Failure()
    said = failure.activity_failure_info
    said.scheduled_event_id, said.started_event_id, said.retry_state = event_id, started_id, state
    said.activity_type.name, said.activity_id = command.activity_type, command.activity_id
    return failure


def cancelled_activity(event_id: int, started_id: int, command: ScheduleActivity) -> ActivityResolution:
    """How a cancelled activity is told of."""
    resolution = ActivityResolution()
    failure = activity_failure(event_id, started_id, command, RetryState.RETRY_STATE_CANCEL_REQUESTED)
    failure.message = "Activity cancelled"
    failure.cause.canceled_failure_info.SetInParent()
    resolution.cancelled.failure.CopyFrom(failure)
    return resolution


def _started(machines: Machines, event: HistoryEvent) -> Jobs:
    said = event.workflow_execution_started_event_attributes
    job = WorkflowActivationJob()
    init = job.initialize_workflow
    init.workflow_type, init.workflow_id, init.attempt = said.workflow_type.name, said.workflow_id, said.attempt
    init.arguments.extend(said.input.payloads)
    init.randomness_seed = randomness_seed(machines.run_id)
    for name, payload in said.header.fields.items():
        init.headers[name].CopyFrom(payload)
    init.identity, init.first_execution_run_id = said.identity, said.first_execution_run_id
    init.original_execution_run_id = said.original_execution_run_id
    if said.HasField("parent_workflow_execution"):
        init.parent_workflow_info.namespace = said.parent_workflow_namespace
        init.parent_workflow_info.workflow_id = said.parent_workflow_execution.workflow_id
        init.parent_workflow_info.run_id = said.parent_workflow_execution.run_id
    if said.HasField("root_workflow_execution"):
        init.root_workflow.CopyFrom(said.root_workflow_execution)
    for source, target in (
        ("workflow_execution_timeout", "workflow_execution_timeout"),
        ("workflow_run_timeout", "workflow_run_timeout"),
        ("workflow_task_timeout", "workflow_task_timeout"),
        ("retry_policy", "retry_policy"),
        ("continued_failure", "continued_failure"),
        ("last_completion_result", "last_completion_result"),
        ("workflow_execution_expiration_time", "workflow_execution_expiration_time"),
        ("memo", "memo"),
        ("search_attributes", "search_attributes"),
        ("priority", "priority"),
    ):
        if said.HasField(source):  # type: ignore[arg-type]
            getattr(init, target).CopyFrom(getattr(said, source))
    init.continued_from_execution_run_id = said.continued_execution_run_id
    init.continued_initiator = said.initiator
    init.start_time.CopyFrom(event.event_time)
    return [job]


def _signaled(machines: Machines, event: HistoryEvent) -> Jobs:
    said = event.workflow_execution_signaled_event_attributes
    job = WorkflowActivationJob()
    job.signal_workflow.signal_name, job.signal_workflow.identity = said.signal_name, said.identity
    job.signal_workflow.input.extend(said.input.payloads)
    job.signal_workflow.originating_event_id = event.event_id
    for name, payload in said.header.fields.items():
        job.signal_workflow.headers[name].CopyFrom(payload)
    return [job]


def _cancel_requested(machines: Machines, event: HistoryEvent) -> Jobs:
    job = WorkflowActivationJob()
    job.cancel_workflow.reason = event.workflow_execution_cancel_requested_event_attributes.cause
    job.cancel_workflow.SetInParent()
    return [job]


def _timer_fired(machines: Machines, event: HistoryEvent) -> Jobs:
    seq = int(event.timer_fired_event_attributes.timer_id)
    machines.timers.discard(seq)
    job = WorkflowActivationJob()
    job.fire_timer.seq = seq
    return [job]


def _activity_ended(machines: Machines, event: HistoryEvent) -> Jobs:
    word = event.WhichOneof("attributes") or ""
    said = getattr(event, word)
    command = machines.activities.pop(said.scheduled_event_id, None)
    if command is None:
        return []  # its cancellation was not waited for
    job = WorkflowActivationJob()
    job.resolve_activity.seq = command.seq
    result = job.resolve_activity.result
    if word == "activity_task_completed_event_attributes":
        result.completed.SetInParent()
        if said.result.payloads:
            result.completed.result.CopyFrom(said.result.payloads[0])
    elif word == "activity_task_canceled_event_attributes":
        result.CopyFrom(cancelled_activity(said.scheduled_event_id, said.started_event_id, command))
        if said.HasField("details"):
            result.cancelled.failure.cause.canceled_failure_info.details.CopyFrom(said.details)
    else:
        failure = activity_failure(said.scheduled_event_id, said.started_event_id, command, said.retry_state)
        timed_out = word == "activity_task_timed_out_event_attributes"
        failure.message = "Activity task timed out" if timed_out else "Activity task failed"
        failure.cause.CopyFrom(said.failure)
        result.failed.failure.CopyFrom(failure)
    return [job]


def _child_started(machines: Machines, event: HistoryEvent) -> Jobs:
    said = event.child_workflow_execution_started_event_attributes
    command = machines.children.get(said.initiated_event_id)
    if command is None:
        return []
    job = WorkflowActivationJob()
    job.resolve_child_workflow_execution_start.seq = command.seq
    job.resolve_child_workflow_execution_start.succeeded.run_id = said.workflow_execution.run_id
    return [job]


def _child_start_failed(machines: Machines, event: HistoryEvent) -> Jobs:
    said = event.start_child_workflow_execution_failed_event_attributes
    command = machines.children.pop(said.initiated_event_id, None)
    return [] if command is None else [child_start_failed(command, said)]


def _child_ended(machines: Machines, event: HistoryEvent) -> Jobs:
    said = getattr(event, event.WhichOneof("attributes") or "")
    command = machines.children.pop(said.initiated_event_id, None)
    return [] if command is None else [child_ended(command, event)]


def _signal_answered(machines: Machines, event: HistoryEvent) -> Jobs:
    said = getattr(event, event.WhichOneof("attributes") or "")
    job = WorkflowActivationJob()
    answer = job.resolve_signal_external_workflow
    answer.seq = machines.signals.pop(said.initiated_event_id)
    if event.event_type == E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:
        answer.failure.message = "Unable to signal external workflow because it was not found"
        answer.failure.application_failure_info.type = "ExternalWorkflowExecutionNotFound"
    return [job]


def _cancellation_answered(machines: Machines, event: HistoryEvent) -> Jobs:
    said = getattr(event, event.WhichOneof("attributes") or "")
    if machines.child_cancellations.pop(said.initiated_event_id, None) is not None:
        return []  # a child's end is waited for, also where only the request for it should be
    requested = event.event_type == E.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED
    job = WorkflowActivationJob()
    answer = job.resolve_request_cancel_external_workflow
    answer.seq = machines.cancellations.pop(said.initiated_event_id)
    if not requested:
        answer.failure.message = "Unable to cancel external workflow because not found"
        answer.failure.application_failure_info.type = "ExternalWorkflowExecutionNotFound"
    return [job]


MADE: dict[int, Callable[[Machines, HistoryEvent], Jobs]] = {
    E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: _started,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: _signaled,
    E.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: _cancel_requested,
    E.EVENT_TYPE_TIMER_FIRED: _timer_fired,
    E.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: _activity_ended,
    E.EVENT_TYPE_ACTIVITY_TASK_FAILED: _activity_ended,
    E.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: _activity_ended,
    E.EVENT_TYPE_ACTIVITY_TASK_CANCELED: _activity_ended,
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: _child_started,
    E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED: _child_start_failed,
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED: _child_ended,
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: _child_ended,
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT: _child_ended,
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED: _child_ended,
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED: _child_ended,
    E.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED: _signal_answered,
    E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: _signal_answered,
    E.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED: _cancellation_answered,
    E.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: _cancellation_answered,
}
"""Event → the jobs it makes."""

ORDER = {
    "initialize_workflow": 0,
    "notify_has_patch": 1,
    "update_random_seed": 2,
    "signal_workflow": 3,
    "do_update": 3,
}
"""In which order Core hands the jobs of one activation over; what is not named comes after."""


def in_order(jobs: Jobs) -> Jobs:
    """The jobs as Core orders them."""
    return sorted(jobs, key=lambda job: ORDER.get(job.WhichOneof("variant") or "", 4))
