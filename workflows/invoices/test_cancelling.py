"""Cancelling ``InvoiceProcessing`` on a real server: what is undone, in which order, and what cannot be."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from workflows.conftest import Running
from workflows.invoices.model import INVOICE_CLOSED, InvoiceResult, InvoiceState, Status
from workflows.invoices.test_workflow import Handle, pay, payment, reaches, refusal, shown
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Refused, Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.money import Money

ZERO = Money.zero("SAR")


async def cancel(handle: Handle, reason: str = "sent by mistake") -> InvoiceState:
    state: InvoiceState = await handle.execute_update(InvoiceProcessing.cancel, reason)
    return state


async def cancel_is_refused(handle: Handle) -> str | None:
    """The error type of a cancellation that must fail."""
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await cancel(handle)
    assert isinstance(caught.value.cause, ApplicationError)
    return caught.value.cause.type


async def cancelled(handle: Handle, outside: Surroundings) -> InvoiceResult:
    """The result of an invoice that must end cancelled, with nothing owed in the books."""
    result: InvoiceResult = await handle.result()
    assert (result.status, result.outstanding, result.reasons) == (Status.CANCELLED, ZERO, ("sent by mistake",))
    assert result.refunded == result.payments[::-1]
    assert outside.status_of("INV-1") is Status.CANCELLED
    accounts: dict[str, Money] = {}
    for posting in (posting for entry in outside.entries.values() for posting in entry.postings):
        accounts[posting.account] = accounts.get(posting.account, ZERO) + posting.debit - posting.credit
    assert all(balance == ZERO for balance in accounts.values())
    return result


def acts(handle: Handle, outside: Surroundings) -> list[str]:
    """What was done, without the workflow id."""
    return [act.removeprefix(handle.id).lstrip("./") for act in outside.acts]


async def test_before_sending_nothing_was_done_and_nothing_is_undone(running: Running) -> None:
    running.outside.before = gate = Gate("load")
    handle = await running.start(sample_invoice())
    await gate.reached.wait()
    cancelling = asyncio.create_task(cancel(handle))
    await is_accepted(handle)
    gate.opened.set()
    assert (await cancelling).status is Status.CANCELLED
    await cancelled(handle, running.outside)
    assert acts(handle, running.outside) == []


async def is_accepted(handle: Handle) -> None:
    """A round trip through the workflow, behind the call that was sent before."""
    await asyncio.sleep(0)
    await handle.execute_update(InvoiceProcessing.resume)


async def test_an_invalid_invoice_that_is_to_be_cancelled_is_cancelled(running: Running) -> None:
    running.outside.before = gate = Gate("load")
    handle = await running.start(sample_invoice(tax_number="1"))
    await gate.reached.wait()
    cancelling = asyncio.create_task(cancel(handle))
    await is_accepted(handle)
    gate.opened.set()
    await cancelling
    await cancelled(handle, running.outside)


async def test_in_the_middle_of_sending_what_was_done_is_undone(running: Running) -> None:
    running.outside.before = gate = Gate("mail")
    handle = await running.start(sample_invoice())
    await gate.reached.wait()
    cancelling = asyncio.create_task(cancel(handle))
    await is_accepted(handle)
    assert await refusal(handle, payment("1.00")) == INVOICE_CLOSED
    gate.opened.set()
    await cancelling
    await cancelled(handle, running.outside)
    assert acts(handle, running.outside) == ["mail", "credit-note"]


async def test_after_sending_the_booking_is_taken_back_and_a_credit_note_is_mailed(running: Running) -> None:
    handle = await running.start(sample_invoice())
    await reaches(handle, Status.SENT)
    assert (await cancel(handle)).status is Status.CANCELLED
    await cancelled(handle, running.outside)
    assert acts(handle, running.outside) == ["mail", "book", "credit-note", "credit-note"]
    invoice, note = running.outside.mails
    assert invoice.message_key != note.message_key == f"{handle.id}.credit-note"
    assert b"sent by mistake" in note.attachment.content
    assert await shown(handle) == "cancelled"


async def test_after_part_payments_each_is_refunded_the_latest_first(running: Running) -> None:
    handle = await running.start(sample_invoice())
    await pay(handle, payment("15.00", "PAY-1"))
    await pay(handle, payment("20.00", "PAY-2"))
    await cancel(handle)
    result = await cancelled(handle, running.outside)
    assert (result.payments, result.paid) == (("PAY-1", "PAY-2"), Money.parse("35", "SAR"))
    undone = acts(handle, running.outside)[4:]
    assert undone == [
        *("refund/PAY-2", "refund/PAY-2"),
        *("refund/PAY-1", "refund/PAY-1"),
        "credit-note",
        "credit-note",
    ]
    assert [refund.payment_id for refund in running.outside.refunds.values()] == ["PAY-2", "PAY-1"]


async def test_a_payment_that_is_being_booked_is_booked_and_refunded(running: Running) -> None:
    running.outside.before = gate = Gate("book/payment")
    handle = await running.start(sample_invoice())
    paying = asyncio.create_task(pay(handle, payment("115.00")))
    await gate.reached.wait()
    cancelling = asyncio.create_task(cancel(handle))
    await reaches(handle, Status.CANCELLING)
    assert await refusal(handle, payment("1.00", "LATE")) == INVOICE_CLOSED
    gate.opened.set()
    assert await paying == ZERO
    await cancelling
    assert (await cancelled(handle, running.outside)).refunded == ("PAY-1",)


async def test_twice_is_once_and_the_first_reason_stands(running: Running) -> None:
    running.outside.before = gate = Gate("book/credit-note")
    handle = await running.start(sample_invoice())
    await reaches(handle, Status.SENT)
    first = asyncio.create_task(cancel(handle))
    await gate.reached.wait()
    second = asyncio.create_task(cancel(handle, "another reason"))
    await is_accepted(handle)
    gate.opened.set()
    assert (await first).status is (await second).status is Status.CANCELLED
    await cancelled(handle, running.outside)
    assert len(running.outside.mails) == 2


@pytest.mark.parametrize("status", [Status.INVALID, Status.OVERDUE, Status.PAID])
async def test_what_has_ended_is_not_cancelled(running: Running, status: Status) -> None:
    opened = asyncio.Event()
    invoices = {
        Status.INVALID: sample_invoice(tax_number="1"),
        Status.OVERDUE: sample_invoice(due_in=timedelta(seconds=0.1)),
        Status.PAID: sample_invoice(),
    }

    async def hold_the_end(operation: str) -> None:
        sent = running.outside.status_of("INV-1") is Status.SENT
        if operation == "status" and (sent or status is Status.INVALID):
            await opened.wait()

    running.outside.before = hold_the_end
    handle = await running.start(invoices[status])
    if status is Status.PAID:
        await pay(handle, payment("115.00"))
    await reaches(handle, status)
    assert await cancel_is_refused(handle) == INVOICE_CLOSED
    opened.set()
    assert (await handle.result()).status is status


async def test_a_mail_that_is_refused_for_good_need_not_be_taken_back(running: Running) -> None:
    running.outside.before = Failing("mail", Refused("no such mailbox"))
    handle = await running.start(sample_invoice())
    await reaches(handle, Status.HELD)
    assert (await cancel(handle)).status is Status.CANCELLED
    await cancelled(handle, running.outside)
    assert acts(handle, running.outside) == []


async def test_a_payment_that_is_refused_for_good_goes_back_when_the_invoice_is_cancelled(running: Running) -> None:
    running.outside.before = Failing("book/payment", Refused("closed period"))
    handle = await running.start(sample_invoice())
    paying = asyncio.create_task(refusal(handle, payment("15.00")))
    await reaches(handle, Status.HELD)
    await cancel(handle)
    assert await paying == INVOICE_CLOSED
    assert (await cancelled(handle, running.outside)).payments == ()


async def test_a_held_compensation_goes_on_after_resume(running: Running) -> None:
    running.outside.before = failing = Failing("refund", Refused("unknown payment"))
    handle = await running.start(sample_invoice())
    await pay(handle, payment("15.00"))
    cancelling = asyncio.create_task(cancel(handle))
    await reaches(handle, Status.HELD)
    assert (await handle.query(InvoiceProcessing.status)).held_steps == ("refund_payment",)
    assert "refund/PAY-1" not in acts(handle, running.outside)
    failing.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    assert (await cancelling).status is Status.CANCELLED
    await cancelled(handle, running.outside)
