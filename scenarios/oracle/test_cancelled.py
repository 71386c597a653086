"""What should have happened to an invoice that is cancelled, by example; each is worth 115.00 SAR."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scenarios.oracle.expected import Behaviour, Expected, Payment, expectations
from scenarios.oracle.ledger import balances
from scenarios.oracle.test_expected import FILE, pay
from scenarios.oracle.test_invoices import csv_of


def expected(
    *payments: Payment, cancel_seconds: float, due_seconds: float | None = None, race: float = 0.0, file: str = FILE
) -> Expected:
    behaviour = Behaviour("INV-0001", payments, due_seconds, cancel_seconds)
    [answer] = expectations(file, [behaviour], race_seconds=race)
    return answer


def test_an_unpaid_invoice_is_cancelled_and_its_booking_taken_back() -> None:
    answer = expected(cancel_seconds=3)
    assert answer.states == {"cancelled"}
    assert answer.booking is not None
    assert answer.credit_note is not None
    assert answer.permits("cancelled", set())
    assert not answer.permits("overdue", set())
    assert set(balances([answer.booking, answer.credit_note]).values()) == {Decimal("0.00")}


def test_a_part_payment_before_it_is_refunded_and_one_after_it_goes_back() -> None:
    answer = expected(pay("15.00", "P1", after_seconds=1), pay("100.00", "P2", after_seconds=5), cancel_seconds=3)
    assert answer.states == {"cancelled"}
    assert answer.permits("cancelled", {"P1"})
    assert not answer.permits("cancelled", set())
    assert not answer.permits("cancelled", {"P1", "P2"})
    first = answer.payments[0]
    assert set(balances([first.booking, first.refund]).values()) == {Decimal("0.00")}


def test_when_they_race_both_ends_are_right_but_each_with_its_own_money() -> None:
    answer = expected(pay("100.00", "P1"), pay("15.00", "P2", after_seconds=2), cancel_seconds=3, race=5)
    assert answer.states == {"paid", "cancelled"}
    assert answer.permits("paid", {"P1", "P2"})
    assert not answer.permits("paid", {"P1"})
    assert all(answer.permits("cancelled", settled) for settled in (set(), {"P1"}, {"P1", "P2"}))
    assert {fate for payment in answer.payments for fate in payment.all_fates} == {"settled", "returned"}


def test_what_was_paid_long_before_is_not_cancelled() -> None:
    answer = expected(pay("115.00"), cancel_seconds=9, race=2)
    assert (set(answer.states), answer.credit_note) == ({"paid"}, None)


@pytest.mark.parametrize(
    ("due_seconds", "states"),
    [(5, {"overdue"}), (8, {"overdue", "cancelled"}), (10, {"overdue", "cancelled"}), (12, {"cancelled"})],
)
def test_what_falls_due_before_is_not_cancelled(due_seconds: float, states: set[str]) -> None:
    assert expected(cancel_seconds=9, due_seconds=due_seconds, race=2).states == states


@pytest.mark.parametrize(
    ("cells", "states"),
    [({"customer_tax_number": "1"}, {"invalid", "cancelled"}), ({"currency": "XXX"}, {"refused"})],
)
def test_what_is_never_sent_needs_no_credit_note(cells: dict[str, str], states: set[str]) -> None:
    answer = expected(pay("15.00"), cancel_seconds=1, file=csv_of(cells))
    assert (set(answer.states), answer.mail, answer.credit_note) == (states, False, None)
    assert all(answer.permits(state, set()) and not answer.permits(state, {"P1"}) for state in states)


def test_money_in_another_currency_goes_back_whatever_happens() -> None:
    answer = expected(pay("115.00", currency="USD"), cancel_seconds=3)
    assert answer.permits("cancelled", set())
    assert not answer.permits("cancelled", {"P1"})
