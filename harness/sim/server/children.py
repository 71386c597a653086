"""Children: started by a command of their parent, told of at their end, and left when the parent ends first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import (
    ParentClosePolicy,
    RetryState,
    StartChildWorkflowExecutionFailedCause,
    TaskQueueKind,
    WorkflowIdReusePolicy,
)
from temporalio.api.enums.v1 import event_type_pb2 as E

from harness.sim.refusal import NotSimulated
from harness.sim.server.execution import Child, Execution, Status
from harness.sim.server.externals import request_external_cancel
from harness.sim.server.messages import request_cancel
from harness.sim.server.options import TERMINATING, Parent, StartOptions
from harness.sim.server.retries import completed, nanoseconds
from harness.sim.server.tasks import schedule_task
from harness.sim.surface import WorkflowCommand

if TYPE_CHECKING:
    from temporalio.api.history.v1 import HistoryEvent

ALREADY_EXISTS = (
    StartChildWorkflowExecutionFailedCause.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS
)
REPLACES = WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING

ENDS = {
    Status.COMPLETED: (
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
        "child_workflow_execution_completed_event_attributes",
    ),
    Status.FAILED: (E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED, "child_workflow_execution_failed_event_attributes"),
    Status.CANCELED: (
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
        "child_workflow_execution_canceled_event_attributes",
    ),
    Status.TERMINATED: (
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
        "child_workflow_execution_terminated_event_attributes",
    ),
    Status.TIMED_OUT: (
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
        "child_workflow_execution_timed_out_event_attributes",
    ),
}


def start_child(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Note that a child is wanted; it is started a moment later."""
    wanted = command.start_child_workflow_execution
    if wanted.cron_schedule:
        raise NotSimulated(f"{run.options.workflow_type} {run.workflow_id}: a child's cron_schedule is not simulated")
    event = run.history.write(E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
    said = event.start_child_workflow_execution_initiated_event_attributes
    said.namespace, said.workflow_id, said.workflow_type.name = (
        run.server.namespace,
        wanted.workflow_id,
        wanted.workflow_type,
    )
    said.task_queue.name = wanted.task_queue or run.options.task_queue
    said.task_queue.kind = TaskQueueKind.TASK_QUEUE_KIND_NORMAL
    if wanted.input:
        said.input.payloads.extend(wanted.input)
    execution, once, task = run.server.timeouts(
        nanoseconds(wanted.workflow_execution_timeout),
        nanoseconds(wanted.workflow_run_timeout),
        nanoseconds(wanted.workflow_task_timeout),
    )
    if execution:
        said.workflow_execution_timeout.FromNanoseconds(execution)
    said.workflow_run_timeout.FromNanoseconds(once)
    said.workflow_task_timeout.FromNanoseconds(task)
    policy = ParentClosePolicy.ValueType(wanted.parent_close_policy)
    said.parent_close_policy = policy or ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE
    said.workflow_id_reuse_policy = (
        wanted.workflow_id_reuse_policy or WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
    )
    if wanted.HasField("retry_policy"):
        said.retry_policy.CopyFrom(completed(wanted.retry_policy))
    said.header.SetInParent()
    for name, payload in wanted.headers.items():
        said.header.fields[name].CopyFrom(payload)
    for name, payload in wanted.memo.items():
        said.memo.fields[name].CopyFrom(payload)
    if wanted.HasField("search_attributes"):
        said.search_attributes.CopyFrom(wanted.search_attributes)
    said.workflow_task_completed_event_id = completed_id
    said.inherit_build_id = said.task_queue.name == run.options.task_queue
    _describe(event, command)
    run.children[event.event_id] = Child(wanted)
    run.child_ids[wanted.seq] = event.event_id
    run.timeline.after(run.lag(f"child {event.event_id} starts"), _start, run, event.event_id)


def _describe(event: HistoryEvent, command: WorkflowCommand) -> None:
    if command.HasField("user_metadata"):
        event.user_metadata.CopyFrom(command.user_metadata)
    event.event_group_markers.extend(command.event_group_markers)


def _start(run: Execution, initiated_id: int) -> None:
    child = run.children.get(initiated_id)
    if child is None:
        return
    abandoned = int(child.command.parent_close_policy) == ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON
    if not (run.open or abandoned):
        return
    said = run.history.events[initiated_id - 1].start_child_workflow_execution_initiated_event_attributes
    if said.workflow_id_reuse_policy == REPLACES:
        _make_way(run, said.workflow_id)
    if run.server.refuses(said.workflow_id, said.workflow_id_reuse_policy):
        event = run.history.arrive(E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED)
        failed = event.start_child_workflow_execution_failed_event_attributes
        failed.namespace, failed.workflow_id, failed.workflow_type.name = (
            said.namespace,
            said.workflow_id,
            said.workflow_type.name,
        )
        failed.cause, failed.initiated_event_id = ALREADY_EXISTS, initiated_id
        del run.children[initiated_id]
        schedule_task(run)
        return
    root = run.options.parent
    parent = Parent(
        run.workflow_id,
        run.run_id,
        initiated_id,
        root.root_workflow_id if root else run.workflow_id,
        root.root_run_id if root else run.run_id,
    )
    started = run.server.start(
        StartOptions(
            workflow_id=said.workflow_id,
            workflow_type=said.workflow_type.name,
            task_queue=said.task_queue.name,
            input=list(said.input.payloads),
            execution_timeout=nanoseconds(said.workflow_execution_timeout),
            run_timeout=nanoseconds(said.workflow_run_timeout),
            task_timeout=nanoseconds(said.workflow_task_timeout),
            retry_policy=said.retry_policy if said.HasField("retry_policy") else None,
            memo=dict(said.memo.fields),
            search_attributes=dict(said.search_attributes.indexed_fields),
            headers=dict(said.header.fields),
            parent=parent,
        )
    )
    child.run_id = started.run_id
    if run.open:
        event = run.history.arrive(E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED)
        begun = event.child_workflow_execution_started_event_attributes
        begun.namespace, begun.initiated_event_id, begun.workflow_type.name = (
            said.namespace,
            initiated_id,
            said.workflow_type.name,
        )
        begun.workflow_execution.workflow_id, begun.workflow_execution.run_id = said.workflow_id, started.run_id
        begun.header.CopyFrom(said.header)
        child.started_event = event
        schedule_task(run)


def _make_way(run: Execution, workflow_id: str) -> None:
    """End the execution that another one takes the place of."""
    before = run.server.find(workflow_id)
    if before is not None:
        detail = json.dumps(f"terminated by new runID: {run.server.next_run_id(workflow_id)}").encode()
        run.server.terminate(before, TERMINATING, [Payload(metadata={"encoding": b"json/plain"}, data=detail)])


def cancel_child(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """Ask for a child's end."""
    wanted = command.cancel_child_workflow_execution
    initiated_id = run.child_ids[wanted.child_workflow_seq]
    said = run.history.events[initiated_id - 1].start_child_workflow_execution_initiated_event_attributes
    known = run.children.get(initiated_id)
    run_id = known.run_id if known is not None else ""
    request_external_cancel(run, said.workflow_id, run_id, wanted.reason, completed_id, child_only=True)


def tell_parent(child: Execution, retry_state: RetryState.ValueType) -> None:
    """The chain of runs of a child has ended."""
    parent = child.options.parent
    if parent is not None:
        child.timeline.after(child.lag("parent hears"), _tell, child, retry_state)


def _tell(child: Execution, retry_state: RetryState.ValueType) -> None:
    options = child.options.parent
    assert options is not None
    run = child.server.runs[options.run_id]
    known = run.children.pop(options.initiated_event_id, None)
    if not run.open or known is None:
        return
    kind, word = ENDS[child.status]
    event = run.history.arrive(kind)
    said = getattr(event, word)
    said.namespace, said.initiated_event_id = run.server.namespace, options.initiated_event_id
    said.workflow_execution.workflow_id, said.workflow_execution.run_id = child.workflow_id, child.run_id
    said.workflow_type.name = child.options.workflow_type
    said.started_event_id = known.started_event.event_id if known.started_event is not None else 0
    if child.status is Status.COMPLETED and child.result is not None:
        said.result.payloads.append(child.result)
    if child.status is Status.FAILED:
        said.failure.CopyFrom(child.failure)
    if child.status in (Status.FAILED, Status.TIMED_OUT):
        said.retry_state = retry_state
    schedule_task(run)


def leave_children(run: Execution) -> None:
    """The parent has ended: do with each child what its policy says."""
    for initiated_id, child in list(run.children.items()):
        if child.run_id:
            said = run.history.events[initiated_id - 1].start_child_workflow_execution_initiated_event_attributes
            run.timeline.after(
                run.lag(f"child {initiated_id} hears"), _leave, run, said.workflow_id, said.parent_close_policy
            )


def _leave(run: Execution, workflow_id: str, policy: ParentClosePolicy.ValueType) -> None:
    child = run.server.find(workflow_id)
    if child is None or not child.open or child.options.parent is None or child.options.parent.run_id != run.run_id:
        return
    if policy == ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE:
        run.server.terminate(child, "by parent close policy")
    elif policy == ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL:
        request_cancel(child, "", sender=run)
