"""Double-entry books: what a booking is, and the balances that bookings add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class BookingLine:
    """One account's share of a booking; one of the two amounts is zero."""

    account: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class Booking:
    """One booking. ``kind`` is "invoice", "payment", "refund" or "credit-note", ``reference`` the invoice's id."""

    reference: str
    kind: str
    currency: str
    lines: tuple[BookingLine, ...]


def invoice_booking(reference: str, currency: str, net: Decimal, tax: Decimal) -> Booking:
    """What an invoice books: the customer owes the total, we have earned the net and owe the tax."""
    zero = net - net
    lines = (
        BookingLine("receivable", net + tax, zero),
        BookingLine("revenue", zero, net),
        BookingLine("vat", zero, tax),
    )
    return Booking(reference, "invoice", currency, lines)


def payment_booking(reference: str, currency: str, amount: Decimal) -> Booking:
    """What a payment books: the bank has it, the customer owes it no more."""
    zero = amount - amount
    lines = (BookingLine("bank", amount, zero), BookingLine("receivable", zero, amount))
    return Booking(reference, "payment", currency, lines)


def reverse(booking: Booking, kind: str) -> Booking:
    """The booking of this kind that takes another one back: the same accounts and amounts on the other side."""
    lines = tuple(BookingLine(line.account, line.credit, line.debit) for line in booking.lines)
    return Booking(booking.reference, kind, booking.currency, lines)


def balances(bookings: Iterable[Booking]) -> dict[tuple[str, str], Decimal]:
    """Debits less credits per (currency, account), of every account that was booked on."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for booking in bookings:
        for line in booking.lines:
            sums[booking.currency, line.account] += line.debit - line.credit
    return dict(sums)


def trial_balance(bookings: Iterable[Booking]) -> dict[str, Decimal]:
    """Debits less credits per currency over all accounts: zero everywhere, or the books are wrong."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (currency, _), balance in balances(bookings).items():
        sums[currency] += balance
    return dict(sums)


def is_balanced(bookings: Iterable[Booking]) -> bool:
    """Whether the trial balance is zero in every currency."""
    return not any(trial_balance(bookings).values())
