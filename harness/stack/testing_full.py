"""A full stack for tests: brought up in a folder, with a client and a worker, and everything gone afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import temporalio.client
import temporalio.worker
from temporalio import activity, workflow

from harness.record.journal import FileJournal
from harness.stack.client import connect_client
from harness.stack.endpoints import Endpoints, StackRequest
from harness.stack.full import full_stack_up, stops_last
from harness.stack.processes.process import Processes
from harness.stack.processes.restart import Singles
from harness.stack.processes.sweep import end_processes_of
from harness.stack.processes.watchdog import Watchdog

ROOT = Path(__file__).parents[2]
QUEUE = "orders"
ATTRIBUTES = {"OrderStatus": "Keyword"}


@workflow.defn(sandboxed=False)
class Order:
    """Waits until it is told to go on, then packs: so that a test can break things while it is under way."""

    def __init__(self) -> None:
        """Nothing has been told yet."""
        self._told = False

    @workflow.run
    async def run(self, number: int) -> str:
        """Wait, then pack with as many attempts as it takes."""
        await workflow.wait_condition(lambda: self._told)
        return await workflow.execute_activity(pack, number, start_to_close_timeout=timedelta(seconds=10))

    @workflow.signal
    async def go_on(self) -> None:
        """Tell it."""
        self._told = True


@activity.defn
async def pack(number: int) -> str:
    """Pack one order."""
    return f"packed {number}"


@dataclass(frozen=True)
class FullStack:
    """A stack that is up. ``client`` goes straight to the frontend.

    ``works_seconds`` after it was asked for it had completed a workflow, ``ready_seconds`` after that every role said
    that it serves.
    """

    run_id: str
    folder: Path
    singles: Singles
    processes: Processes
    ends: Endpoints
    client: temporalio.client.Client
    works_seconds: float
    ready_seconds: float

    async def order(self, number: int) -> temporalio.client.WorkflowHandle[Order, str]:
        """Start an order that waits."""
        return await self.client.start_workflow(Order.run, number, id=f"order-{number}", task_queue=QUEUE)

    async def packed(self, number: int, *, timeout_seconds: float = 60.0) -> str:
        """Start an order and let it run to its end."""
        handle = await self.order(number)
        await handle.signal(Order.go_on)
        return await asyncio.wait_for(handle.result(), timeout_seconds)


@contextlib.asynccontextmanager
async def full_stack(
    folder: Path,
    *,
    server_processes: Mapping[str, int] | None = None,
    world_ports: Mapping[str, int] | None = None,
    attributes: Mapping[str, str] = ATTRIBUTES,
) -> AsyncIterator[FullStack]:
    """Bring a stack up with a worker behind its link; everything is ended afterwards, and nothing may be left.

    :param attributes: search attributes by their types.
    """
    run_id = f"test-full-{uuid.uuid4().hex}"
    processes = Processes(run_id, folder / "logs", FileJournal(folder / "journal.jsonl", "test"))
    singles = Singles(processes)
    request = StackRequest(
        processes, singles, folder, ROOT, world_ports or {}, attributes, server_processes=server_processes or {}
    )
    with Watchdog(run_id):
        try:
            began = time.monotonic()
            async with full_stack_up(request) as ends:
                works_seconds = time.monotonic() - began
                await ends.wait_until_ready()
                ready_seconds = time.monotonic() - began
                client = await connect_client(ends.frontend)
                worker_client = await connect_client(ends.worker)
                async with temporalio.worker.Worker(
                    worker_client, task_queue=QUEUE, workflows=[Order], activities=[pack]
                ):
                    yield FullStack(run_id, folder, singles, processes, ends, client, works_seconds, ready_seconds)
        finally:
            await processes.stop_all(grace_seconds=10.0, last=stops_last(request.server_processes))
            assert end_processes_of(run_id) == 0, "a process outlived the stack"
