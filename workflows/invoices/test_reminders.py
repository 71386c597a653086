"""Reminders of ``InvoiceProcessing`` on a real server; the instants are near because they are data.

The first reminder is planned 5 s ahead: what is not sent by then, on a busy machine, is not reminded of.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from workflows.conftest import Running
from workflows.in_memory import Failing, Gate, sample_invoice
from workflows.invoices.model import INVOICE_CLOSED, Status
from workflows.invoices.test_cancelling import cancel
from workflows.invoices.test_workflow import Handle, pay, payment, reaches, refusal
from workflows.invoices.workflow import InvoiceProcessing
from workflows.ports import Mail
from workflows.retry import ORDINARY


def reminders(running: Running, handle: Handle) -> list[str]:
    keys = [mail.message_key.removeprefix(f"{handle.id}.") for mail in running.outside.mails]
    return [key for key in keys if key.startswith("reminder")]


async def test_each_reminder_is_mailed_once_before_and_after_the_due_instant(running: Running) -> None:
    invoice = sample_invoice(due_in=timedelta(seconds=6))
    handle = await running.start(invoice, reminder_seconds=(-1, 1), grace_seconds=1)
    await pay(handle, payment("15.00"))
    await reaches(handle, Status.PAST_DUE)
    result = await handle.result()
    assert result.status is Status.OVERDUE
    assert reminders(running, handle) == ["reminder-1", "reminder-2"]
    before, after = running.outside.mails[1:]
    assert [mail.date - invoice.due_at for mail in (before, after)] == [timedelta(seconds=-1), timedelta(seconds=1)]
    assert "100.00 SAR of invoice INV-1 are open; it is due" in before.text
    assert "it was due" in after.text


async def test_past_the_due_instant_it_still_takes_payments(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=timedelta(seconds=1)), reminder_seconds=(1,), grace_seconds=60)
    await reaches(handle, Status.PAST_DUE)
    await pay(handle, payment("115.00"))
    assert (await handle.result()).status is Status.PAID
    assert reminders(running, handle) in ([], ["reminder-1"])


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
    handle = await running.start(sample_invoice(due_in=timedelta(seconds=1)))
    assert (await handle.result()).status is Status.OVERDUE
    assert reminders(running, handle) == []


async def test_an_invoice_that_has_just_been_sent_is_not_reminded_of(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=timedelta(seconds=2)), reminder_seconds=(-3600,))
    assert (await handle.result()).status is Status.OVERDUE
    assert reminders(running, handle) == []


async def test_every_attempt_mails_the_same(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=5)
    monkeypatch.setitem(ORDINARY, "retry_policy", quick)
    tried: list[Mail] = []
    send = running.outside.send

    async def lose_the_answer(mail: Mail) -> str:
        answer = await send(mail)
        if "reminder" in mail.message_key:
            tried.append(mail)
            if len(tried) < 3:
                raise ConnectionError("the answer was lost")
        return answer

    monkeypatch.setattr(running.outside, "send", lose_the_answer)
    handle = await running.start(sample_invoice(due_in=timedelta(seconds=6)), reminder_seconds=(-1,))
    await reaches(handle, Status.SENT)
    await handle.result()
    assert len(tried) == 3
    assert len(set(tried)) == 1


async def test_a_held_reminder_is_given_up_once_all_is_paid(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=timedelta(days=1)), reminder_seconds=(-86395,))
    await reaches(handle, Status.SENT)
    running.outside.before = Failing("mail", ApplicationError("no such mailbox", non_retryable=True))
    await reaches(handle, Status.HELD)
    assert (await handle.query(InvoiceProcessing.status)).held_steps == ("send_reminder_email",)
    await pay(handle, payment("115.00"))
    assert (await handle.result()).status is Status.PAID


async def test_cancelling_waits_for_a_reminder_on_its_way(running: Running) -> None:
    handle = await running.start(sample_invoice(due_in=timedelta(days=1)), reminder_seconds=(-86395,))
    await reaches(handle, Status.SENT)
    running.outside.before = gate = Gate("mail")
    await gate.reached.wait()
    cancelling = asyncio.create_task(cancel(handle))
    while await refusal(handle, payment("116.00")) != INVOICE_CLOSED:
        pass  # too much, until the cancelling has arrived
    gate.opened.set()
    assert (await cancelling).status is Status.CANCELLED
    assert [mail.message_key.rpartition(".")[2] for mail in running.outside.mails] == [
        "mail",
        "reminder-1",
        "credit-note",
    ]
