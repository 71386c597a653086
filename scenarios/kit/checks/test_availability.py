"""Nobody is left without an answer once all is healed, and nobody is told no who should be told yes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.record.history_facts import FailedActivity, HistoryFacts, Resumption
from harness.record.record import Attempt, FaultRecord, Operation, Outcome, Record, Strike, Try, WebhookTry
from harness.verdict import CheckResult, Verdict
from scenarios.kit.checks.availability import AvailabilityCheck
from scenarios.kit.checks.strikes import ACCOUNTING
from scenarios.kit.checks.testing_records import RUN

SUBJECT = "PC-1"
STRUCK, HEALED = 10.0, 12.0
FAULT = FaultRecord(
    "f1", "worker-kill", "kill", STRUCK, HEALED, "gone", "felt", struck=(Strike("worker", "w", 10.0, 12.0),)
)
CHECK = AvailabilityCheck(lambda record: lambda operation: operation.name == "cancel", (ACCOUNTING,), outside=("pay",))
"""Cancelling may be refused, and paying is asked of the world."""


def tried(name: str, *tries: tuple[float, Outcome, int | None], subject: str = SUBJECT) -> Operation:
    """An operation with these tries: when each returned, what it came to, and the status of its answer."""
    made = tuple(
        Try(number, at - 0.1, at, outcome, status) for number, (at, outcome, status) in enumerate(tries, start=1)
    )
    last = tries[-1][1]
    return Operation(f"{name}/{subject}", name, subject, 0.0, 0.0, 0.0, last, len(made), tries=made)


def run(*operations: Operation, **fields: Any) -> Record:
    """The record of a run in which these were asked for, beside one that was answered at once."""
    answered = tried("voucher", (1.0, Outcome.OK, 202), subject="PC-0")
    return Record(**{"run": RUN, "faults": (FAULT,), "operations": (answered, *operations), **fields})


def judged(given: Record) -> CheckResult:
    return CHECK(given)


OK, FAIL, UNKNOWN = Outcome.OK, Outcome.FAIL, Outcome.UNKNOWN


def test_who_is_turned_away_and_answered_later_is_told_of_by_fault() -> None:
    result = judged(run(tried("voucher", (11.0, UNKNOWN, 503), (11.5, UNKNOWN, 503), (14.0, OK, 202))))
    assert result.verdict is Verdict.VALID
    assert result.counts["voucher turned away by f1"] == "1 callers, the longest for 3.0 s"
    assert "the longest was turned away for 3.0 s" in result.summary


@pytest.mark.parametrize(("last", "verdict"), [(60.0, Verdict.INVALID), (30.0, Verdict.UNKNOWN)])
def test_no_answer_is_a_broken_promise_only_if_there_was_time_after_healing(last: float, verdict: Verdict) -> None:
    result = judged(run(tried("voucher", (11.0, UNKNOWN, 503), (last, UNKNOWN, 503))))
    assert result.verdict is verdict
    assert "never answered for sure; the last answer was 503" in result.findings[0].message


def test_an_operation_that_never_returned_and_was_cut_short_proves_nothing() -> None:
    cut_short = Operation("voucher/PC-1", "voucher", SUBJECT, 0.0, 0.0, None, UNKNOWN, 1)
    assert judged(run(cut_short)).verdict is Verdict.UNKNOWN


def test_a_no_is_found_but_where_the_oracle_permits_it() -> None:
    result = judged(run(tried("voucher", (11.0, FAIL, 409))))
    assert result.verdict is Verdict.INVALID
    assert "was refused with 409; it had to be done" in result.findings[0].message
    assert judged(run(tried("cancel", (11.0, FAIL, 409)))).verdict is Verdict.VALID


def test_who_was_skipped_is_not_blamed_for_what_it_needed() -> None:
    skipped = replace(tried("voucher", (1.0, FAIL, None)), tries=(Try(1, 1.0, 1.0, FAIL, asked=False),))
    assert judged(run(skipped)).verdict is Verdict.VALID


def test_an_unexpected_error_is_never_right_but_at_the_provider() -> None:
    result = judged(run(tried("voucher", (11.0, UNKNOWN, 500), (14.0, OK, 202))))
    assert "answered 500, an unexpected error" in result.findings[0].message
    assert judged(run(tried("pay", (11.0, UNKNOWN, 500), (14.0, OK, 201)))).verdict is Verdict.VALID


def webhook(status: int | None, sent: float, ended: float) -> WebhookTry:
    return WebhookTry("PAY-1", SUBJECT, 1, 1, sent, ended, status)


@pytest.mark.parametrize(
    ("status", "sent", "ended", "found"),
    [
        (503, 2.0, 2.1, True),  # before anything was broken
        (503, 11.0, 11.1, False),  # while a fault struck
        (503, 30.0, 30.1, False),  # soon after it
        (503, 90.0, 90.1, True),  # long after it
        (503, 2.0, 9.9, False),  # somebody waited: slow, and no refusal
        (500, 11.0, 11.1, True),
        (None, 2.0, 2.1, False),
        (409, 2.0, 2.1, False),
    ],
)
def test_an_error_to_the_provider_needs_a_fault_near(
    status: int | None, sent: float, ended: float, found: bool
) -> None:
    result = judged(replace(run(), webhooks=(webhook(status, sent, ended),)))
    assert (result.verdict is Verdict.INVALID) is found


@pytest.mark.parametrize(("service", "found"), [("accounting", False), ("smtp", True)])
def test_only_faults_of_the_services_that_are_needed_are_near(service: str, found: bool) -> None:
    fault = replace(FAULT, struck=(Strike("service", service, 10.0, 12.0),))
    given = run(tried("voucher", (11.0, UNKNOWN, 503), (11.5, OK, 202)), faults=(fault,))
    assert (judged(given).verdict is Verdict.INVALID) is found


def held(
    *sent: float, given_up: str = "MAXIMUM_ATTEMPTS_REACHED", tried_at: tuple[float, ...] = (60.0, 70.0)
) -> Record:
    """Webhooks that were answered 503, and a step that was tried at these times, given up on and resumed at 95 s."""
    failed = FailedActivity("book", "1", len(tried_at), given_up)
    tries = enumerate(tried_at, start=1)
    return replace(
        run(),
        webhooks=tuple(webhook(503, at, at + 0.1) for at in sent),
        resumed=(Resumption("w", 95.0, SUBJECT),),
        facts=(HistoryFacts("w", "r", failed_activities=(failed,), subject=SUBJECT),),
        attempts=tuple(Attempt("a", 1, "book", "w", "r", "1", n, at, at + 1.0, subject=SUBJECT) for n, at in tries),
    )


def test_who_waits_for_what_is_held_is_excused_until_it_is_resumed() -> None:
    assert judged(held(60.5, 90.0, 120.0)).verdict is Verdict.VALID
    elsewhere = replace(held(90.0), resumed=(Resumption("w", 95.0, "PC-9"),))
    assert judged(elsewhere).verdict is Verdict.INVALID


@pytest.mark.parametrize("sent", [2.0, 59.0, 126.0])
def test_nobody_is_excused_before_it_is_held_or_long_after_it_was_resumed(sent: float) -> None:
    assert judged(held(sent)).verdict is Verdict.INVALID


def test_what_was_given_up_on_for_a_cancellation_holds_nothing() -> None:
    assert judged(held(90.0, given_up="CANCEL_REQUESTED")).verdict is Verdict.INVALID


def test_what_no_worker_ever_tried_may_have_been_held_from_the_start() -> None:
    assert judged(held(2.0, tried_at=())).verdict is Verdict.VALID


@pytest.mark.parametrize(("earlier", "verdict"), [(94.0, Verdict.VALID), (55.0, Verdict.INVALID)])
def test_what_is_resumed_again_was_held_meanwhile_only_if_it_did_not_go_on(earlier: float, verdict: Verdict) -> None:
    twice = held(58.0 if earlier < 60.0 else 90.0)
    check = replace(CHECK, near_seconds=1.0)
    resumed = (Resumption("w", earlier, SUBJECT), *twice.resumed)
    assert check(replace(twice, resumed=resumed)).verdict is verdict


def test_a_run_in_which_nothing_was_asked_proves_nothing() -> None:
    assert judged(replace(run(), operations=())).verdict is Verdict.UNKNOWN


def test_deliveries_count_as_callers_who_were_turned_away() -> None:
    again = WebhookTry("PAY-1", SUBJECT, 1, 2, 13.0, 13.1, 200)
    result = judged(replace(run(), webhooks=(webhook(503, 11.0, 11.1), again)))
    assert result.counts["webhook turned away by f1"] == "1 callers, the longest for 2.0 s"
