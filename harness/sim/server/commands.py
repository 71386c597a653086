"""Carries out what a completed workflow task commands: each command becomes its event, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable

from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.refusal import NotSimulated
from harness.sim.server.activities import request_activity_cancel, schedule_activity
from harness.sim.server.children import cancel_child, start_child
from harness.sim.server.closing import cancel_run, complete_run, continue_run, fail_run
from harness.sim.server.execution import Execution
from harness.sim.server.externals import cancel_external, signal_external
from harness.sim.server.retries import nanoseconds
from harness.sim.server.tasks import schedule_task
from harness.sim.server.updates import respond_to_update
from harness.sim.surface import WorkflowCommand

MILLISECOND = 1_000_000


def start_timer(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Have a timer fire."""
    wanted = command.start_timer
    timer_id = str(wanted.seq)
    event = run.history.write(E.EVENT_TYPE_TIMER_STARTED)
    said = event.timer_started_event_attributes
    said.timer_id, said.workflow_task_completed_event_id = timer_id, completed_id
    said.start_to_fire_timeout.CopyFrom(wanted.start_to_fire_timeout)
    _describe(event, command)
    # A server refuses a timer of no time; Core makes it the shortest one.
    delay = max(nanoseconds(wanted.start_to_fire_timeout), MILLISECOND)
    place = f"timer {timer_id} fires"
    run.timers[timer_id] = event.event_id, run.timeline.after(delay + run.lag(place), _fire, run, timer_id)


def _fire(run: Execution, timer_id: str) -> None:
    started_id, _ = run.timers.pop(timer_id)
    event = run.history.arrive(E.EVENT_TYPE_TIMER_FIRED).timer_fired_event_attributes
    event.timer_id, event.started_event_id = timer_id, started_id
    run.fired[timer_id] = started_id
    schedule_task(run)


def cancel_timer(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Cancel a timer, also one that has fired since the worker was given the history."""
    timer_id = str(command.cancel_timer.seq)
    if timer_id in run.timers:
        started_id, entry = run.timers.pop(timer_id)
        entry.cancel()
    else:
        run.history.drop_fired(timer_id)
        started_id = run.fired[timer_id]
    event = run.history.write(E.EVENT_TYPE_TIMER_CANCELED)
    said = event.timer_canceled_event_attributes
    said.timer_id, said.started_event_id, said.workflow_task_completed_event_id = timer_id, started_id, completed_id
    _describe(event, command)


def upsert_attributes(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Change search attributes."""
    wanted = command.upsert_workflow_search_attributes.search_attributes
    event = run.history.write(E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
    said = event.upsert_workflow_search_attributes_event_attributes
    said.workflow_task_completed_event_id = completed_id
    said.search_attributes.CopyFrom(wanted)
    for name, payload in wanted.indexed_fields.items():
        run.search_attributes[name] = payload


def upsert_memo(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Change the memo."""
    wanted = command.modify_workflow_properties.upserted_memo
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED)
    said = event.workflow_properties_modified_event_attributes
    said.workflow_task_completed_event_id = completed_id
    said.upserted_memo.CopyFrom(wanted)
    for name, payload in wanted.fields.items():
        if payload.metadata.get("encoding") == b"binary/null":
            run.memo.pop(name, None)
        else:
            run.memo[name] = payload


def _describe(event: HistoryEvent, command: WorkflowCommand) -> None:
    if command.HasField("user_metadata"):
        event.user_metadata.CopyFrom(command.user_metadata)
    event.event_group_markers.extend(command.event_group_markers)


CARRIED_OUT: dict[str, Callable[[Execution, WorkflowCommand, int], None]] = {
    "start_timer": start_timer,
    "cancel_timer": cancel_timer,
    "schedule_activity": schedule_activity,
    "request_cancel_activity": request_activity_cancel,
    "upsert_workflow_search_attributes": upsert_attributes,
    "modify_workflow_properties": upsert_memo,
    "update_response": respond_to_update,
    "start_child_workflow_execution": start_child,
    "cancel_child_workflow_execution": cancel_child,
    "signal_external_workflow_execution": signal_external,
    "request_cancel_external_workflow_execution": cancel_external,
    "complete_workflow_execution": complete_run,
    "fail_workflow_execution": fail_run,
    "cancel_workflow_execution": cancel_run,
    "continue_as_new_workflow_execution": continue_run,
}
"""Command → what carries it out."""

CLOSES = frozenset(
    {
        "complete_workflow_execution",
        "fail_workflow_execution",
        "cancel_workflow_execution",
        "continue_as_new_workflow_execution",
    }
)
"""Commands that end a run."""


def carry_out(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Carry one command out.

    :raises NotSimulated: it is of a kind that the simulator lacks.
    """
    kind = command.WhichOneof("variant") or "nothing"
    if kind not in CARRIED_OUT:
        raise NotSimulated(f"{run.options.workflow_type} {run.workflow_id}: the command {kind} is not simulated")
    CARRIED_OUT[kind](run, command, completed_id)
