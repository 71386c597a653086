"""The full stack as a whole: complete when it says so, each part killed and back, nothing in common with another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from harness.poll import eventually
from harness.stack.client import connect_client
from harness.stack.first_workflow import NAMESPACE
from harness.stack.full import alone
from harness.stack.processes.sweep import processes_of
from harness.stack.testing_full import QUEUE, FullStack, Order, full_stack

# Stacks of four servers each: side by side they would measure each other.
pytestmark = [pytest.mark.full, pytest.mark.xdist_group("full"), pytest.mark.timeout(300)]
FIRST_WORKFLOW_SECONDS = 10.0
# What a machine that does other things too may make of that.
GENEROUS = 4.0
SHORT = timedelta(seconds=3)


async def _told(handle: WorkflowHandle[Order, str]) -> bool:
    await handle.signal(Order.go_on, rpc_timeout=SHORT)
    return True


async def _refusals_until_started(stack: FullStack, number: int) -> list[RPCStatusCode]:
    """Ask for an order over and over until it is taken; returns how it was refused before that."""
    refusals: list[RPCStatusCode] = []
    while True:
        try:
            await stack.client.start_workflow(
                Order.run, number, id=f"order-{number}", task_queue=QUEUE, rpc_timeout=SHORT
            )
        except WorkflowAlreadyStartedError:
            return refusals
        except RPCError as error:
            refusals.append(error.status)
        else:
            return refusals


async def _counted(client: Client) -> bool:
    return await client.count_workflows("", rpc_timeout=SHORT) is not None


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FullStack]:
    async with full_stack(tmp_path_factory.mktemp("full")) as up:
        yield up


async def test_the_first_workflow_is_completed_soon_after_up(
    tmp_path: Path, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    async with full_stack(tmp_path) as up:
        assert await up.packed(1) == "packed 1"
    record_property("first_workflow_seconds", round(up.works_seconds, 2))
    with capsys.disabled():
        sys.stderr.write(
            f"\nfull stack: first workflow after {up.works_seconds:.1f} s, ready after {up.ready_seconds:.1f} s\n"
        )
    assert up.works_seconds < GENEROUS * FIRST_WORKFLOW_SECONDS


async def test_everything_that_is_promised_is_there(stack: FullStack) -> None:
    assert set(stack.singles.names) == {
        *("postgres", "toxiproxy", "frontend", "history", "matching", "internal-worker", "ui")
    }
    assert set(stack.singles.names) == set(alone({}))
    assert set(stack.ends.links) == {"client-frontend", "worker-frontend", "server-postgres", "application-books"}
    for link in stack.ends.links.values():
        assert (await link.toxiproxy.proxy(link.name)).whole
    async with httpx.AsyncClient(trust_env=False, timeout=10.0) as http:
        page = await http.get(stack.ends.shown["UI"])
        assert "<!doctype html>" in page.text
        for name in ("frontend", "history", "matching", "internal-worker"):
            metrics = await http.get(stack.ends.shown[f"{name} metrics"])
            assert f'service_name="{name.removeprefix("internal-")}"' in metrics.text


async def test_search_attributes_are_there_and_readiness_leaves_no_trace_among_the_executions(stack: FullStack) -> None:
    assert await stack.packed(100) == "packed 100"
    assert await stack.client.count_workflows('OrderStatus = "packed"') is not None
    types = {execution.workflow_type async for execution in stack.client.list_workflows("")}
    assert types <= {"Order"}
    assert stack.client.namespace != NAMESPACE


async def test_an_id_that_the_schema_has_no_room_for_is_refused_by_the_server(stack: FullStack) -> None:
    with pytest.raises(RPCError) as refused:
        await stack.client.start_workflow(Order.run, 1, id="x" * 256, task_queue=QUEUE)
    assert refused.value.status is RPCStatusCode.INVALID_ARGUMENT


async def test_a_workflow_in_flight_completes_after_postgres_was_killed(stack: FullStack) -> None:
    handle = await stack.order(200)
    pid = await stack.singles.kill("postgres")
    assert not any(process.pid == pid for process in processes_of(stack.run_id))
    refusals = asyncio.create_task(_refusals_until_started(stack, 201))
    await stack.singles.start("postgres")
    await eventually(lambda: _told(handle), what="the signal to be taken", timeout_seconds=60, ignore=(RPCError,))
    assert await asyncio.wait_for(handle.result(), 60) == "packed 200"
    # None, when the client's own retries lasted. Any other, such as a namespace that is suddenly unknown, would tell it
    # not to try again.
    temporary = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED}
    statuses = await asyncio.wait_for(refusals, 60)
    assert set(statuses) <= temporary | {RPCStatusCode.RESOURCE_EXHAUSTED}


# The roles die in every push, too, under an application: `server-roles-fail`.
@pytest.mark.nightly
@pytest.mark.parametrize("name", ["frontend", "history", "matching", "internal-worker", "toxiproxy"])
async def test_work_goes_on_after_a_part_was_killed_and_is_back(stack: FullStack, name: str) -> None:
    number = 300 + len(name)
    handle = await stack.order(number)
    await stack.singles.kill(name)
    await stack.singles.start(name)
    await eventually(
        lambda: _told(handle),
        what=f"a signal to be taken after {name} was back",
        timeout_seconds=60,
        ignore=(RPCError,),
    )
    assert await asyncio.wait_for(handle.result(), 60) == f"packed {number}"


async def test_a_link_that_is_cut_stops_its_own_traffic_only(stack: FullStack) -> None:
    link = stack.ends.links["client-frontend"]
    client = await connect_client(stack.ends.client)
    await link.toxiproxy.disable(link.name)
    try:
        with pytest.raises(RPCError):
            await client.count_workflows("", rpc_timeout=SHORT)
        assert await stack.packed(400) == "packed 400", "the worker's link and the direct way are others"
    finally:
        await link.toxiproxy.heal(link.name)
    await eventually(
        lambda: _counted(client), what="the healed link to carry calls again", timeout_seconds=30, ignore=(RPCError,)
    )


async def test_two_stacks_do_not_disturb_each_other(stack: FullStack, tmp_path: Path) -> None:
    async with full_stack(tmp_path, server_processes={"history": 2}) as other:
        assert "history-2" in other.singles.names
        await asyncio.gather(stack.packed(500), other.packed(500))
        await other.singles.kill("postgres")
        await other.ends.links["server-postgres"].toxiproxy.disable("server-postgres")
        assert await stack.packed(501) == "packed 501"
        for link in stack.ends.links.values():
            assert (await link.toxiproxy.proxy(link.name)).whole
    assert await stack.packed(502) == "packed 502"


async def test_a_stack_goes_on_with_the_data_of_its_folder(tmp_path: Path) -> None:
    async with full_stack(tmp_path) as before:
        await before.order(600)
    async with full_stack(tmp_path) as after:
        handle = after.client.get_workflow_handle("order-600", result_type=str)
        await handle.signal(Order.go_on)
        assert await asyncio.wait_for(handle.result(), 60) == "packed 600"
