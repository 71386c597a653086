"""Signals and cancellations that one execution sends to another. They take their time, and may find nobody."""

from __future__ import annotations

from temporalio.api.enums.v1 import event_type_pb2 as E

from harness.sim.server.execution import Execution
from harness.sim.server.messages import request_cancel, signal
from harness.sim.server.tasks import schedule_task
from harness.sim.surface import WorkflowCommand

NOT_FOUND = 1


def signal_external(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Send a signal to a child or to anybody."""
    wanted = command.signal_external_workflow_execution
    event = run.history.write(E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED)
    said = event.signal_external_workflow_execution_initiated_event_attributes
    said.workflow_task_completed_event_id = completed_id
    said.namespace = wanted.workflow_execution.namespace or run.server.namespace
    said.workflow_execution.workflow_id = wanted.child_workflow_id or wanted.workflow_execution.workflow_id
    said.workflow_execution.run_id = wanted.workflow_execution.run_id
    said.signal_name, said.child_workflow_only = wanted.signal_name, bool(wanted.child_workflow_id)
    if wanted.args:
        said.input.payloads.extend(wanted.args)
    for name, payload in wanted.headers.items():
        said.header.fields[name].CopyFrom(payload)
    event.event_group_markers.extend(command.event_group_markers)
    run.timeline.after(run.lag(f"signal {event.event_id} leaves"), _send_signal, run, event.event_id)


def _send_signal(run: Execution, initiated_id: int) -> None:
    if not run.open:
        return
    said = run.history.events[initiated_id - 1].signal_external_workflow_execution_initiated_event_attributes
    target = run.server.find(said.workflow_execution.workflow_id, said.workflow_execution.run_id)
    if target is None or not target.open:
        event = run.history.arrive(E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED)
        failed = event.signal_external_workflow_execution_failed_event_attributes
        failed.cause, failed.namespace, failed.initiated_event_id = NOT_FOUND, said.namespace, initiated_id  # type: ignore[assignment]
        failed.workflow_execution.CopyFrom(said.workflow_execution)
    else:
        event = run.history.arrive(E.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED)
        done = event.external_workflow_execution_signaled_event_attributes
        done.namespace, done.initiated_event_id = said.namespace, initiated_id
        done.workflow_execution.CopyFrom(said.workflow_execution)
        signal(target, said.signal_name, said.input.payloads, dict(said.header.fields), sender=run)
    schedule_task(run)


def cancel_external(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Ask for the end of any execution."""
    wanted = command.request_cancel_external_workflow_execution
    target = wanted.workflow_execution
    reason = f"Cancel requested by workflow with run id {run.run_id} with reason: {wanted.reason}"
    request_external_cancel(run, target.workflow_id, target.run_id, reason, completed_id, child_only=False)


def request_external_cancel(
    run: Execution, workflow_id: str, run_id: str, reason: str, completed_id: int, *, child_only: bool
) -> None:
    """Ask for the end of another execution, also of a child."""
    event = run.history.write(E.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED)
    said = event.request_cancel_external_workflow_execution_initiated_event_attributes
    said.workflow_task_completed_event_id, said.namespace = completed_id, run.server.namespace
    said.workflow_execution.workflow_id, said.workflow_execution.run_id = workflow_id, run_id
    said.child_workflow_only, said.reason = child_only, reason
    run.timeline.after(run.lag(f"cancellation {event.event_id} leaves"), _send_cancel, run, event.event_id)


def _send_cancel(run: Execution, initiated_id: int) -> None:
    if not run.open:
        return
    said = run.history.events[initiated_id - 1].request_cancel_external_workflow_execution_initiated_event_attributes
    target = run.server.find(
        said.workflow_execution.workflow_id, "" if said.child_workflow_only else said.workflow_execution.run_id
    )
    if target is None or not target.open:
        event = run.history.arrive(E.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED)
        failed = event.request_cancel_external_workflow_execution_failed_event_attributes
        failed.cause, failed.namespace, failed.initiated_event_id = NOT_FOUND, said.namespace, initiated_id  # type: ignore[assignment]
        failed.workflow_execution.CopyFrom(said.workflow_execution)
    else:
        event = run.history.arrive(E.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
        done = event.external_workflow_execution_cancel_requested_event_attributes
        done.namespace, done.initiated_event_id = said.namespace, initiated_id
        done.workflow_execution.CopyFrom(said.workflow_execution)
        request_cancel(target, said.reason, sender=run, initiated_id=initiated_id)
    schedule_task(run)
