"""A payment settles a claim, so the claim is booked before it."""

from __future__ import annotations

import pytest

from scenarios.invoices.checks.books import BooksCheck
from scenarios.invoices.checks.facts.testing_records import booking, effect, operation, record

EARLY = "before its invoice"


def early(invoice_at: float, payment_at: float) -> list[tuple[str, str]]:
    """What the check says of the order of one invoice and its payment, booked at these seconds."""
    effects = (booking("invoice", invoice_at), booking("payment", payment_at, "Payment PAY-1 of it"))
    result = BooksCheck()(record(*effects, operations=(operation("pay/PAY-1"),), payments=["PAY-1"]))
    return [(finding.subject, finding.message) for finding in result.findings if EARLY in finding.message]


@pytest.mark.parametrize("payment_at", [2.0, 2.5])
def test_a_payment_after_its_invoice_is_in_order(payment_at: float) -> None:
    assert early(2.0, payment_at) == []


def test_a_payment_before_its_invoice_is_named() -> None:
    assert early(2.0, 1.75) == [("payment PAY-1", f"booked 0.250000 s {EARLY}")]


def test_a_payment_of_an_invoice_that_is_not_booked_at_all_is_named() -> None:
    effect = booking("payment", 2.0, "Payment PAY-1 of it")
    result = BooksCheck()(record(effect, operations=(operation("pay/PAY-1"),), payments=["PAY-1"]))
    assert ("payment PAY-1", "booked without its invoice") in [(each.subject, each.message) for each in result.findings]


def test_an_invoice_that_is_booked_again_counts_from_its_first_time() -> None:
    again = (booking("invoice", 1.0), booking("payment", 2.0, "Payment PAY-1 of it"), booking("invoice", 3.0))
    result = BooksCheck()(record(*again, operations=(operation("pay/PAY-1"),), payments=["PAY-1"]))
    assert not [finding for finding in result.findings if EARLY in finding.message]


@pytest.mark.parametrize(("made_at", "found"), [(2.0, []), (2.5, ["booked 0.500000 s before it was made"])])
def test_a_payment_is_booked_no_sooner_than_it_was_made(made_at: float, found: list[str]) -> None:
    booked = (booking("invoice", 1.0), booking("payment", 2.0, "Payment PAY-1 of it"))
    made = effect("payments", "pay", "PAY-1", made_at, payment_id="PAY-1")
    result = BooksCheck()(record(*booked, made, operations=(operation("pay/PAY-1"),), payments=["PAY-1"]))
    assert [finding.message for finding in result.findings if "before it was made" in finding.message] == found
