"""A voucher whose booking is refused is held, on a real server and with the world in memory."""

from __future__ import annotations

import asyncio
import uuid

from temporalio.client import Client
from temporalio.worker import Worker

from workflows.invoices.testing_outside import Refused, Surroundings
from workflows.kit.money import Money
from workflows.kit.status import BUSINESS_STATUS
from workflows.kit.testing_waits import until
from workflows.petty_cash.family import FAMILY
from workflows.petty_cash.model import TASK_QUEUE, Voucher
from workflows.petty_cash.workflow import PettyCash


async def test_only_a_resume_that_comes_after_the_refusal_ends_the_hold(client: Client) -> None:
    queue, outside = f"petty-cash-{uuid.uuid4()}", Surroundings()
    asked: list[str] = []
    arrived, goes_on = asyncio.Event(), asyncio.Event()

    async def refuse_the_first(operation: str) -> None:
        asked.append(operation)
        arrived.set()
        await goes_on.wait()
        if len(asked) == 1:
            raise Refused

    outside.before = refuse_the_first
    workflows, activities = FAMILY.queues[TASK_QUEUE].workflows, FAMILY.activities(outside.accounting())
    async with Worker(client, task_queue=queue, workflows=workflows, activities=activities):
        voucher = Voucher("PC-1", "tea", Money.parse("12.50", "SAR"))
        handle = await client.start_workflow(PettyCash.run, voucher, id=queue, task_queue=queue)

        async def is_held() -> bool:
            return (await handle.describe()).typed_search_attributes.get(BUSINESS_STATUS) == "held"

        await arrived.wait()
        await handle.signal(PettyCash.resume)
        goes_on.set()
        await until(is_held)
        assert asked == ["book/petty-cash"]
        await handle.signal(PettyCash.resume)
        assert await handle.result() == "booked"
    assert list(outside.entries) == ["petty-cash/PC-1"]
