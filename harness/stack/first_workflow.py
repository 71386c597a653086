"""The proof that a server works: a workflow that was started, handed out, completed and read back as completed.

No role's health check says that: the frontend serves while history is dead. One execution goes through all of them
(frontend takes it, history keeps it, matching hands it out, the database holds it). It is done by hand, message by
message, because a worker would be much machinery for one command; and in a namespace of its own, because a run reads
every execution of the application's.
"""

from __future__ import annotations

import time
import uuid
from datetime import timedelta

import temporalio.client
from temporalio.api.command.v1 import Command, CompleteWorkflowExecutionCommandAttributes
from temporalio.api.common.v1 import WorkflowExecution, WorkflowType
from temporalio.api.enums.v1 import CommandType, WorkflowExecutionStatus
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    PollWorkflowTaskQueueRequest,
    RespondWorkflowTaskCompletedRequest,
    StartWorkflowExecutionRequest,
)
from temporalio.service import RPCError

from harness.poll import eventually

NAMESPACE = "assay-readiness"
NAME = "readiness"
# A long poll that gets nothing ends by itself after a minute; one lost task must not cost that much.
POLL_SECONDS = 5.0
CALL = timedelta(seconds=5)
WORKS_WITHIN_SECONDS = 30.0


async def when_it_worked(client: temporalio.client.Client) -> float:
    """Have a workflow completed; returns when it was, by the host's CLOCK_MONOTONIC.

    :raises WaitTimeout: the server did not get it done in time.
    """
    await complete_a_workflow(client, timeout_seconds=WORKS_WITHIN_SECONDS)
    return time.monotonic()


async def complete_a_workflow(client: temporalio.client.Client, *, timeout_seconds: float) -> str:
    """Start one workflow, complete it, and see it completed; returns its id.

    :param timeout_seconds: the bound on the start, and again on the rest.
    :raises WaitTimeout: the server did not get it done in time; the message has its last answer.
    """
    workflow_id = f"{NAME}-{uuid.uuid4().hex}"

    async def started() -> bool:
        await _start(client, workflow_id)
        return True

    async def completed() -> bool:
        await _complete_next_task(client, workflow_id)
        return await _is_completed(client, workflow_id)

    for probe, what in ((started, "a first workflow to start"), (completed, "the first workflow to complete")):
        await eventually(probe, what=what, timeout_seconds=timeout_seconds, ignore=(RPCError,))
    return workflow_id


async def _start(client: temporalio.client.Client, workflow_id: str) -> None:
    """Start it; while it runs, the same request again is the same start."""
    await client.workflow_service.start_workflow_execution(
        StartWorkflowExecutionRequest(
            namespace=NAMESPACE,
            workflow_id=workflow_id,
            workflow_type=WorkflowType(name=NAME),
            task_queue=TaskQueue(name=workflow_id),
            request_id=workflow_id,
            identity=NAME,
        ),
        timeout=CALL,
    )


async def _complete_next_task(client: temporalio.client.Client, workflow_id: str) -> None:
    """Do what a worker does with a workflow that has nothing to do: take its task, and answer "completed"."""
    task = await client.workflow_service.poll_workflow_task_queue(
        PollWorkflowTaskQueueRequest(namespace=NAMESPACE, task_queue=TaskQueue(name=workflow_id), identity=NAME),
        timeout=timedelta(seconds=POLL_SECONDS),
    )
    if not task.task_token:
        return
    complete = Command(
        command_type=CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
        complete_workflow_execution_command_attributes=CompleteWorkflowExecutionCommandAttributes(),
    )
    await client.workflow_service.respond_workflow_task_completed(
        RespondWorkflowTaskCompletedRequest(
            namespace=NAMESPACE, task_token=task.task_token, commands=[complete], identity=NAME
        ),
        timeout=CALL,
    )


async def _is_completed(client: temporalio.client.Client, workflow_id: str) -> bool:
    description = await client.workflow_service.describe_workflow_execution(
        DescribeWorkflowExecutionRequest(namespace=NAMESPACE, execution=WorkflowExecution(workflow_id=workflow_id)),
        timeout=CALL,
    )
    done = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED
    return description.workflow_execution_info.status == done
