"""The steps that bring an invoice forward: send it, book a payment, remind of it.

**What undoes a step is registered before the step is begun** (``Progress.compensations``), because from its first
attempt on it may have happened, whatever is heard of it: attempt 1 books and its answer is lost, attempt 2 is refused
for good. Once the invoice is cancelled no further step is begun, and a step that is held is given up:

* A booking that is given up may stand in accounting. To undo it blindly would take back what was never booked and leave
  the books wrong by as much; only to look would not do, because an attempt of a worker that was taken for dead may
  arrive later. So it is **withdrawn under the key it was asked under**: either accounting says that it is booked, and
  then it counts as done and is undone like any other; or it is not, and then the key is closed and it never will be. It
  is the rule of two-phase transfers, where a void that finds nothing to void still keeps out the transfer that is late.
* A mail has no key to ask under. Only one that was refused for good is given up. If its very first attempt was refused,
  nothing was sent before, and nothing is taken back. Otherwise its compensation stays registered, as uncertain: a
  credit note does no harm to whoever never got the invoice. A mail that merely failed waits for ``resume``: it must be
  out before it can be taken back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from temporalio.exceptions import ActivityError

from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.messages import Mailing, PaymentBooking, Reminding
from workflows.invoices.model import Compensation, Payment, PaymentReceipt, Undo
from workflows.invoices.progress import Progress
from workflows.kit.steps import StepGivenUp, Steps, refused

Result = TypeVar("Result")


async def send(steps: Steps, progress: Progress, invoice_id: str, mailed_at: datetime) -> None:
    """Render, mail and book.

    :raises StepGivenUp: when the invoice is cancelled on the way.
    """
    document = await steps.perform(InvoiceActivities.render_invoice, invoice_id, give_up=_unwanted(progress))
    progress.document = document
    _stop_if_cancelled(progress)
    mailing = Mailing(invoice_id, document, mailed_at)
    refused_and_unwanted = _refused_and_unwanted(progress)
    compensation = Compensation(Undo.SEND_CREDIT_NOTE)
    mailed = steps.perform(InvoiceActivities.send_invoice_email, mailing, give_up=refused_and_unwanted)
    try:
        await _registered(progress, compensation, mailed)
    except StepGivenUp as given_up:
        if given_up.never_happened:
            progress.has_not_happened(compensation)
        raise
    _stop_if_cancelled(progress)
    await _book_invoice(steps, progress, invoice_id)
    _stop_if_cancelled(progress)


async def _book_invoice(steps: Steps, progress: Progress, invoice_id: str) -> None:
    compensation = Compensation(Undo.BOOK_CREDIT_NOTE)
    booked = steps.perform(InvoiceActivities.book_invoice, invoice_id, give_up=_unwanted(progress))
    try:
        await _registered(progress, compensation, booked)
    except StepGivenUp:
        happened = await steps.perform(InvoiceActivities.withdraw_invoice, invoice_id)
        _learnt(progress, compensation, happened=happened)
        raise


async def book_payment(steps: Steps, progress: Progress, invoice_id: str, payment: Payment) -> PaymentReceipt:
    """Book a payment; returns its receipt.

    :raises StepGivenUp: when it is not booked and never will be, because the invoice is cancelled.
    """
    booking, compensation = PaymentBooking(invoice_id, payment), Compensation(Undo.REFUND_PAYMENT, payment)
    booked = steps.perform(InvoiceActivities.book_payment, booking, give_up=_unwanted(progress))
    try:
        return await _registered(progress, compensation, booked)
    except StepGivenUp:
        # The caller must know whether the money counts, and it is the same question.
        receipt = await steps.perform(InvoiceActivities.withdraw_payment, booking)
        _learnt(progress, compensation, happened=receipt is not None)
        if receipt is None:
            raise
        return receipt


async def remind(steps: Steps, progress: Progress, invoice_id: str, planned_at: datetime) -> None:
    """Mail the next reminder; one that is held is given up as soon as the money is no longer wanted."""
    assert progress.document is not None, "only a sent invoice is reminded of"
    number = progress.reminders_done + 1
    reminding = Reminding(invoice_id, number, progress.document, planned_at, progress.payments.outstanding)
    with suppress(StepGivenUp):
        await steps.perform(
            InvoiceActivities.send_reminder_email, reminding, give_up=lambda _error: not progress.wanted
        )
    progress.reminders_done = number


async def _registered(progress: Progress, compensation: Compensation, step: Awaitable[Result]) -> Result:
    """Do a step, with what undoes it registered before."""
    progress.may_have_happened(compensation)
    result = await step
    progress.has_happened(compensation)
    return result


def _learnt(progress: Progress, compensation: Compensation, *, happened: bool) -> None:
    if happened:
        progress.has_happened(compensation)
    else:
        progress.has_not_happened(compensation)


def _unwanted(progress: Progress) -> Callable[[ActivityError], bool]:
    return lambda _error: progress.cancelled


def _refused_and_unwanted(progress: Progress) -> Callable[[ActivityError], bool]:
    return lambda error: progress.cancelled and refused(error)


def _stop_if_cancelled(progress: Progress) -> None:
    if progress.cancelled:
        raise StepGivenUp("the invoice is cancelled", never_happened=False)
