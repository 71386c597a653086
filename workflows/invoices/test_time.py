"""A month of an invoice in virtual time: the due instant and the reminders, each workflow on a clock of its own.

The server skips only while nothing is in flight, so the activities (in memory, real clock) run as ever; what is skipped
is the waiting. Runs are not continued here: the dev server's clock is known to go wrong when they are.
"""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from temporalio.testing import TimeSkipper

from workflows.conftest import Running
from workflows.invoices.model import InvoiceRequest, Status
from workflows.invoices.test_workflow import Handle, payment, reaches
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing

pytestmark = pytest.mark.time
DAY_SECONDS = 24 * 3600
MONTH = timedelta(days=30)


async def start(running: Running, skipper: TimeSkipper, *, wait: bool) -> Handle:
    """Start an invoice that is due in a month, with a reminder a day before and one three days after.

    :param wait: whether its clock stands still until it is forwarded; otherwise it runs ahead to its end at once.
    """
    invoice = running.outside.put(sample_invoice(due_in=MONTH))
    request = InvoiceRequest(
        invoice.invoice_id,
        invoice.customer.name,
        invoice.total,
        invoice.due_at,
        reminder_seconds=(-DAY_SECONDS, 3 * DAY_SECONDS),
        grace_seconds=7 * DAY_SECONDS,
    )
    known_as = f"invoice-time-{running.task_queue}"
    if not wait:
        return await skipper.client.start_workflow(
            InvoiceProcessing.run, request, id=known_as, task_queue=running.task_queue
        )
    with skipper.with_time_skipping_disabled():
        return await skipper.client.start_workflow(
            InvoiceProcessing.run, request, id=known_as, task_queue=running.task_queue
        )


def reminders(running: Running) -> list[str]:
    return [mail.message_key.rpartition(".")[2] for mail in running.outside.mails if "reminder" in mail.message_key]


async def test_a_month_without_a_payment_ends_overdue_with_both_reminders(running: Running) -> None:
    began = time.monotonic()
    handle = await start(running, TimeSkipper(running.client), wait=False)
    assert (await handle.result()).status is Status.OVERDUE
    assert reminders(running) == ["reminder-1", "reminder-2"]
    description = await handle.describe()
    assert description.close_time is not None
    assert description.close_time - description.start_time >= MONTH + timedelta(days=3)
    assert time.monotonic() - began < MONTH.total_seconds() / 1000


async def test_paid_the_day_before_it_is_due_it_has_been_reminded_of_once(running: Running) -> None:
    skipper = TimeSkipper(running.client)
    handle = await start(running, skipper, wait=True)
    await reaches(handle, Status.SENT)
    assert await skipper.fast_forward(handle, timedelta(days=29, hours=12))
    assert reminders(running) == ["reminder-1"]
    await handle.execute_update(InvoiceProcessing.record_payment, payment("115.00"), id="PAY-1")
    assert (await handle.result()).status is Status.PAID
    assert reminders(running) == ["reminder-1"]


async def test_past_its_due_instant_it_is_shown_as_past_due(running: Running) -> None:
    skipper = TimeSkipper(running.client)
    handle = await start(running, skipper, wait=True)
    await reaches(handle, Status.SENT)
    assert await skipper.fast_forward(handle, MONTH + timedelta(days=1))
    await reaches(handle, Status.PAST_DUE)
    await handle.execute_update(InvoiceProcessing.record_payment, payment("115.00"), id="PAY-1")
    assert (await handle.result()).status is Status.PAID
