"""A run that has booked enough payments must go on in a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.record.record import Attempt, Record
from harness.verdict import Verdict
from scenarios.invoices.checks.facts.testing_records import INVOICE, WORKFLOW, record
from scenarios.invoices.checks.runs import MOST_PAYMENTS, PAYMENTS_PER_RUN, RunsCheck
from workflows.invoices import model


def booked(activity_id: int, run: str = "run-1", outcome: str | None = "completed", attempt: int = 1) -> Attempt:
    at = float(activity_id)
    ended = None if outcome is None else at + 0.1
    return Attempt(
        "worker-1.1", 1, "book_payment", WORKFLOW, run, str(activity_id), attempt, at, ended, outcome, subject=INVOICE
    )


def judged(attempts: Sequence[Attempt]) -> Verdict:
    record_: Record = replace(record(status="paid"), attempts=tuple(attempts))
    return RunsCheck()(record_).verdict


def test_what_was_under_way_is_still_the_runs_own() -> None:
    assert judged([booked(each) for each in range(MOST_PAYMENTS)]) is Verdict.VALID


def test_where_nothing_was_booked_nothing_is_proved() -> None:
    assert judged([]) is Verdict.UNKNOWN
    assert judged([booked(1, outcome="failed")]) is Verdict.UNKNOWN


def test_a_run_that_goes_on_and_on_is_invalid() -> None:
    result = RunsCheck()(
        replace(record(status="paid"), attempts=tuple(booked(each) for each in range(MOST_PAYMENTS + 1)))
    )
    assert result.verdict is Verdict.INVALID
    assert result.findings[0].subject == INVOICE
    assert f"booked {MOST_PAYMENTS + 1} payments; after {PAYMENTS_PER_RUN} it had to" in result.findings[0].message


def test_several_runs_may_book_more_together() -> None:
    assert judged([booked(each, f"run-{each // PAYMENTS_PER_RUN}") for each in range(40)]) is Verdict.VALID


def test_a_payment_that_was_taken_up_twice_is_one() -> None:
    attempts = [booked(each) for each in range(MOST_PAYMENTS)]
    assert judged([*attempts, attempts[0]]) is Verdict.VALID


@pytest.mark.parametrize(
    "step",
    [booked(99, outcome="failed"), booked(99, outcome=None), booked(99, attempt=2)],
    ids=["failed", "cut", "again"],
)
def test_a_run_that_waited_for_a_step_is_excused(step: Attempt) -> None:
    assert judged([step, *(booked(each) for each in range(MOST_PAYMENTS + 1))]) is Verdict.VALID


def status(since: float, until: float, attempt: int = 1) -> Attempt:
    return Attempt(
        "worker-1.1", 1, "record_status", WORKFLOW, "run-1", "99", attempt, since, until, "completed", subject=INVOICE
    )


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (status(-1.0, 30.0), Verdict.VALID),
        (status(-1.0, 5.0), Verdict.INVALID),
        (status(40.0, 41.0), Verdict.INVALID),
    ],
    ids=["meanwhile", "before enough", "after"],
)
def test_another_step_keeps_a_run_from_going_on_while_it_is_under_way(step: Attempt, verdict: Verdict) -> None:
    assert judged([step, *(booked(each) for each in range(25))]) is verdict


@pytest.mark.parametrize(
    ("step", "count", "verdict"),
    [
        (status(-1.0, 12.0), MOST_PAYMENTS + 1, Verdict.VALID),
        (status(-1.0, 8.5), MOST_PAYMENTS + 1, Verdict.VALID),
        (status(20.0, 21.0), MOST_PAYMENTS + 1, Verdict.VALID),
        (status(-1.0, 12.0), 25, Verdict.INVALID),
        (status(22.0, 30.0), 25, Verdict.INVALID),
    ],
    ids=["until it was enough", "hears of it late", "handed over late", "goes on after it", "went on before it"],
)
def test_a_step_excuses_what_was_taken_from_enough_on_and_no_other(step: Attempt, count: int, verdict: Verdict) -> None:
    """The tenth payment is booked at 9.1 s, the twentieth begins at 19 s and the last of 25 at 24 s."""
    assert judged([step, *(booked(each) for each in range(count))]) is verdict


def test_a_step_is_under_way_until_its_last_attempt_ends() -> None:
    again = [replace(status(-9.0, -8.0), outcome="failed"), status(-7.0, 12.0, attempt=2)]
    assert judged([*again, *(booked(each) for each in range(MOST_PAYMENTS + 1))]) is Verdict.VALID


def test_what_was_tried_again_long_ago_excuses_nothing() -> None:
    again = [replace(status(-9.0, -8.0), outcome="failed"), status(-7.0, -6.0, attempt=2)]
    assert judged([*again, *(booked(each) for each in range(MOST_PAYMENTS + 1))]) is Verdict.INVALID


def test_the_promise_is_the_applications_default() -> None:
    assert model.PAYMENTS_PER_RUN == PAYMENTS_PER_RUN
