"""A full stack at work, for tests that want to know whether a fault is felt: customers order, a worker packs.

Every order is journalled as an operation, as a run does it, so that faults find their evidence where they look for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import cast

import httpx
import temporalio.client
from temporalio.service import RPCError

from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.journal import FileJournal, read_journals
from harness.stack.client import connect_client
from harness.stack.insides import Insides
from harness.stack.links.links import Link
from harness.stack.processes.restart import Singles
from harness.stack.testing_full import QUEUE, FullStack, Order

PAUSE_SECONDS = 0.25
PATIENCE_SECONDS = 5.0
# So many orders make a measure of what is usual.
ORDERS_BEFORE = 12


@dataclass(frozen=True)
class BusySite:
    """What a fault touches of a site."""

    client: temporalio.client.Client
    folder: Path
    http: httpx.AsyncClient
    singles: Singles
    links: Mapping[str, Link]
    insides: Insides | None
    journal: FileJournal
    world: None = None
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@contextlib.asynccontextmanager
async def busy_site(stack: FullStack) -> AsyncIterator[Site]:
    """A site of this stack with customers who do not stop ordering, once enough orders were packed undisturbed."""
    folder = stack.folder / f"busy-{time.monotonic_ns()}"
    journal = FileJournal(folder / "journal" / "customers.jsonl", "customers")
    client = await connect_client(stack.ends.client)
    customers = asyncio.create_task(_order_for_ever(client, journal))

    def orders_packed() -> bool:
        packed = [line for line in read_journals(folder / "journal") if line.get("outcome") == "OK"]
        return len(packed) >= ORDERS_BEFORE

    try:
        await eventually(orders_packed, what=f"{ORDERS_BEFORE} orders to be packed", timeout_seconds=60)
        async with httpx.AsyncClient(trust_env=False) as http:
            ends = stack.ends
            yield cast(Site, BusySite(stack.client, folder, http, stack.singles, ends.links, ends.insides, journal))
    finally:
        customers.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await customers
        journal.close()


async def _order_for_ever(client: temporalio.client.Client, journal: FileJournal) -> None:
    """One order after the other at a steady pace, whether or not those before were packed, as customers do."""
    async with asyncio.TaskGroup() as group:
        for number in itertools.count(time.monotonic_ns()):
            group.create_task(_journalled_order(client, journal, number))
            await asyncio.sleep(PAUSE_SECONDS)


async def _journalled_order(client: temporalio.client.Client, journal: FileJournal, number: int) -> None:
    identity = {"operation_id": f"order/{number}", "name": "order", "subject": str(number), "repetition": 1}
    journal.write("invoke", **identity, intended_seconds=time.monotonic())
    outcome = "OK"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await _order(client, number)
    except (RPCError, TimeoutError):
        outcome = "UNKNOWN"
    journal.write("return", **identity, outcome=outcome, detail={})


async def _order(client: temporalio.client.Client, number: int) -> None:
    soon = timedelta(seconds=PATIENCE_SECONDS)
    handle = await client.start_workflow(
        Order.run, number, id=f"order-{number}", task_queue=QUEUE, rpc_timeout=soon, start_signal="go_on"
    )
    await handle.result()
