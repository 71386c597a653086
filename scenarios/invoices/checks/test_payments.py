"""Every invoice must end as the money says that really came, and the money as the instants say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.record.record import Effect, FaultRecord, Outcome, Record, WebhookTry
from harness.verdict import CheckResult, Verdict
from scenarios.invoices.checks.facts.testing_records import fate, operation, record, recorded, struck, tried
from scenarios.invoices.checks.payments import PaymentsCheck

HOUR = 3600.0


def run(status: str, cancelling: Outcome | None, *fates: Effect, paid: str) -> Record:
    operations = [operation("pay/PAY-1")]
    if cancelling is not None:
        operations.append(operation("cancel", cancelling, at=0.5))
    seconds = None if cancelling is None else 3.0
    return record(
        *fates,
        operations=operations,
        payments=["PAY-1"],
        cancel_seconds=seconds,
        due_seconds=0.0,
        status=status,
        paid=paid,
    )


def judged(
    *webhooks: WebhookTry,
    deed: str,
    status: str,
    due_seconds: float | None = 10.0,
    faults: tuple[FaultRecord, ...] = (),
) -> CheckResult:
    """A run with one payment over all of the invoice, which closes 6 s after it is due."""
    settled = deed == "settled"
    whole = record(
        *(fate("PAY-1", deed), fate("PAY-9", "settled")),
        operations=[operation("pay/PAY-1")],
        payments=["PAY-1"],
        amount="115.00",
        due_seconds=due_seconds,
        webhooks=webhooks,
        status=status,
        paid="115.00" if settled else "0.00",
        faults=faults,
    )
    return PaymentsCheck()(whole)


@pytest.mark.parametrize("deed", ["settled", "returned"])
def test_a_cancelled_invoice_took_the_money_or_it_went_back(deed: str) -> None:
    paid = "10.00" if deed == "settled" else "0.00"
    whole = run("cancelled", Outcome.OK, fate("PAY-1", deed), fate("PAY-9", "settled"), paid=paid)
    whole = replace(whole, webhooks=(tried("PAY-1", 0.6, None, 200 if deed == "settled" else 409), *whole.webhooks[1:]))
    result = PaymentsCheck()(whole)
    assert result.verdict is Verdict.VALID, result.findings
    assert "1 cancelled" in result.summary


@pytest.mark.parametrize(
    ("status", "cancelling", "message"),
    [
        ("overdue", Outcome.OK, "should have ended cancelled: its cancellation was accepted"),
        ("cancelled", Outcome.FAIL, "should have ended overdue"),
        ("cancelled", None, "should have ended overdue"),
    ],
)
def test_the_end_must_be_what_was_answered(status: str, cancelling: Outcome | None, message: str) -> None:
    result = PaymentsCheck()(run(status, cancelling, fate("PAY-1", "settled"), paid="10.00"))
    assert result.verdict is Verdict.INVALID
    assert any(message in finding.message for finding in result.findings)


def test_what_an_invoice_counts_is_what_the_provider_settled() -> None:
    result = PaymentsCheck()(run("overdue", None, fate("PAY-1", "settled"), paid="0.00"))
    assert any("counts 0.00 as paid, the provider settled 10.00" in finding.message for finding in result.findings)


def test_money_may_not_vanish() -> None:
    result = PaymentsCheck()(run("overdue", None, paid="0.00"))
    assert "neither settled nor returned" in result.findings[0].message


def test_a_payment_in_time_is_taken_and_one_too_late_goes_back() -> None:
    assert judged(tried("PAY-1", 15.9), deed="settled", status="paid").verdict is Verdict.VALID
    assert judged(tried("PAY-1", 16.1, 16.2, 409), deed="returned", status="overdue").verdict is Verdict.VALID


@pytest.mark.parametrize("service", ["smtp", "accounting"])
def test_money_that_goes_back_early_is_found_whatever_else_was_struck(service: str) -> None:
    faults = (struck("service", service, 0.0, 100.0), struck("worker", "worker-1.1", 0.0, 2.0))
    result = judged(tried("PAY-1", 13.9, 14.0, 409), deed="returned", status="overdue", faults=faults)
    assert "turned away 2.000 s before closing" in result.findings[0].message
    hour = judged(tried("PAY-1", 1.0, 1.1, 409), deed="returned", status="overdue", due_seconds=HOUR)
    assert "turned away 3604.900 s before closing" in hour.findings[0].message


def test_money_that_is_taken_after_closing_is_found() -> None:
    result = judged(tried("PAY-1", 18.0), deed="settled", status="paid")
    assert "first sent 2.000 s after closing" in result.findings[0].message


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (None, Verdict.INVALID),
        (struck("process", "api", 2.0, 4.0, "application"), Verdict.VALID),
        (struck("worker", "worker-1.1", 0.0, 1.0), Verdict.VALID),
        (struck("worker", "worker-2.1", 0.0, 1.0), Verdict.INVALID),
        (struck("link", "worker-frontend", 1.0, 3.0, "worker", "frontend"), Verdict.VALID),
        (struck("service", "smtp", 0.0, 30.0), Verdict.INVALID),
        (struck("process", "api", 60.0, 61.0, "application"), Verdict.INVALID),
    ],
)
def test_only_what_a_payment_needs_excuses_that_it_came_too_late(fault: FaultRecord | None, verdict: Verdict) -> None:
    tries = (tried("PAY-1", 3.0, 3.1, 503), tried("PAY-1", 15.0, 16.5, 409))
    faults = () if fault is None else (fault,)
    assert judged(*tries, deed="returned", status="overdue", faults=faults).verdict is verdict


@pytest.mark.parametrize(
    ("payments", "done_again", "worker", "verdict"),
    [
        (2, 8.0, "worker-2.1", Verdict.VALID),
        (2, None, "worker-2.1", Verdict.VALID),
        (2, 2.5, "worker-2.1", Verdict.INVALID),
        (2, 8.0, "worker-1.1", Verdict.INVALID),
        (1, 8.0, "worker-2.1", Verdict.INVALID),
    ],
    ids=["while it was undone", "it was never done", "done before", "its worker was not struck", "no other payment"],
)
def test_a_booking_that_was_cut_short_keeps_other_payments_waiting(
    payments: int, done_again: float | None, worker: str, verdict: Verdict
) -> None:
    """The workflow is about to go on in a new run, on a worker that nothing struck."""
    cut = replace(recorded(2.0, worker), activity="book_payment", activity_id="7", ended_seconds=None, outcome=None)
    again = replace(cut, attempt=2, worker="worker-3.1", started_seconds=2.4, ended_seconds=done_again)
    ids = [f"PAY-{number}" for number in range(1, payments + 1)]
    whole = record(
        *(fate("PAY-1", "returned"), fate("PAY-2", "settled"), fate("PAY-9", "settled")),
        operations=[operation(f"pay/{each}") for each in ids],
        payments=ids,
        due_seconds=10.0,
        webhooks=[tried("PAY-1", 3.0, 3.1, 503), tried("PAY-1", 15.0, 16.5, 409), tried("PAY-2", 1.0)],
        status="overdue",
        paid="10.00" if payments == 2 else "0.00",
        faults=(struck("worker", "worker-2.1", 1.95, 2.0),),
    )
    whole = replace(
        whole,
        attempts=(*whole.attempts, cut, again),
        facts=tuple(replace(each, workers=("worker-3.1",)) for each in whole.facts),
    )
    assert PaymentsCheck()(whole).verdict is verdict, PaymentsCheck()(whole).findings


def test_a_cancelling_that_waits_for_a_payment_has_not_been_asked_for_yet() -> None:
    whole = run("cancelled", Outcome.OK, fate("PAY-1", "returned"), fate("PAY-9", "settled"), paid="0.00")
    asked = replace(whole.operations[-1], detail={"asked_seconds": 9.0})
    result = PaymentsCheck()(replace(whole, operations=(*whole.operations[:-1], asked)))
    assert any("before closing" in finding.message for finding in result.findings)
