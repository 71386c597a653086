"""A call and the closing instant meet while no worker is there: one of them wins, and all agree on which.

Nothing is skipped here, as no server skips while a task waits for its worker: the worker stops, the timer fires, and
the next worker finds both at once.
"""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.service import RPCError

from workflows.conftest import Running, working
from workflows.invoices.model import Status
from workflows.invoices.test_cancelling import cancel
from workflows.invoices.test_workflow import pay, payment
from workflows.invoices.testing_hooks import Gate
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.timers.testing_course import begin
from workflows.kit.money import Money

pytestmark = pytest.mark.time

DUE_IN = timedelta(seconds=6)
"""A real while: enough for a busy machine to send an invoice."""


async def answered(call: asyncio.Task[object]) -> bool:
    """Whether the call was obeyed; ``False`` when it was refused, or found the workflow ended."""
    try:
        await call
    except (WorkflowUpdateFailedError, RPCError):
        return False
    return True


@pytest.fixture
def alone(client: Client) -> Running:
    """Without a worker."""
    return Running(client, f"test-{uuid.uuid4()}", Surroundings())


@pytest.mark.parametrize("asked_first", [True, False], ids=["asked before the instant", "asked after it"])
async def test_a_payment_that_is_taken_up_after_the_instant_is_refused(alone: Running, *, asked_first: bool) -> None:
    async with working(alone):
        course = await begin(alone, sample_invoice(due_in=DUE_IN))
        await course.is_waiting()
    if not asked_first:
        await course.falls_due()
    paying = asyncio.create_task(pay(course.handle, payment("115.00")))
    await course.falls_due()
    async with working(alone):
        assert not await answered(paying)
        result = await course.handle.result()
    assert (result.status, result.payments) == (Status.OVERDUE, ())
    assert [entry.kind for entry in alone.outside.entries.values()] == ["invoice"]


async def test_a_payment_that_was_taken_up_before_the_instant_counts(running: Running) -> None:
    running.outside.before = gate = Gate("book/payment")
    course = await begin(running, sample_invoice(due_in=DUE_IN))
    paying = asyncio.create_task(pay(course.handle, payment("115.00")))
    await gate.reached.wait()
    await course.falls_due()
    gate.opened.set()
    assert await paying == Money.zero("SAR")
    assert (await course.handle.result()).status is Status.PAID


@pytest.mark.parametrize("asked_first", [True, False], ids=["asked before the instant", "asked after it"])
async def test_whether_it_was_cancelled_the_answer_and_the_end_agree(alone: Running, *, asked_first: bool) -> None:
    async with working(alone):
        course = await begin(alone, sample_invoice(due_in=DUE_IN))
        await course.is_waiting()
    if not asked_first:
        await course.falls_due()
    cancelling = asyncio.create_task(cancel(course.handle))
    await course.falls_due()
    async with working(alone):
        obeyed = await answered(cancelling)
        result = await course.handle.result()
    kinds = [entry.kind for entry in alone.outside.entries.values()]
    if obeyed:
        assert (result.status, kinds) == (Status.CANCELLED, ["invoice", "credit-note"])
    else:
        assert (result.status, kinds) == (Status.OVERDUE, ["invoice"])
