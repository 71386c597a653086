"""How a run ends, and the run that goes on from it: after a failure that is tried again, or with new arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import ContinueAsNewInitiator, RetryState, TaskQueueKind, WorkflowTaskFailedCause
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.failure.v1 import Failure

from harness.sim.kernel.timeline import SECOND
from harness.sim.server.activities import forget_timers
from harness.sim.server.children import leave_children, tell_parent
from harness.sim.server.execution import Execution, Status
from harness.sim.server.options import Continued, StartOptions
from harness.sim.server.retries import completed, nanoseconds, next_retry
from harness.sim.server.updates import cut_off_updates, hand_over_updates
from harness.sim.surface import WorkflowCommand

SHORTEST_RUN = SECOND
"""A run that goes on as new sooner than this after its start has to wait with it."""


def complete_run(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """It returned a result."""
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
    said = event.workflow_execution_completed_event_attributes
    said.workflow_task_completed_event_id = completed_id
    if command.complete_workflow_execution.HasField("result"):
        said.result.payloads.append(command.complete_workflow_execution.result)
        run.result = command.complete_workflow_execution.result
    _close(run, Status.COMPLETED)


def fail_run(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """It failed; its policy may have it tried again in another run."""
    failure = command.fail_workflow_execution.failure
    state, wait = _retry(run, failure)
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
    said = event.workflow_execution_failed_event_attributes
    said.workflow_task_completed_event_id, said.retry_state = completed_id, state
    said.failure.CopyFrom(failure)
    run.failure = failure
    if state == RetryState.RETRY_STATE_IN_PROGRESS:
        said.new_execution_run_id = _try_again(run, failure, wait)
    _close(run, Status.FAILED, state)


def cancel_run(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """It ended because it was asked to."""
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED)
    event.workflow_execution_canceled_event_attributes.workflow_task_completed_event_id = completed_id
    _close(run, Status.CANCELED)


def continue_run(run: Execution, command: WorkflowCommand, completed_id: int) -> None:
    """It goes on in a new run."""
    wanted = command.continue_as_new_workflow_execution
    options = run.options
    next_type = wanted.workflow_type or options.workflow_type
    queue = wanted.task_queue or options.task_queue
    begun = run.history.events[0].workflow_execution_started_event_attributes
    memo = dict(wanted.memo) or dict(begun.memo.fields)
    attributes = dict(wanted.search_attributes.indexed_fields) or dict(run.search_attributes)
    policy = wanted.retry_policy if wanted.HasField("retry_policy") else options.retry_policy
    once = nanoseconds(wanted.workflow_run_timeout) or options.run_timeout
    elapsed = run.timeline.now - run.started_at
    wait = max(nanoseconds(wanted.backoff_start_interval), SHORTEST_RUN - elapsed, 0)
    next_options = replace(
        options,
        workflow_type=next_type,
        task_queue=queue,
        input=list(wanted.arguments),
        run_timeout=once,
        task_timeout=nanoseconds(wanted.workflow_task_timeout) or options.task_timeout,
        retry_policy=completed(policy) if policy is not None else None,
        memo=memo,
        search_attributes=attributes,
        headers=dict(wanted.headers),
        attempt=1,
        start_delay=wait,
        continued=Continued(run.run_id, run.first_run_id, ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW),
    )
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)
    said = event.workflow_execution_continued_as_new_event_attributes
    said.new_execution_run_id = _go_on(run, next_options)
    said.workflow_type.name, said.task_queue.name = next_type, queue
    said.task_queue.kind = TaskQueueKind.TASK_QUEUE_KIND_NORMAL
    if wanted.arguments:
        said.input.payloads.extend(wanted.arguments)
    said.workflow_run_timeout.FromNanoseconds(once)
    said.workflow_task_timeout.FromNanoseconds(next_options.task_timeout)
    said.workflow_task_completed_event_id, said.inherit_build_id = completed_id, True
    for name, payload in memo.items():
        said.memo.fields[name].CopyFrom(payload)
    for name, payload in attributes.items():
        said.search_attributes.indexed_fields[name].CopyFrom(payload)
    _close(run, Status.CONTINUED_AS_NEW)


def terminate_run(run: Execution, reason: str, details: Sequence[Payload], identity: str) -> None:
    """Somebody ends it; it is not asked."""
    _abandon_task(run)
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED)
    said = event.workflow_execution_terminated_event_attributes
    said.reason, said.identity = reason, identity
    if details:
        said.details.payloads.extend(details)
    run.failure = Failure(message=reason)
    run.failure.terminated_failure_info.SetInParent()
    _close(run, Status.TERMINATED)


def time_out_run(run: Execution, *, chain: bool) -> None:
    """Its time is over. ``chain`` is whether that is so for any run that could follow."""
    if not run.open:
        return
    _abandon_task(run)
    failure = Failure(message="workflow timeout", source="Server")
    failure.timeout_failure_info.timeout_type = 1  # type: ignore[assignment]
    state, wait = (RetryState.RETRY_STATE_TIMEOUT, 0) if chain else _retry(run, failure)
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT)
    said = event.workflow_execution_timed_out_event_attributes
    said.retry_state = state
    if state == RetryState.RETRY_STATE_IN_PROGRESS:
        said.new_execution_run_id = _try_again(run, failure, wait)
    _close(run, Status.TIMED_OUT, state)


def _abandon_task(run: Execution) -> None:
    """What a worker is working on does not count any more."""
    task = run.task
    if task is None or task.started_at is None:
        return
    for timer in task.timers:
        timer.cancel()
    run.task = None
    if task.scheduled_id:
        event = run.history.write(E.EVENT_TYPE_WORKFLOW_TASK_FAILED).workflow_task_failed_event_attributes
        event.scheduled_event_id, event.started_event_id = task.scheduled_id, task.started_id
        event.cause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND
    run.history.release()


def _retry(run: Execution, failure: Failure) -> tuple[RetryState.ValueType, int]:
    options = run.options
    if options.retry_policy is None:
        return RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET, 0
    now = run.timeline.now
    return next_retry(options.retry_policy, options.attempt, failure, now=now, expires=options.expires)


def _try_again(run: Execution, failure: Failure, wait: int) -> str:
    kind = ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_RETRY
    continued = Continued(run.run_id, run.first_run_id, kind, failure)
    return _go_on(run, replace(run.options, attempt=run.options.attempt + 1, start_delay=wait, continued=continued))


def _go_on(run: Execution, options: StartOptions) -> str:
    """The id of the run that follows; it starts once this one is closed."""
    run.follows = options
    run.next_run_id = run.server.next_run_id(run.workflow_id)
    return run.next_run_id


def _close(
    run: Execution,
    status: Status,
    retry_state: RetryState.ValueType = RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
) -> None:
    run.status, run.closed_at = status, run.timeline.now
    for entry in (*run.timeouts, *(entry for _, entry in run.timers.values()), run.delayed):
        if entry is not None:
            entry.cancel()
    if run.task is not None:
        for entry in run.task.timers:
            entry.cancel()
        run.task = None
    for activity in run.activities.values():
        forget_timers(activity)
    cut_off_updates(run)
    run.server.closed(run)
    leave_children(run)
    if run.follows is not None:
        hand_over_updates(run, run.server.start(run.follows))
    else:
        tell_parent(run, retry_state)
    waiting, run.on_close = run.on_close, []
    for tell in waiting:
        tell()
