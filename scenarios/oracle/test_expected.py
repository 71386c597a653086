"""What should have happened, by example; each invoice of the file is worth 115.00 SAR."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.oracle.expected import Behaviour, Expected, Payment, expectations
from scenarios.oracle.ledger import balances, is_balanced
from scenarios.oracle.test_invoices import csv_of

FILE = csv_of({})


def pay(amount: str, name: str = "P1", *, currency: str = "SAR", after_seconds: float = 0.0) -> Payment:
    return Payment(name, amount, currency, after_seconds=after_seconds)


def expected(*payments: Payment, due_seconds: float | None = None, file: str = FILE) -> Expected:
    [answer] = expectations(file, [Behaviour("INV-0001", payments, due_seconds)])
    return answer


REFUSED, INVALID, PAID, OVERDUE = (frozenset({state}) for state in ("refused", "invalid", "paid", "overdue"))


def test_a_refused_invoice_leaves_nothing_behind() -> None:
    answer = expected(pay("115.00"), file=csv_of({"currency": "XXX"}))
    assert (answer.states, answer.mail, answer.booking) == (REFUSED, False, None)
    assert [payment.fates for payment in answer.payments] == [{"returned"}]


def test_an_invalid_invoice_is_not_mailed_and_not_booked_and_its_payments_go_back() -> None:
    answer = expected(pay("115.00"), file=csv_of({"customer_tax_number": "1"}))
    assert (answer.states, answer.mail, answer.booking, answer.paid) == (INVALID, False, None, None)
    assert [payment.fates for payment in answer.payments] == [{"returned"}]


def test_payments_that_add_up_long_before_it_falls_due_make_it_paid() -> None:
    answer = expected(pay("100.00", "P1"), pay("15.00", "P2"))
    assert (answer.states, answer.paid) == (PAID, Decimal("115.00"))
    assert [payment.fates for payment in answer.payments] == [{"settled"}, {"settled"}]
    assert answer.booking is not None
    booked = [answer.booking, *(payment.booking for payment in answer.payments)]
    assert balances(booked)["SAR", "receivable"] == 0


def test_without_payments_it_falls_overdue() -> None:
    answer = expected(due_seconds=5)
    assert (answer.states, answer.mail, answer.paid) == (OVERDUE, True, None)


def test_an_invoice_nobody_speaks_of_falls_overdue() -> None:
    [answer] = expectations(FILE, [])
    assert answer.states == OVERDUE


def test_part_payments_are_booked_and_it_falls_overdue() -> None:
    answer = expected(pay("100.00"), due_seconds=5)
    assert answer.states == OVERDUE
    assert [payment.fates for payment in answer.payments] == [{"settled"}]


@pytest.mark.parametrize("after_seconds", [5, 6])
def test_a_payment_at_or_after_the_due_instant_races(after_seconds: float) -> None:
    answer = expected(pay("100.00", "P1"), pay("15.00", "P2", after_seconds=after_seconds), due_seconds=5)
    assert answer.states == {"paid", "overdue"}
    assert [payment.fates for payment in answer.payments] == [{"settled"}, {"settled", "returned"}]


def test_a_payment_well_before_the_due_instant_does_not_race() -> None:
    behaviours = [Behaviour("INV-0001", (pay("115.00", after_seconds=3),), 5)]
    assert expectations(FILE, behaviours)[0].states == PAID
    assert expectations(FILE, behaviours, race_seconds=2)[0].states == {"paid", "overdue"}


def test_a_payment_in_another_currency_goes_back() -> None:
    answer = expected(pay("115.00", currency="USD"))
    assert answer.states == OVERDUE
    assert [payment.fates for payment in answer.payments] == [{"returned"}]


def test_ends_are_judged_together() -> None:
    answer = expected(pay("100.00", "P1"), pay("15.00", "P2", after_seconds=9), due_seconds=5)
    assert answer.permits("paid", {"P1", "P2"})
    assert answer.permits("overdue", {"P1"})
    assert not answer.permits("overdue", {"P1", "P2"})
    assert not answer.permits("paid", {"P1"})
    assert not answer.permits("overdue", {"P2"})
    assert not answer.permits("overdue", {"P1", "P9"})


def test_more_than_the_total_is_not_covered() -> None:
    with pytest.raises(ValueError, match="exceed"):
        expected(pay("115.01"))


def test_behaviours_must_be_of_invoices_in_the_file_and_one_each() -> None:
    with pytest.raises(ValueError, match="INV-9"):
        expectations(FILE, [Behaviour("INV-9")])
    with pytest.raises(ValueError, match="two behaviours"):
        expectations(FILE, [Behaviour("INV-0001"), Behaviour("INV-0001")])


@given(st.lists(st.integers(1, 11500), max_size=5), st.sets(st.integers(0, 4)))
def test_whatever_ends_are_permitted_the_books_balance(units: list[int], late: set[int]) -> None:
    payments, left = [], 11500
    for number, amount in enumerate(units):
        amount = min(amount, left)
        if amount:
            left -= amount
            seconds = 9 if number in late else 1
            payments.append(pay(f"{amount // 100}.{amount % 100:02d}", f"P{number}", after_seconds=seconds))
    answer = expected(*payments, due_seconds=5)
    assert answer.booking is not None
    every = [answer.booking, *(payment.booking for payment in answer.payments)]
    assert is_balanced(every)
    everybody = {payment.payment_id for payment in answer.payments}
    assert answer.permits("paid" if not left else "overdue", everybody)
    assert balances(every)["SAR", "receivable"] == Decimal(left) / 100
