"""The watcher follows whatever runs to its real end, whatever it returns and whoever began it."""

from __future__ import annotations

import contextlib
import itertools
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, cast

from temporalio import workflow
from temporalio.client import Client, WorkflowExecution, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.experiment.watch import Watcher
from harness.poll import eventually
from harness.record.memory_journal import MemoryJournal
from harness.stack.client import connect_client


@workflow.defn
class Child:
    def __init__(self) -> None:
        self._told = False

    @workflow.run
    async def run(self) -> bytes:
        await workflow.wait_condition(lambda: self._told)
        return b"\x00"

    @workflow.signal
    def tell(self) -> None:
        self._told = True


@workflow.defn
class Parent:
    @workflow.run
    async def run(self, child: str, again: bool = True) -> None:
        if again:
            workflow.continue_as_new(args=[child, False])
        await workflow.start_child_workflow(Child.run, id=child, parent_close_policy=workflow.ParentClosePolicy.ABANDON)


@workflow.defn
class Again:
    def __init__(self) -> None:
        self._told = False

    @workflow.run
    async def run(self, times: int) -> None:
        await workflow.wait_condition(lambda: self._told)
        if times:
            workflow.continue_as_new(times - 1)

    @workflow.signal
    def go_on(self) -> None:
        self._told = True


class Ours:
    """A client whose visibility lists what belongs to one test: all tests share a server."""

    def __init__(self, client: Client, prefix: str) -> None:
        self._client, self._prefix = client, prefix

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def list_workflows(self, query: str) -> AsyncIterator[WorkflowExecution]:
        async for execution in self._client.list_workflows(f'{query} AND WorkflowId STARTS_WITH "{self._prefix}"'):
            yield execution


@contextlib.asynccontextmanager
async def parent_begun(address: str) -> AsyncIterator[tuple[Client, MemoryJournal, str, WorkflowHandle[Any, Any]]]:
    """A client, a journal, the id of the parent, and a handle of the child that it leaves behind."""
    client, name = await connect_client(address), f"watched-{uuid.uuid4().hex}"
    async with Worker(client, task_queue=name, workflows=[Parent, Child], workflow_runner=UnsandboxedWorkflowRunner()):
        await client.start_workflow(Parent.run, args=[f"{name}/child"], id=name, task_queue=name)
        handle = client.get_workflow_handle(f"{name}/child")
        try:
            yield cast(Client, Ours(client, name)), MemoryJournal("harness", time.monotonic), name, handle
        finally:
            with contextlib.suppress(RPCError):  # It may have ended, or never begun.
                await handle.terminate()


def closed(journal: MemoryJournal) -> list[str]:
    return [line["workflow_id"] for line in journal.lines if line["kind"] == "execution-closed"]


async def test_a_child_that_outlives_its_parent_is_found_and_waited_for(temporal_address: str) -> None:
    async with parent_begun(temporal_address) as (client, journal, name, child):
        watcher = Watcher(client, journal)
        watcher.follow(name)
        assert await watcher.all_closed(timeout_seconds=30.0)
        assert closed(journal) == [name]

        await eventually(watcher.follow_what_runs, what="the child in visibility", timeout_seconds=30.0)
        assert not await watcher.all_closed(timeout_seconds=0.1)
        await child.signal(Child.tell)
        assert await watcher.all_closed(timeout_seconds=30.0)

        assert closed(journal) == [name, f"{name}/child"]
        assert set(watcher.followed) == {name, f"{name}/child"}
        await watcher.stop()


async def test_whatever_goes_wrong_with_one_execution_it_is_asked_for_again_and_never_at_once(
    temporal_address: str,
) -> None:
    async with parent_begun(temporal_address) as (client, journal, name, _):
        times: list[float] = []

        class Failing(Ours):
            def get_workflow_handle(self, *args: Any, **options: Any) -> Any:
                times.append(time.monotonic())
                if len(times) < 3:
                    raise RuntimeError("the bridge is broken")
                return client.get_workflow_handle(*args, **options)

        watcher = Watcher(cast(Client, Failing(client, name)), journal)
        watcher.follow(name)
        assert await watcher.all_closed(timeout_seconds=30.0)
        await watcher.stop()

        assert min(later - earlier for earlier, later in itertools.pairwise(times[:3])) >= 0.9
        assert closed(journal) == [name]


async def test_a_workflow_that_goes_on_in_a_new_run_has_not_ended(temporal_address: str) -> None:
    client, name = await connect_client(temporal_address), f"watched-{uuid.uuid4().hex}"
    journal = MemoryJournal("harness", time.monotonic)
    watcher = Watcher(cast(Client, Ours(client, name)), journal)
    async with Worker(client, task_queue=name, workflows=[Again], workflow_runner=UnsandboxedWorkflowRunner()):
        handle = await client.start_workflow(Again.run, 1, id=name, task_queue=name)
        watcher.follow(name)
        assert not await watcher.all_closed(timeout_seconds=0.3)
        await handle.signal(Again.go_on)
        assert not await watcher.all_closed(timeout_seconds=1.0)
        await handle.signal(Again.go_on)
        assert await watcher.all_closed([name], timeout_seconds=30.0)
    await watcher.stop()
    assert closed(journal) == [name]


async def test_an_id_that_is_used_again_is_followed_again_and_what_has_just_ended_is_not(temporal_address: str) -> None:
    client, name = await connect_client(temporal_address), f"watched-{uuid.uuid4().hex}"
    journal = MemoryJournal("harness", time.monotonic)
    watcher = Watcher(cast(Client, Ours(client, name)), journal)
    async with Worker(client, task_queue=name, workflows=[Again], workflow_runner=UnsandboxedWorkflowRunner()):
        for times in (1, 2):
            handle = await client.start_workflow(Again.run, 0, id=name, task_queue=name)
            await eventually(watcher.follow_what_runs, what="the run in visibility", timeout_seconds=30.0)
            await handle.signal(Again.go_on)
            assert await watcher.all_closed(timeout_seconds=30.0)
            assert not await watcher.follow_what_runs(), "it may still be listed"
            assert closed(journal) == [name] * times
    await watcher.stop()
    assert (watcher.open_count, watcher.closed_count) == (0, 2)
