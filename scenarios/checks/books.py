"""*books*: every entry that accounting accepted is the one the oracle computes, and the books balance.

How often an entry was booked is the effects check's to say; here it is what stands in it: accounts, sides, amounts and
currency, computed from the uploaded file alone with arithmetic of the oracle's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.checks.effects import story_of
from harness.record import Effect, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.checks.expected import expected_invoices
from scenarios.checks.identities import booking_identity
from scenarios.oracle.ledger import Booking, BookingLine, trial_balance


@dataclass(frozen=True)
class BooksCheck:
    """Compares each accepted entry with the oracle's booking of the same business act."""

    name: str = field(default="books", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for an entry that says something else than it should; UNKNOWN when there was no entry."""
        expected = record.once(_bookings)
        entries = [effect for effect in record.effects if (effect.service, effect.operation) == ("accounting", "book")]
        findings = [finding for entry in entries if (finding := _compare(record, entry, expected)) is not None]
        balance = trial_balance([booking_of(entry) for entry in entries])
        findings += [
            Finding(currency, f"the books do not balance: {amount} {currency} are left over")
            for currency, amount in balance.items()
            if amount
        ]
        counts: dict[str, int | float | str] = {"entries": len(entries), "currencies": len(balance)}
        if findings:
            found = counted(len(findings), "entry is", "entries are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong", tuple(findings), counts)
        if not entries:
            return CheckResult(self.name, Verdict.UNKNOWN, "nothing was booked, so no entry was checked", (), counts)
        summary = f"all {len(entries)} entries are right to the last digit, and the books balance"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _bookings(record: Record) -> dict[str, Booking]:
    """The oracle's bookings by business act."""
    bookings: dict[str, Booking] = {}
    for expected in expected_invoices(record).values():
        if expected.booking is not None:
            bookings[f"invoice {expected.invoice_id}"] = expected.booking
        if expected.credit_note is not None:
            bookings[f"credit-note {expected.invoice_id}"] = expected.credit_note
        for payment in expected.payments:
            bookings[f"payment {payment.payment_id}"] = payment.booking
            bookings[f"refund {payment.payment_id}"] = payment.refund
    return bookings


def _compare(record: Record, entry: Effect, expected: dict[str, Booking]) -> Finding | None:
    act = booking_identity(entry)
    wanted = expected.get(act)
    found = booking_of(entry)
    if wanted is None:
        return Finding(act, "booked, though the oracle knows no such act", story_of(record, entry.reference))
    if found.reference == wanted.reference and found.currency == wanted.currency and _lines(found) == _lines(wanted):
        return None
    message = f"booked {_in_words(found)}; the oracle says {_in_words(wanted)}"
    return Finding(act, message, story_of(record, entry.reference))


def booking_of(entry: Effect) -> Booking:
    """What an accepted entry books."""
    detail: Any = entry.detail
    lines = tuple(
        BookingLine(line["account"], Decimal(line["debit"]), Decimal(line["credit"])) for line in detail["lines"]
    )
    return Booking(entry.reference, detail["kind"], detail["currency"], lines)


def _lines(booking: Booking) -> list[tuple[str, Decimal, Decimal]]:
    """The lines that move money, in an order of their own: a line of zero may stand or be left out."""
    moving = (line for line in booking.lines if line.debit or line.credit)
    return sorted((line.account, line.debit, line.credit) for line in moving)


def _in_words(booking: Booking) -> str:
    lines = ", ".join(f"{account} {debit}/{credit}" for account, debit, credit in _lines(booking))
    return f"{lines} {booking.currency} for {booking.reference}"
