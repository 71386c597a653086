"""The steps that bring an invoice forward: send it, book a payment, remind of it.

Each step that a cancelling must undo is recorded as soon as it is done (``Progress.compensations``). Once the invoice
is cancelled no further step is begun, and one that is held because its receiver refused it for good is given up: it has
certainly not happened. One that may have happened is not given up: it must be known before it can be undone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from temporalio.exceptions import ActivityError

from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.messages import Mailing, PaymentBooking, Reminding
from workflows.invoices.model import Compensation, Payment, PaymentReceipt, Undo
from workflows.invoices.progress import Progress
from workflows.invoices.steps import StepGivenUp, Steps, refused


async def send(steps: Steps, progress: Progress, invoice_id: str, mailed_at: datetime) -> None:
    """Render, mail and book.

    :raises StepGivenUp: when the invoice is cancelled on the way.
    """
    not_wanted = _not_wanted(progress)
    document = await steps.perform(InvoiceActivities.render_invoice, invoice_id, give_up=not_wanted)
    progress.document = document
    _stop_if_cancelled(progress)
    mailing = Mailing(invoice_id, document, mailed_at)
    await steps.perform(InvoiceActivities.send_invoice_email, mailing, give_up=not_wanted)
    progress.compensations.append(Compensation(Undo.SEND_CREDIT_NOTE))
    _stop_if_cancelled(progress)
    await steps.perform(InvoiceActivities.book_invoice, invoice_id, give_up=not_wanted)
    progress.compensations.append(Compensation(Undo.BOOK_CREDIT_NOTE))
    _stop_if_cancelled(progress)


async def book_payment(steps: Steps, progress: Progress, invoice_id: str, payment: Payment) -> PaymentReceipt:
    """Book a payment; returns its receipt.

    :raises StepGivenUp: when accounting refused it and the invoice is cancelled since.
    """
    booking = PaymentBooking(invoice_id, payment)
    receipt = await steps.perform(InvoiceActivities.book_payment, booking, give_up=_not_wanted(progress))
    progress.compensations.append(Compensation(Undo.REFUND_PAYMENT, payment))
    return receipt


async def remind(steps: Steps, progress: Progress, invoice_id: str, planned_at: datetime) -> None:
    """Mail the next reminder; one that is held is given up as soon as the money is no longer wanted."""
    assert progress.document is not None, "only a sent invoice is reminded of"
    number = progress.reminders_done + 1
    reminding = Reminding(invoice_id, number, progress.document, planned_at, progress.ledger.outstanding)
    with suppress(StepGivenUp):
        await steps.perform(
            InvoiceActivities.send_reminder_email, reminding, give_up=lambda _error: not progress.wanted
        )
    progress.reminders_done = number


def _not_wanted(progress: Progress) -> Callable[[ActivityError], bool]:
    return lambda error: progress.cancelled and refused(error)


def _stop_if_cancelled(progress: Progress) -> None:
    if progress.cancelled:
        raise StepGivenUp("the invoice is cancelled")
