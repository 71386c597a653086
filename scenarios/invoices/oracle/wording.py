"""The words in which the application writes to its customers: the one place to change when it finds better ones.

What stands in braces is the oracle's to fill in; what a document says and in which order is in ``letters`` and
``documents``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

INVOICE_SUBJECT = "Invoice {invoice_id}"
REMINDER_SUBJECT = "Reminder {number} of invoice {invoice_id}"
CREDIT_NOTE_SUBJECT = "Credit note for invoice {invoice_id}"

LETTER = "Dear {name},\n\n{text}\n"
INVOICE_TEXT = "Please find attached invoice {invoice_id} for {total}, due on {due}."
REMINDER_TEXT = "{owed} of invoice {invoice_id} is outstanding; it {verb} on {due}."
BEFORE_DUE, AFTER_DUE = "is due", "was due"
CREDIT_NOTE_TEXT = (
    "Invoice {invoice_id} for {total} has been cancelled; please find attached the credit note. "
    "Any amount you have paid will be refunded."
)

INVOICE_FILE = "{invoice_id}.pdf"
CREDIT_NOTE_FILE = "{invoice_id}-credit-note.pdf"

# What an auditor finds with each entry, by the kind of booking.
MEMOS = {
    "invoice": "Invoice {invoice_id} to {name}",
    "payment": "Payment {payment_id} of invoice {invoice_id}",
    "refund": "Refund of {payment_id} of invoice {invoice_id}",
    "credit-note": "Credit note for invoice {invoice_id} to {name}",
}

CUSTOMER_LINES = ("{name}, {email}", "VAT number {tax_number}")
INVOICE_PERIOD = "Issued {issued}, due {due}"
CREDIT_NOTE_LINES = ("Issued {issued}", "Reason: {reason}", "All lines of the invoice are credited.")
TABLE_HEADER = ("Description", "Quantity", "Unit price", "Tax", "Total {currency}")
NET, TAX, TOTAL = "Net", "Tax", "Total"


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency."""
    return f"{amount:f} {currency}"


def instant(at: datetime) -> str:
    """An instant to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
