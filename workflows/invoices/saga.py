"""Undoes what was done for an invoice, one recorded step after the other, the latest first.

What undoes a step is registered before the step is begun (``forward`` says why), and goes once the step is undone, so
a crash at any point leaves exactly what is still to be undone. By then it is known of every booking whether it stands.
Only a mail may be uncertain: one that was refused for good after an attempt that nobody heard of. Its credit note goes
out all the same, unless the mail server refuses that for good, too: then nobody is there to be told. Each undoing is
made of ordinary activities with keys of their own: repeating one is harmless.
The latest first means that money is given back before anything else, that a refund is booked once the provider has made
it, that the books no longer hold a claim when the credit note goes out, and that the credit note is mailed last.
"""

from __future__ import annotations

from contextlib import suppress

from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.messages import CreditNote, Mailing, PaymentBooking
from workflows.invoices.model import Cancellation, Compensation, Undo
from workflows.kit.steps import StepGivenUp, Steps, refused


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
        send = InvoiceActivities.send_credit_note_email
        if compensation.certain:
            await steps.perform(send, mailing)
        else:
            with suppress(StepGivenUp):
                await steps.perform(send, mailing, give_up=refused)
