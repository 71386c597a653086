"""Records the corpus of petty cash: a voucher that is booked, and one that is refused."""

from __future__ import annotations

import uuid
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

from scenarios.kit.company import company
from scenarios.kit.histories import write_history
from scenarios.world.host import HOST_CLOCK, Tasks
from workflows.app import app
from workflows.kit.money import Money
from workflows.petty_cash.family import FAMILY
from workflows.petty_cash.model import TASK_QUEUE, Voucher
from workflows.petty_cash.workflow import PettyCash


async def record_all(client: Client, folder: Path) -> list[Path]:
    """Drive both paths and write a file for each."""
    queue, written, opened = f"petty-cash-{uuid.uuid4()}", [], company(HOST_CLOCK, Tasks(), client)
    async with Worker(
        client,
        task_queue=queue,
        workflows=FAMILY.queues[TASK_QUEUE].workflows,
        activities=FAMILY.activities(opened.ports.of[FAMILY.name]),
        interceptors=app.interceptors,
    ):
        for name, amount in (("booked", "12.50"), ("refused", "900.00")):
            voucher = Voucher("PC-1", "tea", Money.parse(amount, "SAR"))
            handle = await client.start_workflow(PettyCash.run, voucher, id=f"{queue}-{name}", task_queue=queue)
            assert await handle.result() == name
            written.append(write_history(await handle.fetch_history(), folder / f"{name}.json"))
    await opened.close()
    return written
