"""The stack `external` on the tests' dev server, which here is somebody else's: what it makes, refuses and leaves."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.envconfig import ClientConfigProfile
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from harness.errors import EnvironmentMissing, UsageError
from harness.poll import eventually
from harness.record.journal import FileJournal
from harness.stack.client import open_client
from harness.stack.endpoints import Endpoints, StackRequest
from harness.stack.external import commands_for, external_stack_up
from harness.stack.namespace import register_namespace
from harness.stack.processes.process import Processes
from harness.stack.processes.restart import Singles
from harness.stack.profile import Cluster, cluster_of
from harness.stack.testing_full import ATTRIBUTES, QUEUE, Order, pack


@contextlib.asynccontextmanager
async def brought_up(cluster: Cluster | None, folder: Path) -> AsyncIterator[Endpoints]:
    processes = Processes("test-external", folder / "logs", FileJournal(folder / "journal.jsonl", "test"))
    request = StackRequest(
        *(processes, Singles(processes), folder, folder, {}, ATTRIBUTES), queues=(QUEUE,), cluster=cluster
    )
    async with external_stack_up(request) as ends:
        yield ends


def theirs(address: str, namespace: str | None = None) -> Cluster:
    return cluster_of(ClientConfigProfile(address=address, namespace=namespace), f"run-{uuid.uuid4().hex[:8]}")


async def namespace_of_their_own(address: str) -> Client:
    """A client of a namespace that is there already, as far as one can tell."""
    name = f"theirs-{uuid.uuid4().hex[:8]}"
    await register_namespace(await open_client(address), name)
    client = await open_client(address, namespace=name)

    async def known() -> bool:
        await client.count_workflows("")
        return True

    await eventually(known, what="the namespace to be known", timeout_seconds=60, ignore=(RPCError,))
    return client


async def test_a_run_has_a_namespace_to_itself_and_leaves_none(temporal_address: str, tmp_path: Path) -> None:
    async with brought_up(theirs(temporal_address), tmp_path) as ends:
        assert re.fullmatch("assay-[0-9a-f]{8}", ends.namespace)
        assert ends.connection == {"TEMPORAL_ADDRESS": temporal_address, "TEMPORAL_NAMESPACE": ends.namespace}
        client = await open_client(ends.frontend, **ends.client_options)
        async with Worker(client, task_queue=QUEUE, workflows=[Order], activities=[pack]):
            handle = await client.start_workflow(Order.run, 1, id="order-1", task_queue=QUEUE)
            await handle.signal(Order.go_on)
            assert await handle.result() == "packed 1"
        assert (await client.count_workflows("OrderStatus IS NULL")).count in (0, 1)
    with pytest.raises(RPCError):
        await client.count_workflows("")


async def test_a_namespace_that_somebody_named_is_made_and_stays(temporal_address: str, tmp_path: Path) -> None:
    name = f"theirs-{uuid.uuid4().hex[:8]}"
    async with brought_up(theirs(temporal_address, name), tmp_path) as ends:
        assert ends.namespace == name
    client = await open_client(temporal_address, namespace=name)
    assert (await client.count_workflows("OrderStatus IS NULL")).count == 0


async def test_a_namespace_with_executions_or_workers_is_refused(temporal_address: str, tmp_path: Path) -> None:
    client = await namespace_of_their_own(temporal_address)
    async with Worker(client, task_queue=QUEUE, workflows=[Order], activities=[pack], identity="their worker"):

        async def refused(words: str) -> bool:
            try:
                async with brought_up(theirs(temporal_address, client.namespace), tmp_path):
                    return False
            except UsageError as error:
                return re.search(words, str(error)) is not None

        seen = partial(eventually, timeout_seconds=60)
        worker = rf"workers on {QUEUE} \(their worker\)"
        await seen(lambda: refused(worker), what="the worker to be seen")
        await client.start_workflow(Order.run, 1, id="order-1", task_queue=QUEUE)
        await seen(lambda: refused("it has 1 executions and workers"), what="the execution to be seen")
    assert await client.get_workflow_handle("order-1").describe() is not None


async def test_a_cluster_that_permits_no_namespace_is_said_with_the_commands(
    temporal_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def denied(client: Client, name: str) -> None:
        raise RPCError("not you", RPCStatusCode.PERMISSION_DENIED, b"")

    monkeypatch.setattr("harness.stack.external.register_namespace", denied)
    cluster = theirs(temporal_address)
    with pytest.raises(EnvironmentMissing) as refused:
        async with brought_up(cluster, tmp_path):
            pass
    message = str(refused.value)
    assert "PERMISSION_DENIED: not you" in message
    assert all(command in message for command in commands_for(cluster.namespace, ATTRIBUTES))
    assert f"Then: TEMPORAL_NAMESPACE={cluster.namespace}" in message


async def test_a_cluster_that_is_not_there_is_said_with_its_address(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match=r"no Temporal cluster answers at 127\.0\.0\.1:1:"):
        async with brought_up(theirs("127.0.0.1:1"), tmp_path):
            pass


async def test_no_cluster_and_processes_of_ours_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a cluster of somebody else's"):
        async with brought_up(None, tmp_path):
            pass


def test_the_commands_make_what_a_run_needs() -> None:
    assert commands_for("orders", {"OrderStatus": "Keyword"}) == [
        "temporal operator namespace create --namespace orders --retention 3d",
        "temporal operator search-attribute create --namespace orders --name OrderStatus --type Keyword",
    ]
