"""Balances of bookings."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scenarios.invoices.oracle.bookings import (
    Booking,
    BookingLine,
    balances,
    invoice_booking,
    is_balanced,
    payment_booking,
    trial_balance,
)


def test_an_invoice_paid_in_full_leaves_nothing_owed() -> None:
    bookings = [
        invoice_booking("INV-1", "SAR", Decimal("100.00"), Decimal("15.00")),
        payment_booking("INV-1", "SAR", Decimal("115.00")),
    ]
    assert balances(bookings) == {
        ("SAR", "receivable"): Decimal("0.00"),
        ("SAR", "revenue"): Decimal("-100.00"),
        ("SAR", "vat"): Decimal("-15.00"),
        ("SAR", "bank"): Decimal("115.00"),
    }


def test_currencies_are_kept_apart() -> None:
    bookings = [payment_booking("INV-1", "SAR", Decimal(1)), payment_booking("INV-2", "KWD", Decimal(2))]
    assert trial_balance(bookings) == {"SAR": Decimal(0), "KWD": Decimal(0)}


def test_a_lopsided_booking_shows() -> None:
    lopsided = Booking("INV-1", "payment", "SAR", (BookingLine("bank", Decimal(1), Decimal(0)),))
    assert not is_balanced([lopsided])
    assert trial_balance([lopsided]) == {"SAR": Decimal(1)}


amounts = st.decimals(0, 10**6, places=2)
bookings = st.one_of(
    st.builds(invoice_booking, st.just("I"), st.sampled_from(["SAR", "KWD"]), amounts, amounts),
    st.builds(payment_booking, st.just("I"), st.sampled_from(["SAR", "KWD"]), amounts),
)


@given(st.lists(bookings))
def test_what_the_oracle_books_always_balances(booked: list[Booking]) -> None:
    assert is_balanced(booked)
