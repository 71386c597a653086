"""The `external` stack: a Temporal cluster that somebody else runs. Nothing of it is started, broken or ended here.

    TEMPORAL_*, temporal.toml ──> profile ──> namespace of the run ──> Endpoints

The run has its namespace to itself: queues and workflow ids of an application are fixed, so in a shared one its workers
would take other people's tasks, and theirs would take ours. Either the profile names a namespace in which nothing is or
was, or the run makes one and deletes it afterwards. Not covered: whether the cluster has room for the load.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import timedelta

import temporalio.api.enums.v1
import temporalio.api.operatorservice.v1
import temporalio.api.taskqueue.v1
import temporalio.api.workflowservice.v1
import temporalio.client
from temporalio.service import RPCError, RPCStatusCode

from harness.errors import EnvironmentMissing, UsageError
from harness.poll import eventually
from harness.stack.client import open_client
from harness.stack.endpoints import Endpoints, StackRequest
from harness.stack.namespace import RETENTION, add_search_attributes, register_namespace
from harness.stack.profile import Cluster, environment_of

logger = logging.getLogger(__name__)

CALL = timedelta(seconds=10)
KNOWN_WITHIN_SECONDS = 90.0
# Behind one address there may be many frontends, and each learns of a new namespace by itself.
CONNECTIONS_THAT_KNOW = 5
STOP_GRACE_SECONDS = 12.0


@contextlib.asynccontextmanager
async def external_stack_up(request: StackRequest) -> AsyncIterator[Endpoints]:
    """Make sure of the namespace and offer it; delete it afterwards when it is the run's own.

    :raises UsageError: the request names no cluster, asks for server processes, or the namespace is not free.
    :raises EnvironmentMissing: the cluster does not answer, or does not let us make what is missing.
    """
    cluster = request.cluster
    if cluster is None or request.server_processes or request.fixed_ports:
        raise UsageError("the stack `external` is a cluster of somebody else's: it has no processes or ports of ours")
    client = await _connect(cluster)
    async with contextlib.AsyncExitStack() as cleanup:
        await _make_ready(client, cluster, request, cleanup)
        yield Endpoints(
            frontend=cluster.address,
            client=cluster.address,
            worker=cluster.address,
            world_ports=request.world_ports,
            namespace=cluster.namespace,
            client_options=cluster.options,
            connection=environment_of(cluster.profile, cluster.namespace),
            shown={"namespace": cluster.namespace},
        )


async def _connect(cluster: Cluster) -> temporalio.client.Client:
    try:
        return await open_client(cluster.address, **cluster.options)
    except RuntimeError as error:
        raise EnvironmentMissing(
            f"no Temporal cluster answers at {cluster.address}: {error}; "
            "see TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY, or your temporal.toml"
        ) from error


async def _make_ready(
    client: temporalio.client.Client, cluster: Cluster, request: StackRequest, cleanup: contextlib.AsyncExitStack
) -> None:
    try:
        if cluster.own_namespace:
            await register_namespace(client, cluster.namespace)
            cleanup.push_async_callback(_delete, client, cluster)
            # A worker whose namespace goes would end with an error, and that would be a death that nobody planned.
            cleanup.push_async_callback(request.processes.stop_all, grace_seconds=STOP_GRACE_SECONDS)
        elif not await _exists(client, cluster.namespace):
            await register_namespace(client, cluster.namespace)
        else:
            await _require_unused(client, cluster.namespace, request.queues)
        await eventually(
            lambda: _has_attributes(client, cluster, request.search_attributes),
            what=f"the namespace {cluster.namespace} to take search attributes",
            timeout_seconds=KNOWN_WITHIN_SECONDS,
            ignore=(_NotYet,),
        )
    except RPCError as error:
        commands = "\n".join(f"  {line}" for line in commands_for(cluster.namespace, request.search_attributes))
        raise EnvironmentMissing(
            f"{cluster.address} does not let us make the namespace {cluster.namespace} and its search attributes "
            f"({error.status.name}: {error.message}). Whoever runs it can:\n{commands}\n"
            f"Then: TEMPORAL_NAMESPACE={cluster.namespace}"
        ) from error
    for _ in range(CONNECTIONS_THAT_KNOW):
        await _wait_until_known(await _connect(cluster), request.search_attributes)


class _NotYet(Exception):
    """The cluster does not know its new namespace yet."""


async def _has_attributes(
    client: temporalio.client.Client, cluster: Cluster, search_attributes: Mapping[str, str]
) -> bool:
    try:
        await add_search_attributes(client, cluster.namespace, search_attributes)
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.UNAVAILABLE):
            raise _NotYet(error.message) from error
        raise
    return True


async def _wait_until_known(client: temporalio.client.Client, search_attributes: Mapping[str, str]) -> None:
    """Wait until a frontend answers a query that uses the namespace and every attribute."""
    query = " AND ".join(f"{name} IS NULL" for name in search_attributes)

    async def answers() -> bool:
        await client.count_workflows(query, rpc_timeout=CALL)
        return True

    await eventually(
        answers,
        what=f"{client.namespace} to be known with {', '.join(search_attributes) or 'no search attributes'}",
        timeout_seconds=KNOWN_WITHIN_SECONDS,
        ignore=(RPCError,),
    )


def commands_for(namespace: str, search_attributes: Mapping[str, str]) -> list[str]:
    """The commands by which a person makes what a run needs on a cluster."""
    days = RETENTION.days
    return [f"temporal operator namespace create --namespace {namespace} --retention {days}d"] + [
        f"temporal operator search-attribute create --namespace {namespace} --name {name} --type {kind}"
        for name, kind in search_attributes.items()
    ]


async def _exists(client: temporalio.client.Client, namespace: str) -> bool:
    request = temporalio.api.workflowservice.v1.DescribeNamespaceRequest(namespace=namespace)
    try:
        await client.workflow_service.describe_namespace(request, timeout=CALL)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def _require_unused(client: temporalio.client.Client, namespace: str, queues: Collection[str]) -> None:
    """Refuse a namespace in which something is, was, or waits for work: neither side may meet the other.

    :raises UsageError: it is not free; the message says what is in it.
    """
    count = (await client.count_workflows("", rpc_timeout=CALL)).count
    polled = {queue: who for queue in queues if (who := await _pollers(client, namespace, queue))}
    found = [f"{count} executions"] if count else []
    found += [f"workers on {queue} ({', '.join(sorted(who))})" for queue, who in polled.items()]
    if found:
        raise UsageError(
            f"the namespace {namespace} is not free: it has {' and '.join(found)}. A run needs one to itself, "
            "because its queues and workflow ids are the application's. Name a new one in TEMPORAL_NAMESPACE, "
            "or none there and in your profile: then each run makes its own and deletes it"
        )


async def _pollers(client: temporalio.client.Client, namespace: str, queue: str) -> set[str]:
    """Who asks a queue for tasks, or did in the last minutes."""
    who: set[str] = set()
    for kind in (
        temporalio.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        temporalio.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    ):
        request = temporalio.api.workflowservice.v1.DescribeTaskQueueRequest(
            namespace=namespace,
            task_queue=temporalio.api.taskqueue.v1.TaskQueue(name=queue),
            task_queue_type=kind,
        )
        answer = await client.workflow_service.describe_task_queue(request, timeout=CALL)
        who |= {poller.identity for poller in answer.pollers}
    return who


async def _delete(client: temporalio.client.Client, cluster: Cluster) -> None:
    """Delete the run's own namespace and all in it. That it stays is worth a word, and no verdict."""
    request = temporalio.api.operatorservice.v1.DeleteNamespaceRequest(namespace=cluster.namespace)
    try:
        await client.operator_service.delete_namespace(request, timeout=CALL)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            logger.warning(
                "the namespace %s of this run is still on %s (%s); `temporal operator namespace delete --namespace %s`",
                *(cluster.namespace, cluster.address, error.message, cluster.namespace),
            )
