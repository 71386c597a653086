"""The held check, fed hand-made records: an outage beyond the patience of 15 s, and everything less."""

from __future__ import annotations

from typing import Any

from harness.checks.held import HeldCheck
from harness.history_facts import FailedActivity, HistoryFacts, Resumption
from harness.record import FaultRecord, Record
from harness.report.testing_records import BEGAN, attempt, fault, policy, run_info
from harness.verdict import CheckResult, Verdict

STARTS = (0.0, 1.1, 3.2, 7.3, 15.4)
EXHAUSTED = FailedActivity("send", "1", 5, "MAXIMUM_ATTEMPTS_REACHED", "smtp is away")
OUTAGE = fault("outage", -1.0, 16.0, kind="service-errors")


def facts(*failed: FailedActivity, times: int = 1) -> HistoryFacts:
    states = {"sending": 1, "held": times} if times else {"sending": 1}
    return HistoryFacts("invoice-A", "run", 5, states, failed_activities=failed)


def judged(
    *told: HistoryFacts, faults: tuple[FaultRecord, ...] = (OUTAGE,), check: HeldCheck | None = None, **changes: Any
) -> CheckResult:
    attempts = tuple(
        attempt("invoice-A", at, at + 0.1, attempt=number, outcome="failed")
        for number, at in enumerate(STARTS, start=1)
    )
    given: dict[str, Any] = {"attempts": attempts, "policies": (policy(),), "faults": faults, "facts": told}
    return (check or HeldCheck())(Record(run_info(), **{**given, **changes}))


def messages(result: CheckResult) -> str:
    return "; ".join(finding.message for finding in result.findings)


def test_an_outage_beyond_the_patience_may_hold() -> None:
    result = judged(facts(EXHAUSTED), resumed=(Resumption("invoice-A", BEGAN + 20.0),))
    assert result.verdict is Verdict.VALID
    assert (result.counts["held"], result.counts["resumed"]) == (1, 1)


def test_two_outages_in_a_row_are_one_for_an_activity() -> None:
    halves = (fault("one", -1.0, 8.0), fault("two", 7.0, None))
    assert judged(facts(EXHAUSTED), faults=halves).verdict is Verdict.VALID


def test_nothing_held_is_valid_unless_the_claim_needs_it() -> None:
    assert judged(facts(times=0)).verdict is Verdict.VALID
    result = judged(facts(times=0), check=HeldCheck(held_at_least=1))
    assert result.verdict is Verdict.UNKNOWN
    assert "only 0 executions were held, 1 needed" in result.summary


def test_held_by_a_short_outage_or_by_none_is_invalid() -> None:
    short = judged(facts(EXHAUSTED), faults=(fault("blip", 0.0, 3.0),))
    assert short.verdict is Verdict.INVALID
    assert "faults overlapped its attempts for 3.0 s, its patience is 15 s" in messages(short)
    assert "for 0.0 s" in messages(judged(facts(EXHAUSTED), faults=()))


def test_held_without_spending_the_budget_is_invalid_unless_refusals_may_hold() -> None:
    refused = FailedActivity("send", "1", 1, "NON_RETRYABLE_FAILURE", "550")
    assert "no budget was spent: NON_RETRYABLE_FAILURE, attempt 1" in messages(judged(facts(refused)))
    assert judged(facts(refused), check=HeldCheck(refusals_hold=True)).verdict is Verdict.VALID


def test_held_for_nothing_is_invalid() -> None:
    assert "gave up on none of its activities" in messages(judged(facts()))
    cancelled = FailedActivity("send", "1", 1, "CANCEL_REQUESTED")
    assert judged(facts(cancelled)).verdict is Verdict.INVALID


def test_a_failure_that_did_not_hold_needs_no_outage() -> None:
    handled = FailedActivity("refund", "9", 1, "NON_RETRYABLE_FAILURE")
    assert judged(facts(EXHAUSTED, handled)).verdict is Verdict.VALID
    assert judged(facts(EXHAUSTED, handled, times=2)).verdict is Verdict.INVALID


def test_what_no_log_tells_is_unknown() -> None:
    assert judged(facts(EXHAUSTED), attempts=()).verdict is Verdict.UNKNOWN
    assert judged(facts(EXHAUSTED), policies=()).verdict is Verdict.UNKNOWN
    timed_out = FailedActivity("send", "1", 3, "TIMEOUT")
    assert judged(facts(timed_out)).verdict is Verdict.UNKNOWN


def test_histories_without_any_state_are_unknown() -> None:
    assert judged().verdict is Verdict.UNKNOWN
    assert judged(HistoryFacts("invoice-A", "run")).verdict is Verdict.UNKNOWN
