"""Undoes what was done for an invoice, one recorded step after the other, the latest first.

A step is recorded once it is done, and its record goes once it is undone, so a crash at any point leaves exactly what
is still to be undone. Each undoing is made of ordinary activities with keys of their own: repeating one is harmless.
The latest first means that money is given back before anything else, that a refund is booked once the provider has made
it, that the books no longer hold a claim when the credit note goes out, and that the credit note is mailed last.
"""

from __future__ import annotations

from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.messages import CreditNote, Mailing, PaymentBooking
from workflows.invoices.model import Cancellation, Compensation, Undo
from workflows.invoices.steps import Steps


async def compensate(steps: Steps, invoice_id: str, compensation: Compensation, cancellation: Cancellation) -> None:
    """Undo one step."""
    if compensation.payment is not None:
        booking = PaymentBooking(invoice_id, compensation.payment)
        await steps.perform(InvoiceActivities.refund_payment, booking)
        await steps.perform(InvoiceActivities.book_refund, booking)
    elif compensation.undo is Undo.BOOK_CREDIT_NOTE:
        await steps.perform(InvoiceActivities.book_credit_note, invoice_id)
    else:
        note = CreditNote(invoice_id, cancellation.reason, cancellation.asked_at)
        document = await steps.perform(InvoiceActivities.render_credit_note, note)
        mailing = Mailing(invoice_id, document, cancellation.asked_at)
        await steps.perform(InvoiceActivities.send_credit_note_email, mailing)
