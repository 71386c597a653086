"""The books' trail must be the oracle's sequence: due at 20 s, closing at 26 s."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.record.record import Effect, Outcome, Record
from harness.verdict import CheckResult, Verdict
from scenarios.invoices.checks.facts.testing_records import (
    INVOICE,
    booking,
    fate,
    mail,
    operation,
    record,
    recorded,
    struck,
    tried,
)
from scenarios.invoices.checks.trail import TrailCheck, permitted_trails

SENT = (mail("mail", 1.0), booking("invoice", 2.0))


def run(*trail: str, status: str, effects: tuple[Effect, ...] = SENT, **rest: Any) -> Record:
    given = {"due_seconds": 20.0, "attempts": [recorded(3.0)], **rest}
    return record(*effects, status=status, trail=trail, **given)


def paid(*trail: str, booked: float, taken: float, **rest: Any) -> Record:
    effects = (*SENT, fate("PAY-1", "settled"), booking("payment", booked, "Payment PAY-1 of it"))
    webhooks = [tried("PAY-1", booked - 0.5, taken)]
    return run(*trail, status="paid", effects=effects, payments=["PAY-1"], amount="115.00", webhooks=webhooks, **rest)


def messages(result: CheckResult) -> str:
    return "; ".join(finding.message for finding in result.findings)


@pytest.mark.parametrize(
    "whole",
    [
        run("sent", "past-due", "overdue", status="overdue"),
        run("sent", "overdue", status="overdue", due_seconds=None),
        paid("sent", "paid", booked=5.0, taken=5.1),
        paid("sent", "past-due", "paid", booked=25.0, taken=25.1),
        paid("sent", "paid", booked=20.0, taken=20.1),
        paid("sent", "past-due", "paid", booked=20.0, taken=20.1),
    ],
)
def test_the_oracles_sequence_is_valid(whole: Record) -> None:
    assert TrailCheck()(whole).verdict is Verdict.VALID, messages(TrailCheck()(whole))


@pytest.mark.parametrize(
    "trail",
    [
        (),
        ("overdue",),
        ("sent", "overdue"),
        ("sent", "past-due"),
        ("sent", "sent", "past-due", "overdue"),
        ("past-due", "sent", "overdue"),
        ("sent", "past-due", "overdue", "past-due"),
        ("sent", "past-due", "paid"),
    ],
)
def test_any_other_sequence_is_invalid(trail: tuple[str, ...]) -> None:
    result = TrailCheck()(run(*trail, status="overdue"))
    assert result.verdict is Verdict.INVALID
    assert "permitted is sent → past-due → overdue" in messages(result)


def test_what_was_paid_long_before_was_never_past_due_and_what_was_paid_long_after_was() -> None:
    assert "permitted is sent → paid" in messages(TrailCheck()(paid("sent", "past-due", "paid", booked=5.0, taken=5.1)))
    assert "past-due → paid" in messages(TrailCheck()(paid("sent", "paid", booked=25.0, taken=25.1)))


def test_only_what_it_touched_excuses_that_nobody_looked_when_it_fell_due() -> None:
    def with_fault(kind: str, name: str, *ends: str) -> Verdict:
        faults = [struck(kind, name, 19.0, 21.0, *ends)]
        return TrailCheck()(paid("sent", "paid", booked=25.0, taken=25.1, faults=faults)).verdict

    assert with_fault("process", "temporal", "server") is Verdict.VALID
    assert with_fault("worker", "worker-1.1") is Verdict.VALID
    assert with_fault("service", "smtp") is Verdict.VALID
    assert with_fault("process", "api", "application") is Verdict.INVALID
    assert with_fault("service", "payments") is Verdict.INVALID


@pytest.mark.parametrize(
    ("asked", "permitted"),
    [
        (1.0, {("sent", "cancelled"), ("cancelled",)}),
        (10.0, {("sent", "cancelled")}),
        (20.0, {("sent", "cancelled"), ("sent", "past-due", "cancelled")}),
        (25.0, {("sent", "past-due", "cancelled")}),
    ],
)
def test_a_cancelled_invoice_was_sent_if_that_was_recorded_before(
    asked: float, permitted: set[tuple[str, ...]]
) -> None:
    whole = run("cancelled", status="cancelled", operations=[operation("cancel", at=asked)], cancel_seconds=1.0)
    assert set(permitted_trails(whole, INVOICE)) == permitted


def test_what_the_world_never_saw_was_not_sent() -> None:
    cancel = {"operations": [operation("cancel", at=1.0)], "cancel_seconds": 1.0, "attempts": []}
    assert TrailCheck()(run("cancelled", status="cancelled", effects=(), **cancel)).verdict is Verdict.VALID
    said = messages(TrailCheck()(run("sent", "cancelled", status="cancelled", effects=SENT[:1], **cancel)))
    assert "the world has not seen it mailed and booked" in said


def test_a_trail_of_another_run_or_another_time_is_invalid() -> None:
    whole = run("sent", "past-due", "overdue", status="overdue")
    trail = [dict(entry) for entry in whole.shown[INVOICE]["trail"]]

    def shown(**fields: Any) -> str:
        changed = [trail[0], {**trail[1], **fields}, trail[2]]
        return messages(TrailCheck()(replace(whole, shown={INVOICE: {"status": "overdue", "trail": changed}})))

    assert shown() == ""
    assert shown(run_id="run-1") == ""
    assert "written by run-9, which is no run of its own" in shown(run_id="run-9")
    assert "goes back in time" in shown(at="2025-12-31T00:00:00Z")
    assert "without an instant" in shown(at="soon")
    said = messages(TrailCheck()(replace(whole, shown={INVOICE: {"status": "sent", "trail": trail}})))
    assert "the books say sent, their trail ends with overdue" in said


def test_what_was_not_read_is_unknown_and_so_is_no_end() -> None:
    whole = run("sent", "past-due", "overdue", status="overdue")
    assert TrailCheck()(replace(whole, shown={})).verdict is Verdict.UNKNOWN
    assert TrailCheck()(replace(whole, executions=())).verdict is Verdict.UNKNOWN


def test_a_cancelling_that_was_refused_changes_nothing() -> None:
    refused = [operation("cancel", Outcome.FAIL, at=1.0)]
    whole = run("sent", "past-due", "overdue", status="overdue", operations=refused, cancel_seconds=1.0)
    assert TrailCheck()(whole).verdict is Verdict.VALID
