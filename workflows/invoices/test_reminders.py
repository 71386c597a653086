"""Reminders of ``InvoiceProcessing`` on a real server, which skips what lies between their instants."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.common import RetryPolicy

from workflows.conftest import Running
from workflows.gateways.ports import Mail
from workflows.invoices.model import INVOICE_CLOSED, Status
from workflows.invoices.test_cancelling import cancel
from workflows.invoices.test_workflow import Handle, pay, payment, reaches, refusal
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Away, Refused
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.retry import ORDINARY
from workflows.kit.testing_waits import forward, until

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
DAY_SECONDS = 24 * 3600


async def forward_to(running: Running, handle: Handle, after_seconds: float) -> None:
    """Skip to an hour after an instant that is counted from the due one, which is a month ahead."""
    await forward(running.client, handle, MONTH + timedelta(seconds=after_seconds) + HOUR)


def reminders(running: Running, handle: Handle) -> list[str]:
    keys = [mail.message_key.removeprefix(f"{handle.id}.") for mail in running.outside.mails]
    return [key for key in keys if key.startswith("reminder")]


async def test_each_reminder_is_mailed_once_before_and_after_the_due_instant(running: Running) -> None:
    invoice = sample_invoice(due_in=MONTH)
    handle = await running.start(invoice, reminder_seconds=(-DAY_SECONDS, DAY_SECONDS), grace_seconds=DAY_SECONDS)
    await pay(handle, payment("15.00"))
    await forward_to(running, handle, 0)
    await reaches(handle, Status.PAST_DUE)
    assert reminders(running, handle) == ["reminder-1"]
    await forward(running.client, handle)
    result = await handle.result()
    assert result.status is Status.OVERDUE
    assert reminders(running, handle) == ["reminder-1", "reminder-2"]
    before, after = running.outside.mails[1:]
    due_at = invoice.due_at.replace(microsecond=0)  # a mail's date has whole seconds
    assert [mail.date - due_at for mail in (before, after)] == [-DAY, DAY]
    assert "100.00 SAR of invoice INV-1 is outstanding; it is due" in before.text
    assert "it was due" in after.text


async def test_past_the_due_instant_it_still_takes_payments(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=MONTH), reminder_seconds=(DAY_SECONDS,))
    await reaches(handle, Status.SENT)
    await forward_to(running, handle, 0)
    await reaches(handle, Status.PAST_DUE)
    await pay(handle, payment("115.00"))
    assert (await handle.result()).status is Status.PAID
    assert reminders(running, handle) == []


@pytest.mark.parametrize("next_reminder_seconds", [1, 3600])
async def test_one_that_is_sent_only_after_its_due_instant_is_shown_as_past_due(
    running: Running, next_reminder_seconds: int
) -> None:
    invoice = sample_invoice(due_in=timedelta(milliseconds=-1))
    handle = await running.start(invoice, reminder_seconds=(next_reminder_seconds,), grace_seconds=3600)
    await reaches(handle, Status.PAST_DUE)
    await pay(handle, payment("115.00"))
    assert (await handle.result()).status is Status.PAID


async def test_without_offsets_it_closes_when_it_is_due_and_nobody_is_reminded(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=MONTH))
    await forward(running.client, handle)
    assert (await handle.result()).status is Status.OVERDUE
    assert reminders(running, handle) == []


async def test_an_invoice_that_has_just_been_sent_is_not_reminded_of(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=DAY), reminder_seconds=(-DAY_SECONDS - 3600,))
    await forward(running.client, handle)
    assert (await handle.result()).status is Status.OVERDUE
    assert reminders(running, handle) == []


async def test_every_attempt_mails_the_same(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=5)
    monkeypatch.setitem(ORDINARY, "retry_policy", quick)

    def tried() -> list[Mail]:
        return [mail for mail in running.outside.mails if "reminder" in mail.message_key]

    async def lose_the_answer(operation: str) -> None:
        if 0 < len(tried()) < 3:
            raise Away("the answer was lost")

    running.outside.after = lose_the_answer
    handle = await running.start(sample_invoice(due_in=MONTH), reminder_seconds=(-DAY_SECONDS,))
    await forward(running.client, handle)
    await handle.result()
    assert len(tried()) == 3
    assert len(set(tried())) == 1


async def test_a_held_reminder_is_given_up_once_all_is_paid(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=MONTH), reminder_seconds=(-DAY_SECONDS,))
    await reaches(handle, Status.SENT)
    running.outside.before = Failing("mail", Refused("no such mailbox"))
    await forward_to(running, handle, -DAY_SECONDS)
    await reaches(handle, Status.HELD)
    assert (await handle.query(InvoiceProcessing.status)).held_steps == ("send_reminder_email",)
    await pay(handle, payment("115.00"))
    assert (await handle.result()).status is Status.PAID


async def test_cancelling_waits_for_a_reminder_on_its_way(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=MONTH), reminder_seconds=(-DAY_SECONDS,))
    await reaches(handle, Status.SENT)
    running.outside.before = gate = Gate("mail")
    forwarding = asyncio.create_task(forward_to(running, handle, -DAY_SECONDS))
    await gate.reached.wait()
    cancelling = asyncio.create_task(cancel(handle))

    async def has_arrived() -> bool:
        return await refusal(handle, payment("116.00")) == INVOICE_CLOSED

    await until(has_arrived)  # before that it is too much
    gate.opened.set()
    assert (await cancelling).status is Status.CANCELLED
    await forwarding
    assert [mail.message_key.rpartition(".")[2] for mail in running.outside.mails] == [
        "mail",
        "reminder-1",
        "credit-note",
    ]
