"""The mails to the customer: invoice, reminders, credit note. Pure, so that a repeated mail has the same bytes.

Each has a message key of its own, from which its Message-ID is made: ``<invoice-INV-1.mail@...>``,
``<invoice-INV-1.reminder-1@...>``, ``<invoice-INV-1.credit-note@...>``.
"""

from __future__ import annotations

from workflows.gateways.ports import Attachment, Mail
from workflows.invoices.messages import Mailing, Reminding
from workflows.invoices.model import Invoice


def invoice_mail(invoice: Invoice, mailing: Mailing, pdf: bytes, workflow_id: str) -> Mail:
    """The mail that brings the invoice."""
    text = f"Please find attached invoice {invoice.invoice_id} for {invoice.total}, due on {_due(invoice)}."
    return Mail(
        recipient=invoice.customer.email,
        subject=f"Invoice {invoice.invoice_id}",
        text=_letter(invoice, text),
        message_key=f"{workflow_id}.mail",
        reference=invoice.invoice_id,
        date=mailing.mailed_at,
        attachment=Attachment(f"{invoice.invoice_id}.pdf", pdf),
    )


def reminder_mail(invoice: Invoice, reminding: Reminding, pdf: bytes, workflow_id: str) -> Mail:
    """A reminder, before or after the due instant, with what was owed when it was planned to go out."""
    verb = "is due" if reminding.mailed_at < invoice.due_at else "was due"
    text = f"{reminding.outstanding} of invoice {invoice.invoice_id} is outstanding; it {verb} on {_due(invoice)}."
    return Mail(
        recipient=invoice.customer.email,
        subject=f"Reminder {reminding.number} of invoice {invoice.invoice_id}",
        text=_letter(invoice, text),
        message_key=f"{workflow_id}.reminder-{reminding.number}",
        reference=invoice.invoice_id,
        date=reminding.mailed_at,
        attachment=Attachment(f"{invoice.invoice_id}.pdf", pdf),
    )


def credit_note_mail(invoice: Invoice, mailing: Mailing, pdf: bytes, workflow_id: str) -> Mail:
    """The mail that takes the invoice back."""
    text = f"Invoice {invoice.invoice_id} for {invoice.total} has been cancelled; please find attached the credit note."
    return Mail(
        recipient=invoice.customer.email,
        subject=f"Credit note for invoice {invoice.invoice_id}",
        text=_letter(invoice, f"{text} Any amount you have paid will be refunded."),
        message_key=f"{workflow_id}.credit-note",
        reference=invoice.invoice_id,
        date=mailing.mailed_at,
        attachment=Attachment(f"{invoice.invoice_id}-credit-note.pdf", pdf),
    )


def _letter(invoice: Invoice, text: str) -> str:
    return f"Dear {invoice.customer.name},\n\n{text}\n"


def _due(invoice: Invoice) -> str:
    return f"{invoice.due_at:%Y-%m-%d %H:%M} UTC"
