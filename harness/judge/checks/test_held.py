"""The held check, fed hand-made records: an outage beyond the patience of 15 s, and everything less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.judge.checks.held import HeldCheck
from harness.record.history_facts import FailedActivity, HistoryFacts, Resumption
from harness.record.record import FaultRecord, ProcessEvent, Record, Sample, WorldAttempt
from harness.record.testing_records import BEGAN, attempt, policy, run_info, struck
from harness.verdict import CheckResult, Verdict

STARTS = (0.0, 1.1, 3.2, 7.3, 15.4)
EXHAUSTED = FailedActivity("send", "1", 5, "MAXIMUM_ATTEMPTS_REACHED", "smtp is away")
ASKED = WorldAttempt("w", "smtp", "mail", "k", "A", BEGAN + 0.05, "error", 451)


OUTAGE = struck("service", "smtp", -1.0, 16.0)
CHECK = HeldCheck(15.0)
REFUSALS = HeldCheck(15.0, refusals_hold=True)


ATTEMPTS = tuple(
    attempt("invoice-A", at, at + 0.1, attempt=number, outcome="failed") for number, at in enumerate(STARTS, start=1)
)


def facts(*failed: FailedActivity, times: int = 1) -> HistoryFacts:
    states = {"sending": 1, "held": times} if times else {"sending": 1}
    return HistoryFacts("invoice-A", "run", 5, states, failed_activities=failed, subject="A")


def judged(
    *told: HistoryFacts, faults: tuple[FaultRecord, ...] = (OUTAGE,), check: HeldCheck = CHECK, **changes: Any
) -> CheckResult:
    given: dict[str, Any] = {
        "attempts": ATTEMPTS,
        "policies": (policy(),),
        "faults": faults,
        "facts": told,
        "world_attempts": (ASKED,),
    }
    return check(Record(run_info(), **{**given, **changes}))


def messages(result: CheckResult) -> str:
    return "; ".join(finding.message for finding in result.findings)


def test_an_outage_beyond_the_patience_may_hold() -> None:
    result = judged(facts(EXHAUSTED), resumed=(Resumption("invoice-A", BEGAN + 20.0),))
    assert result.verdict is Verdict.VALID
    assert (result.counts["held"], result.counts["resumed"]) == (1, 1)


def test_two_outages_in_a_row_are_one_for_an_activity() -> None:
    halves = (struck("service", "smtp", -1.0, 8.0), struck("service", "smtp", 7.0, None))
    assert judged(facts(EXHAUSTED), faults=halves).verdict is Verdict.VALID


def test_nothing_held_is_valid_unless_the_claim_needs_it() -> None:
    assert judged(facts(times=0)).verdict is Verdict.VALID
    result = judged(facts(times=0), check=HeldCheck(15.0, held_at_least=1))
    assert result.verdict is Verdict.UNKNOWN
    assert "only 0 executions were held, 1 needed" in result.summary


def test_held_by_a_short_outage_or_by_none_is_invalid() -> None:
    short = judged(facts(EXHAUSTED), faults=(struck("service", "smtp", 0.0, 3.0),))
    assert short.verdict is Verdict.INVALID
    assert "struck for 3.0 s, and 15 s are to be survived" in messages(short)
    assert "struck for 0.0 s" in messages(judged(facts(EXHAUSTED), faults=()))


@pytest.mark.parametrize(
    "elsewhere",
    [
        struck("service", "accounting", -1.0, 16.0),
        struck("worker", "worker-2", -1.0, 16.0),
        struck("process", "api", -1.0, 16.0, "application"),
        struck("link", "client-frontend", -1.0, 16.0, "client", "frontend"),
        replace(struck("service", "smtp", -1.0, 16.0), struck=()),
    ],
    ids=lambda fault: fault.fault_id,
)
def test_an_outage_of_what_it_does_not_need_is_no_reason(elsewhere: FaultRecord) -> None:
    assert judged(facts(EXHAUSTED), faults=(elsewhere,)).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "needed",
    [
        struck("link", "application-smtp", -1.0, 16.0, "application", "smtp"),
        struck("link", "application-books", -1.0, 16.0, "application", "postgres"),
        struck("process", "world", -1.0, 16.0, "world"),
        struck("process", "postgres", -1.0, 16.0, "server"),
        struck("link", "worker-frontend", -1.0, 16.0, "worker", "frontend"),
        struck("worker", "worker-1", -1.0, 16.0),
    ],
    ids=lambda fault: fault.fault_id,
)
def test_an_outage_of_anything_that_it_needs_is(needed: FaultRecord) -> None:
    assert judged(facts(EXHAUSTED), faults=(needed,)).verdict is Verdict.VALID


def test_of_an_activity_that_never_came_to_ask_nobody_knows_what_it_needs() -> None:
    faults = (struck("service", "accounting", -1.0, 16.0),)
    assert judged(facts(EXHAUSTED), faults=faults, world_attempts=()).verdict is Verdict.VALID


def test_a_kill_takes_from_an_activity_until_its_next_attempt() -> None:
    """The first attempt dies with its worker, is missed after its heartbeat time-out, and the mail is away for 13 s."""
    killed = struck("worker", "worker-1", 0.2, 1.5)
    died = ProcessEvent("worker-1", 1, "killed", BEGAN + 0.2)
    starts = (6.5, 8.6, 12.7, 20.8)
    later = [
        attempt("invoice-A", at, at + 0.1, attempt=number, outcome="failed", worker="worker-2", pid=2)
        for number, at in enumerate(starts, start=2)
    ]
    given: dict[str, Any] = {"attempts": (attempt("invoice-A", 0.0, None), *later), "processes": (died,)}
    enough = judged(facts(EXHAUSTED), faults=(killed, struck("service", "smtp", 6.0, 21.0)), **given)
    assert enough.verdict is Verdict.VALID
    assert (
        judged(facts(EXHAUSTED), faults=(killed, struck("service", "smtp", 14.0, 21.0)), **given).verdict
        is Verdict.INVALID
    )


def test_a_policy_without_patience_is_no_excuse() -> None:
    """One attempt, in the middle of an outage that would have been over soon."""
    once = FailedActivity("send", "1", 1, "MAXIMUM_ATTEMPTS_REACHED", "smtp is away")
    only = (attempt("invoice-A", 0.0, 0.1, outcome="failed"),)
    result = judged(facts(once), attempts=only, policies=(policy(maximum_attempts=1),))
    assert result.verdict is Verdict.INVALID
    assert "after attempt 1 (MAXIMUM_ATTEMPTS_REACHED)" in messages(result)


def test_a_refusal_counts_only_where_the_world_has_it() -> None:
    final = FailedActivity("send", "1", 1, "NON_RETRYABLE_FAILURE", "550")
    only = (attempt("invoice-A", 0.0, 0.1, outcome="failed", retryable=False),)
    refused = replace(ASKED, outcome="refused", status=550)

    def after(*asked: WorldAttempt, check: HeldCheck = REFUSALS) -> Verdict:
        return judged(facts(final), attempts=only, world_attempts=asked, check=check).verdict

    assert after(refused) is Verdict.VALID
    assert after(replace(refused, outcome="conflict")) is Verdict.VALID
    assert after(refused, check=CHECK) is Verdict.INVALID
    # Put off, and made final by the application; never asked; refused to another, or at another time.
    assert after(ASKED) is Verdict.INVALID
    assert after() is Verdict.INVALID
    assert after(replace(refused, reference="B")) is Verdict.INVALID
    assert after(replace(refused, at_seconds=BEGAN + 0.2)) is Verdict.INVALID


def test_what_another_service_refused_at_the_same_time_is_no_refusal_of_this() -> None:
    final = FailedActivity("send", "1", 1, "NON_RETRYABLE_FAILURE", "503")
    beside = attempt("invoice-A", 0.0, 0.3, activity="book", activity_id="2")
    only = (attempt("invoice-A", 0.1, 0.2, outcome="failed", retryable=False), beside)
    other = (attempt("invoice-B", 0.0, 0.2, run_id="b"), attempt("invoice-B", 1.0, 1.2, activity="book", run_id="b"))
    known = (
        replace(ASKED, reference="B", outcome="accepted"),
        replace(ASKED, reference="B", service="accounting", at_seconds=BEGAN + 1.1, outcome="accepted"),
    )
    refused = replace(ASKED, service="accounting", outcome="refused", at_seconds=BEGAN + 0.15)
    given: dict[str, Any] = {"attempts": (*only, *other), "check": REFUSALS}
    assert judged(facts(final), world_attempts=(*known, refused), **given).verdict is Verdict.INVALID
    assert (
        judged(facts(final), world_attempts=(*known, replace(refused, service="smtp")), **given).verdict
        is Verdict.VALID
    )


def test_held_for_nothing_is_invalid() -> None:
    assert "gave up on none of its activities" in messages(judged(facts()))
    cancelled = FailedActivity("send", "1", 1, "CANCEL_REQUESTED")
    assert judged(facts(cancelled)).verdict is Verdict.INVALID


def test_a_failure_that_did_not_hold_needs_no_outage() -> None:
    handled = FailedActivity("refund", "9", 1, "NON_RETRYABLE_FAILURE")
    refund = attempt("invoice-A", 20.0, 20.1, activity="refund", activity_id="9", outcome="failed")
    attempts = (*ATTEMPTS, refund)
    assert judged(facts(EXHAUSTED, handled), attempts=attempts).verdict is Verdict.VALID
    assert judged(facts(EXHAUSTED, handled, times=2), attempts=attempts).verdict is Verdict.INVALID


def test_what_no_log_tells_is_unknown() -> None:
    assert judged(facts(EXHAUSTED), attempts=()).verdict is Verdict.UNKNOWN


def test_histories_without_any_state_are_unknown() -> None:
    assert judged().verdict is Verdict.UNKNOWN
    assert judged(HistoryFacts("invoice-A", "run")).verdict is Verdict.UNKNOWN


def test_what_goes_on_is_no_longer_shown_as_held() -> None:
    shown = replace(facts(EXHAUSTED), tried_again_in={"held": 2, "sending": 1})
    result = judged(shown)
    assert result.verdict is Verdict.INVALID
    assert messages(result) == "shown as held while what had held it was tried again, 2 times"
    assert judged(replace(shown, tried_again_in={"sending": 3})).verdict is Verdict.VALID


@pytest.mark.parametrize(("step", "verdict"), [(1, Verdict.INVALID), (2, Verdict.UNKNOWN)])
def test_nobody_is_held_to_a_patience_on_a_machine_that_had_no_time(step: int, verdict: Verdict) -> None:
    samples = tuple(Sample(float(at), 1, 0, 0) for at in range(0, 20, step))
    result = judged(facts(EXHAUSTED), faults=(), samples=samples)
    assert result.verdict is verdict
    assert ("the machine had no time" in messages(result)) == (verdict is Verdict.UNKNOWN)
