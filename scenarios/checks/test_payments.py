"""Every invoice must end as the oracle permits, with the money that really came."""

from __future__ import annotations

import pytest

from harness.record import Effect, Outcome, Record
from harness.verdict import Verdict
from scenarios.checks.payments import PaymentsCheck
from scenarios.checks.testing_records import effect, operation, record


def fate(payment_id: str, operation_name: str) -> Effect:
    return effect("payments", operation_name, payment_id, 1.0, payment_id=payment_id)


def run(status: str, cancelling: Outcome | None, *fates: Effect, paid: str) -> Record:
    operations = [operation("pay/PAY-1")]
    if cancelling is not None:
        operations.append(operation("cancel", cancelling))
    seconds = None if cancelling is None else 3.0
    return record(*fates, operations=operations, payments=["PAY-1"], cancel_seconds=seconds, status=status, paid=paid)


@pytest.mark.parametrize("fates", ["settled", "returned"])
def test_a_cancelled_invoice_took_the_money_or_it_went_back(fates: str) -> None:
    paid = "10.00" if fates == "settled" else "0.00"
    result = PaymentsCheck()(run("cancelled", Outcome.OK, fate("PAY-1", fates), fate("PAY-9", "settled"), paid=paid))
    assert result.verdict is Verdict.VALID
    assert "1 cancelled" in result.summary


@pytest.mark.parametrize(
    ("status", "cancelling", "message"),
    [
        ("overdue", Outcome.OK, "though its cancelling was accepted"),
        ("cancelled", Outcome.FAIL, "though its cancelling was refused"),
        ("cancelled", None, "permitted is overdue"),
    ],
)
def test_the_end_must_be_what_was_answered(status: str, cancelling: Outcome | None, message: str) -> None:
    result = PaymentsCheck()(run(status, cancelling, fate("PAY-1", "settled"), paid="10.00"))
    assert result.verdict is Verdict.INVALID
    assert any(message in finding.message for finding in result.findings)


def test_what_an_invoice_counts_is_what_the_provider_settled() -> None:
    result = PaymentsCheck()(run("overdue", None, fate("PAY-1", "settled"), paid="0.00"))
    assert "counts 0.00 as paid, the provider settled 10.00" in result.findings[0].message


def test_money_may_not_vanish() -> None:
    result = PaymentsCheck()(run("overdue", None, paid="0.00"))
    assert "neither settled nor returned" in result.findings[0].message
