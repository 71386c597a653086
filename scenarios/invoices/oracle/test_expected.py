"""What each invoice is worth and books, by example; each invoice of the file is worth 115.00 SAR."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.invoices.oracle.bookings import balances, is_balanced
from scenarios.invoices.oracle.expected import Behaviour, Expected, Payment, expectations
from scenarios.invoices.oracle.test_invoices import csv_of

FILE = csv_of({})


def pay(amount: str, name: str = "P1", *, currency: str = "SAR") -> Payment:
    return Payment(name, amount, currency)


def expected(*payments: Payment, due: float | None = None, cancel: float | None = None, file: str = FILE) -> Expected:
    [answer] = expectations(file, [Behaviour("INV-0001", payments, due, cancel)])
    return answer


@pytest.mark.parametrize("cells", [{"currency": "XXX"}, {"customer_tax_number": "1"}])
def test_what_may_not_be_sent_books_nothing_and_takes_no_money(cells: dict[str, str]) -> None:
    answer = expected(pay("115.00"), file=csv_of(cells))
    assert (answer.mail, answer.booking, answer.credit_note) == (False, None, None)
    assert all(payment.refused_for for payment in answer.payments)


def test_what_is_sent_is_booked_and_a_credit_note_takes_all_of_it_back() -> None:
    answer = expected(due=5.0, cancel=3.0)
    assert (answer.mail, answer.due_seconds, answer.cancels) == (True, 5.0, True)
    assert answer.booking is not None
    assert answer.credit_note is not None
    assert set(balances([answer.booking, answer.credit_note]).values()) == {Decimal("0.00")}


def test_a_payment_and_its_refund_leave_nothing() -> None:
    [payment] = expected(pay("15.00")).payments
    assert payment.refused_for == ""
    assert set(balances([payment.booking, payment.refund]).values()) == {Decimal("0.00")}


@pytest.mark.parametrize(
    ("payment", "words"),
    [(pay("115.00", currency="USD"), "in USD"), (pay("115.01"), "for 115.01"), (pay("0"), "for 0")],
)
def test_what_can_never_be_right_is_never_taken(payment: Payment, words: str) -> None:
    assert words in expected(payment).payments[0].refused_for


def test_an_invoice_nobody_speaks_of_is_sent() -> None:
    [answer] = expectations(FILE, [])
    assert answer.mail


def test_behaviours_must_be_of_invoices_in_the_file_and_one_each() -> None:
    with pytest.raises(ValueError, match="INV-9"):
        expectations(FILE, [Behaviour("INV-9")])
    with pytest.raises(ValueError, match="two behaviours"):
        expectations(FILE, [Behaviour("INV-0001"), Behaviour("INV-0001")])


@given(st.lists(st.integers(1, 11500), max_size=5))
def test_whatever_is_paid_the_books_balance(units: list[int]) -> None:
    payments, left = [], 11500
    for number, amount in enumerate(units):
        amount = min(amount, left)
        if amount:
            left -= amount
            payments.append(pay(f"{amount // 100}.{amount % 100:02d}", f"P{number}"))
    answer = expected(*payments)
    assert answer.booking is not None
    every = [answer.booking, *(payment.booking for payment in answer.payments)]
    assert is_balanced(every)
    assert balances(every)["SAR", "receivable"] == Decimal(left) / 100
