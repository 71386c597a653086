"""From the mail to the end: each reminder, the due instant, the grace and the closing at their own instants."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.conftest import Running
from workflows.invoices.model import Status
from workflows.invoices.test_workflow import pay, payment, reaches
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.timers.testing_course import (
    A_MOMENT,
    CLOSES_AFTER_DUE,
    DAY,
    DAY_SECONDS,
    GRACE_SECONDS,
    REMINDED_SECONDS,
    begin,
    same_instants,
)

pytestmark = pytest.mark.time

RIYADH, BERLIN = ZoneInfo("Asia/Riyadh"), ZoneInfo("Europe/Berlin")
DUE = {
    "month end": datetime(2043, 1, 31, 23, 59, 59, tzinfo=RIYADH),
    "year end": datetime(2044, 1, 1, tzinfo=RIYADH),
    "leap day": datetime(2044, 2, 29, 12, tzinfo=RIYADH),
    "day after a leap day": datetime(2044, 3, 1, tzinfo=RIYADH),
    "summer begins abroad": datetime(2044, 3, 27, 12, tzinfo=BERLIN),
    "summer ends abroad, first half past two": datetime(2044, 10, 30, 2, 30, tzinfo=BERLIN),
    "summer ends abroad, second half past two": datetime(2044, 10, 30, 2, 30, tzinfo=BERLIN, fold=1),
    "noon after that": datetime(2044, 10, 30, 12, tzinfo=BERLIN),
}
"""As customers write it. A zone's own arithmetic would have a day of 23 or 25 hours, a reminder has 24."""


def elapsed(due_at: datetime, by: timedelta) -> datetime:
    """The instant so much time later, whatever clocks on walls say in between."""
    return due_at.astimezone(UTC) + by


async def runs_its_course(running: Running, due_at: datetime, invoice_id: str) -> None:
    """Nobody pays: it is reminded of, past due and closed to the instant."""
    invoice = replace(sample_invoice(invoice_id), due_at=due_at)
    course = await begin(running, invoice, *REMINDED_SECONDS, grace_seconds=GRACE_SECONDS)
    await reaches(course.handle, Status.SENT)
    await course.forward()
    assert (await course.handle.result()).status is Status.OVERDUE
    wanted = [elapsed(due_at, by) for by in (-DAY, timedelta(0), 3 * DAY, CLOSES_AFTER_DUE)]
    assert same_instants(await course.aimed_at(), wanted)
    assert reminded_at(running, invoice_id) == [wanted[0], wanted[2]]
    entered = running.outside.entered(invoice_id)
    for status, at in ((Status.PAST_DUE, wanted[1]), (Status.OVERDUE, wanted[3])):
        assert at <= entered[status] < at + A_MOMENT
    assert list(entered) == [Status.SENT, Status.PAST_DUE, Status.OVERDUE]
    assert await course.stalls() == 0


def reminded_at(running: Running, invoice_id: str) -> list[datetime]:
    mails = [mail for mail in running.outside.mails if mail.reference == invoice_id]
    return [mail.date for mail in mails[1:]]


async def test_unpaid_it_is_reminded_of_past_due_and_closed_to_the_instant(running: Running) -> None:
    """Each has a clock of its own, so they run side by side."""
    async with asyncio.TaskGroup() as group:
        for name, due_at in DUE.items():
            group.create_task(runs_its_course(running, due_at, name.replace(" ", "-")))


async def test_a_reminder_that_was_over_before_it_was_sent_is_not_made_up_for(running: Running) -> None:
    invoice = replace(sample_invoice(), due_at=datetime.now(UTC).replace(microsecond=0) + 2 * DAY)
    course = await begin(running, invoice, -2 * DAY_SECONDS - 3600, -DAY_SECONDS)
    await course.forward()
    assert (await course.handle.result()).status is Status.OVERDUE
    assert reminded_at(running, invoice.invoice_id) == [invoice.due_at - DAY]


HOUR = timedelta(hours=1)
PAID = {
    "before a reminder": (-DAY - HOUR, 0, Status.SENT),
    "after it": (-DAY + HOUR, 1, Status.SENT),
    "before it is due": (-HOUR, 1, Status.SENT),
    "after it is due": (HOUR, 1, Status.PAST_DUE),
    "before the second reminder": (3 * DAY - HOUR, 1, Status.PAST_DUE),
    "after that": (3 * DAY + HOUR, 2, Status.PAST_DUE),
    "at the end of the grace": (CLOSES_AFTER_DUE - HOUR, 2, Status.PAST_DUE),
}
"""Counted from the due instant: when it is paid, how often it was reminded of by then, and how it stands."""


async def is_paid(running: Running, name: str) -> None:
    """Paid then, it is reminded of no more."""
    paid_at, reminded, shown = PAID[name]
    invoice = sample_invoice(name.replace(" ", "-"))
    course = await begin(running, invoice, *REMINDED_SECONDS, grace_seconds=GRACE_SECONDS)
    await reaches(course.handle, Status.SENT)
    await course.forward(invoice.due_at + paid_at)
    await reaches(course.handle, shown)
    await pay(course.handle, payment("115.00"))
    assert (await course.handle.result()).status is Status.PAID
    assert len(reminded_at(running, invoice.invoice_id)) == reminded
    assert list(running.outside.entered(invoice.invoice_id))[-2:] == [shown, Status.PAID]


async def test_paid_on_either_side_of_each_instant(running: Running) -> None:
    async with asyncio.TaskGroup() as group:
        for name in PAID:
            group.create_task(is_paid(running, name))
