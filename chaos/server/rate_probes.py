"""Finds out whether a namespace's calls are limited: more calls in a moment than the limit has room for.

Where it fits: `namespace_rate_limit` asks here whether its limit is there, and whether it is gone. The server keeps a
limit for each of five priorities of calls, which learn of a change one by one, so there is a probe of each. Each is a
call that the server answers with an error after it has counted it (an empty id, an unknown rule): it changes nothing,
and no application makes it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import temporalio.client
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowRuleRequest,
    GetWorkflowExecutionHistoryRequest,
    GetWorkflowExecutionHistoryReverseRequest,
    RespondActivityTaskCompletedByIdRequest,
)
from temporalio.service import RPCError, RPCStatusCode

from harness.errors import EnvironmentMissing

Probe = Callable[[temporalio.client.Client], Awaitable[object]]

CALL = timedelta(seconds=5)
# The server did not come to count the call, or could not tell.
NO_ANSWER = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
    }
)
NOTHING = WorkflowExecution()


def _tell_of_an_activity(client: temporalio.client.Client) -> Awaitable[object]:
    request = RespondActivityTaskCompletedByIdRequest(namespace=client.namespace)
    return client.workflow_service.respond_activity_task_completed_by_id(request, timeout=CALL)


def _describe_a_rule(client: temporalio.client.Client) -> Awaitable[object]:
    request = DescribeWorkflowRuleRequest(namespace=client.namespace, rule_id="assay-none")
    return client.workflow_service.describe_workflow_rule(request, timeout=CALL)


def _describe_a_workflow(client: temporalio.client.Client) -> Awaitable[object]:
    request = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=NOTHING)
    return client.workflow_service.describe_workflow_execution(request, timeout=CALL)


def _read_a_history_backwards(client: temporalio.client.Client) -> Awaitable[object]:
    request = GetWorkflowExecutionHistoryReverseRequest(namespace=client.namespace, execution=NOTHING)
    return client.workflow_service.get_workflow_execution_history_reverse(request, timeout=CALL)


def _wait_for_an_event(client: temporalio.client.Client) -> Awaitable[object]:
    request = GetWorkflowExecutionHistoryRequest(namespace=client.namespace, execution=NOTHING, wait_new_event=True)
    return client.workflow_service.get_workflow_execution_history(request, timeout=CALL)


# By priority, from the server's service/frontend/configs/quotas.go (1.32): the first also starts, signals and updates,
# the fourth polls for tasks.
PROBES: Mapping[int, Probe] = {
    1: _tell_of_an_activity,
    2: _describe_a_rule,
    3: _describe_a_workflow,
    4: _read_a_history_backwards,
    5: _wait_for_an_event,
}


async def limited(client: temporalio.client.Client, priority: int, per_second: int) -> bool | None:
    """Whether calls of this priority are held to about ``per_second``; ``None`` when this machine is too slow to tell.

    :raises EnvironmentMissing: the frontend does not answer.
    """
    # A limit lets twice its rate through at once (`frontend.namespaceBurstRatio`), and its rate every second.
    calls = 4 * per_second + 4
    began = time.monotonic()
    statuses = await asyncio.gather(*(_status(PROBES[priority], client) for _ in range(calls)))
    took_seconds = time.monotonic() - began
    if RPCStatusCode.RESOURCE_EXHAUSTED in statuses:
        return True
    if lost := NO_ANSWER & set(statuses):
        names = ", ".join(sorted(status.name for status in lost))
        raise EnvironmentMissing(f"a probe of the limit of {client.namespace} was answered with {names}")
    return False if calls > per_second * (2 + took_seconds) else None


async def _status(probe: Probe, client: temporalio.client.Client) -> RPCStatusCode:
    try:
        await probe(client)
    except RPCError as error:
        return error.status
    return RPCStatusCode.OK
