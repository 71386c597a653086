"""*books*: every entry that accounting accepted is the one the oracle computes, in its order, and the books balance.

How often an entry was booked is the effects check's to say; here it is what stands in it: accounts, sides, amounts,
currency and memo, computed from the uploaded file alone with arithmetic of the oracle's own. A payment settles a claim,
so it is booked after the invoice, and no sooner than it was made. How what was booked is taken back is the
compensations check's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.judge.checks.effects import story_of
from harness.record.record import Effect, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.content.bills import put_in
from scenarios.invoices.checks.facts.expected import expected_invoices
from scenarios.invoices.checks.facts.facts import facts_of
from scenarios.invoices.checks.facts.identities import BOOK, PAY, booking_identity
from scenarios.invoices.oracle.adverse import payments_told_by_others
from scenarios.invoices.oracle.bookings import Booking, BookingLine, trial_balance
from scenarios.invoices.oracle.wording import MEMOS


@dataclass(frozen=True)
class BooksCheck:
    """Compares each accepted entry with the oracle's booking of the same business act."""

    name: str = field(default="books", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for an entry that says something else than it should; UNKNOWN when there was no entry."""
        expected = record.once(_bookings)
        entries = [effect for effect in record.effects if (effect.service, effect.operation) == BOOK]
        findings = [finding for entry in entries if (finding := _compare(record, entry, expected)) is not None]
        findings += _out_of_order(record)
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


def _bookings(record: Record) -> dict[str, tuple[Booking, str]]:
    """The oracle's bookings, each with its memo, by business act."""
    bookings: dict[str, tuple[Booking, str]] = {}
    for expected in expected_invoices(record).values():
        invoice_id = expected.invoice_id
        bill = record.once(put_in).get(invoice_id)
        words = {"invoice_id": invoice_id, "name": bill.bill.customer_name if bill is not None else ""}
        for booking in (expected.booking, expected.credit_note):
            if booking is not None:
                bookings[f"{booking.kind} {invoice_id}"] = (booking, MEMOS[booking.kind].format_map(words))
        for payment in expected.payments:
            words["payment_id"] = payment.payment_id
            for booking in (payment.booking, payment.refund):
                memo = MEMOS[booking.kind].format_map(words)
                bookings[f"{booking.kind} {payment.payment_id}"] = (booking, memo)
    return bookings


def _out_of_order(record: Record) -> Iterator[Finding]:
    """Payments that were booked while there was no claim yet that they could settle, or before anybody had paid.

    All three instants are the world's, so there is nothing to allow for clocks. Where others tell the application too,
    nobody knows whom it heard first.
    """
    done, others = facts_of(record).done, payments_told_by_others(record.input)
    made = {payment_id: at for payment_id, at in record.once(_payments_made).items() if payment_id not in others}
    for invoice_id, expected in expected_invoices(record).items():
        invoice = done.get((BOOK, f"invoice {invoice_id}"))
        for payment_id in (payment.payment_id for payment in expected.payments):
            act = f"payment {payment_id}"
            payment = done.get((BOOK, act))
            if payment is None:
                continue
            if (early := made.get(payment_id, payment.at_seconds) - payment.at_seconds) > 0:
                yield Finding(act, f"booked {early:.6f} s before it was made", story_of(record, invoice_id))
            if invoice is None or invoice.at_seconds > payment.at_seconds:
                when = "without" if invoice is None else f"{invoice.at_seconds - payment.at_seconds:.6f} s before"
                yield Finding(act, f"booked {when} its invoice", story_of(record, invoice_id))


def _payments_made(record: Record) -> dict[str, float]:
    """Payment → when the provider first took it from the customer, before it told anybody."""
    made: dict[str, float] = {}
    for effect in record.effects:
        if (effect.service, effect.operation) == PAY:
            payment_id = str(effect.detail["payment_id"])
            made[payment_id] = min(effect.at_seconds, made.get(payment_id, effect.at_seconds))
    return made


def _compare(record: Record, entry: Effect, expected: dict[str, tuple[Booking, str]]) -> Finding | None:
    act = booking_identity(entry)
    found = booking_of(entry)
    if act not in expected:
        return Finding(act, "booked, though the oracle knows no such act", story_of(record, entry.reference))
    wanted, memo = expected[act]
    if (found.reference, found.currency, _lines(found)) != (wanted.reference, wanted.currency, _lines(wanted)):
        message = f"booked {_in_words(found)}; the oracle says {_in_words(wanted)}"
    elif entry.detail["memo"] != memo:
        message = f"booked as {entry.detail['memo']!r}; the oracle says {memo!r}"
    else:
        return None
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
