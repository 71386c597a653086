"""How the end of a child is told to its parent's workflow code."""

from __future__ import annotations

from temporalio.api.enums.v1 import RetryState, TimeoutType
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent, StartChildWorkflowExecutionFailedEventAttributes

from harness.sim.surface import StartChildWorkflowExecution, WorkflowActivationJob

SAID = {
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: "Child Workflow execution failed",
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT: "Child Workflow execution timed out",
    E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED: "Child Workflow execution terminated",
}


def child_start_failed(
    command: StartChildWorkflowExecution, said: StartChildWorkflowExecutionFailedEventAttributes
) -> WorkflowActivationJob:
    """It could not be started."""
    job = WorkflowActivationJob()
    answer = job.resolve_child_workflow_execution_start
    answer.seq = command.seq
    answer.failed.workflow_id, answer.failed.workflow_type = said.workflow_id, said.workflow_type.name
    answer.failed.cause = said.cause  # type: ignore[assignment]
    return job


def child_never_started(command: StartChildWorkflowExecution) -> WorkflowActivationJob:
    """It was cancelled in the task that wanted it."""
    job = WorkflowActivationJob()
    answer = job.resolve_child_workflow_execution_start
    answer.seq = command.seq
    failure = _failure(command, None)
    failure.message = "Child Workflow Execution cancelled before scheduled: "
    answer.cancelled.failure.CopyFrom(failure)
    return job


def child_ended(command: StartChildWorkflowExecution, event: HistoryEvent | None) -> WorkflowActivationJob:
    """It came to an end; without an event, its cancellation is not waited for."""
    job = WorkflowActivationJob()
    job.resolve_child_workflow_execution.seq = command.seq
    result = job.resolve_child_workflow_execution.result
    if event is None or event.event_type == E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
        result.cancelled.failure.CopyFrom(_failure(command, event))
        return job
    said = getattr(event, event.WhichOneof("attributes") or "")
    if event.event_type == E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
        result.completed.SetInParent()
        if said.result.payloads:
            result.completed.result.CopyFrom(said.result.payloads[0])
        return job
    failure = _info(command, event)
    failure.message = SAID[event.event_type]
    if event.event_type == E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
        failure.child_workflow_execution_failure_info.retry_state = said.retry_state
        failure.cause.CopyFrom(said.failure)
    elif event.event_type == E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
        failure.child_workflow_execution_failure_info.retry_state = said.retry_state
        failure.cause.message = "Timed out"
        failure.cause.timeout_failure_info.timeout_type = TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE
    else:
        failure.cause.message = "Terminated"
        failure.cause.terminated_failure_info.SetInParent()
    result.failed.failure.CopyFrom(failure)
    return job


def _failure(command: StartChildWorkflowExecution, event: HistoryEvent | None) -> Failure:
    failure = _info(command, event)
    failure.message = "Child Workflow execution cancelled"
    failure.cause.canceled_failure_info.SetInParent()
    return failure


def _info(command: StartChildWorkflowExecution, event: HistoryEvent | None) -> Failure:
    failure = Failure()
    said = failure.child_workflow_execution_failure_info
    said.namespace, said.workflow_type.name = command.namespace, command.workflow_type
    said.workflow_execution.workflow_id = command.workflow_id
    said.retry_state = RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE
    if event is not None:
        ended = getattr(event, event.WhichOneof("attributes") or "")
        said.workflow_execution.run_id = ended.workflow_execution.run_id
        said.initiated_event_id, said.started_event_id = ended.initiated_event_id, ended.started_event_id
    return failure
