"""What must stand in each mail to a customer: who gets it, its subject, its text, and what it is called that it brings.

Computed from the bill alone, but for one figure: a reminder says what is open when it is written, which depends on the
payments that have come by then (``may_be_owed``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from scenarios.invoices.oracle import wording
from scenarios.invoices.oracle.arithmetic import amount_in, is_sum_of_some
from scenarios.invoices.oracle.bills import Bill

# No text of an invoice holds it: control characters are refused at the upload.
_OWED = "\0"


@dataclass(frozen=True)
class Letter:
    """One mail as it must be. ``kind`` is "invoice", "reminder" or "credit-note".

    ``date`` is its Date where the bill fixes it; a reminder's is the instant that it was planned for.
    """

    kind: str
    recipient: str
    subject: str
    text: str
    filename: str
    date: datetime | None = None

    def owed_in(self, text: str, currency: str) -> Decimal | None:
        """The amount that a reminder's text says is open, ``None`` when anything else in it is not as it must be."""
        before, _, after = self.text.partition(_OWED)
        after = f" {currency}{after}"
        if len(text) < len(before) + len(after) or not (text.startswith(before) and text.endswith(after)):
            return None
        return amount_in(text[len(before) : len(text) - len(after)], currency)

    def in_words(self) -> str:
        """The text for a reader."""
        return self.text.replace(_OWED, "<what is open>")


def letters(bill: Bill, reminder_seconds: Collection[float]) -> tuple[Letter, ...]:
    """Every mail that the customer may get for this bill.

    :param reminder_seconds: when it is reminded of, counted from the due instant.
    """
    reminders = (
        _reminder(bill, number, offset) for number, offset in enumerate(sorted(set(reminder_seconds)), start=1)
    )
    return (_invoice(bill), *reminders, _credit_note(bill))


def _invoice(bill: Bill) -> Letter:
    text = wording.INVOICE_TEXT.format(
        invoice_id=bill.invoice_id, total=wording.money(bill.total, bill.currency), due=wording.instant(bill.due_at)
    )
    return _letter(bill, "invoice", wording.INVOICE_SUBJECT, text, wording.INVOICE_FILE)


def _reminder(bill: Bill, number: int, offset: float) -> Letter:
    verb = wording.BEFORE_DUE if offset < 0 else wording.AFTER_DUE
    text = wording.REMINDER_TEXT.format(
        owed=_OWED, invoice_id=bill.invoice_id, verb=verb, due=wording.instant(bill.due_at)
    )
    date = (bill.due_at + timedelta(seconds=offset)).replace(microsecond=0)
    subject = wording.REMINDER_SUBJECT
    return _letter(bill, "reminder", subject, text, wording.INVOICE_FILE, number=number, date=date)


def _credit_note(bill: Bill) -> Letter:
    total = wording.money(bill.total, bill.currency)
    text = wording.CREDIT_NOTE_TEXT.format(invoice_id=bill.invoice_id, total=total)
    return _letter(bill, "credit-note", wording.CREDIT_NOTE_SUBJECT, text, wording.CREDIT_NOTE_FILE)


def _letter(
    bill: Bill, kind: str, subject: str, text: str, file: str, *, number: int = 0, date: datetime | None = None
) -> Letter:
    return Letter(
        kind=kind,
        recipient=bill.customer_email,
        subject=subject.format(invoice_id=bill.invoice_id, number=number),
        text=wording.LETTER.format(name=bill.customer_name, text=text),
        filename=file.format(invoice_id=bill.invoice_id),
        date=date,
    )


def may_be_owed(amount: Decimal, total: Decimal, counted: Collection[Decimal], perhaps: Collection[Decimal]) -> bool:
    """Whether a reminder may say that this much is open. Nobody is reminded of nothing.

    :param counted: the payments that surely counted when it was written.
    :param perhaps: those that may have counted then.
    """
    return amount > 0 and is_sum_of_some(total - sum(counted, Decimal(0)) - amount, perhaps)
