"""What was done for a cancelled invoice must be undone, in its order."""

from __future__ import annotations

import pytest

from harness.record.record import Effect, Outcome, Record
from harness.verdict import Verdict
from scenarios.invoices.checks.compensations import CompensationsCheck
from scenarios.invoices.checks.facts.testing_records import booking, mail, operation, record, refund

DONE = (mail("mail", 1.0), booking("invoice", 2.0), booking("payment", 3.0, "Payment PAY-1 of it"))
UNDONE = (
    refund("PAY-1", 4.0),
    booking("refund", 5.0, "Refund of PAY-1 of it"),
    booking("credit-note", 6.0),
    mail("credit-note", 7.0),
)
LINES = (
    {"account": "receivable", "debit": "115.00", "credit": "0.00"},
    {"account": "revenue", "debit": "0.00", "credit": "115.00"},
)


def cancelled(*effects: Effect, outcome: Outcome = Outcome.OK) -> Record:
    operations = (operation("cancel", outcome, at=3.0), operation("pay/PAY-1"))
    return record(*effects, operations=operations, payments=["PAY-1"], cancel_seconds=3.0)


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.UNKNOWN])
def test_all_undone_in_order_is_valid(outcome: Outcome) -> None:
    result = CompensationsCheck()(cancelled(*DONE, *UNDONE, outcome=outcome))
    assert (result.verdict, result.counts["undone"]) == (Verdict.VALID, 1)


@pytest.mark.parametrize("missing", range(len(UNDONE)))
def test_half_an_undoing_is_invalid(missing: int) -> None:
    left = [effect for number, effect in enumerate(UNDONE) if number != missing]
    result = CompensationsCheck()(cancelled(*DONE, *left, outcome=Outcome.UNKNOWN))
    assert result.verdict is Verdict.INVALID
    assert [finding.message for finding in result.findings if "missing from its undoing" in finding.message]


def test_the_order_is_part_of_the_promise() -> None:
    early = (mail("credit-note", 3.5), *UNDONE[:3])
    result = CompensationsCheck()(cancelled(*DONE, *early))
    assert result.verdict is Verdict.INVALID
    assert "smtp/mail of credit-note INV-0001 came 2.500 s before accounting/book" in result.findings[0].message


@pytest.mark.parametrize("at", [4.5, 5.5, 8.0], ids=["before it is booked", "before the reversal", "last"])
def test_a_payment_is_booked_before_it_goes_back(at: float) -> None:
    late = booking("payment", at, "Payment PAY-1 of it")
    result = CompensationsCheck()(cancelled(*DONE[:2], *UNDONE, late))
    assert result.verdict is Verdict.INVALID
    wanted = f"payments/refund of refund PAY-1 came {at - 4.0:.3f} s before accounting/book of payment PAY-1"
    assert [finding.message for finding in result.findings] == [wanted]


def test_a_mail_that_is_repeated_counts_from_its_first_time() -> None:
    assert CompensationsCheck()(cancelled(*DONE, *UNDONE, mail("credit-note", 9.0))).verdict is Verdict.VALID


def test_without_any_cancelling_nothing_was_checked() -> None:
    assert CompensationsCheck()(cancelled(*DONE, outcome=Outcome.FAIL)).verdict is Verdict.UNKNOWN


def test_what_was_booked_and_then_refused_is_undone_all_the_same() -> None:
    """The reply to the booking was lost, the next attempt was refused: no step of the workflow came to its end."""
    booked = booking("invoice", 2.0, lines=LINES)
    result = CompensationsCheck()(cancelled(booked))
    assert result.verdict is Verdict.INVALID
    assert "credit-note INV-0001 is missing from its undoing" in result.findings[0].message
    back = [{**line, "debit": line["credit"], "credit": line["debit"]} for line in LINES]
    assert CompensationsCheck()(cancelled(booked, booking("credit-note", 6.0, lines=back))).verdict is Verdict.VALID


def test_the_books_hold_nothing_of_a_cancelled_invoice() -> None:
    booked = booking("invoice", 2.0, lines=LINES)
    result = CompensationsCheck()(cancelled(booked, booking("credit-note", 6.0)))
    assert "the books still hold 115.00 SAR on receivable, -115.00 SAR on revenue of it" in result.findings[0].message
