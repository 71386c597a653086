"""The retries check, fed hand-made records: kept, broken, undecided, vacuous, and what may look broken and is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.judge.checks.retries import RetriesCheck
from harness.judge.checks.testing_retries import DIED, done, failed, judged, told
from harness.record.history_facts import HistoryFacts, RetriedAfter
from harness.record.record import Attempt, FaultRecord, ProcessEvent, Sample
from harness.record.testing_records import BEGAN, attempt, fault, policy, struck
from harness.verdict import CheckResult, Verdict


def test_attempts_on_the_ladder_are_valid() -> None:
    result = judged(failed(1, 0, 0.2), failed(2, 1.3, 1.4), failed(3, 3.5, 3.6), done(4, 7.7, 7.8))
    assert (result.verdict, result.counts["highest attempt"]) == (Verdict.VALID, 4)


def test_no_attempt_at_all_is_unknown() -> None:
    assert judged().verdict is Verdict.UNKNOWN


def test_local_activities_have_no_policy_in_a_history() -> None:
    result = judged(*(replace(each, local=True, activity="look") for each in (done(1, 0.0, 1.0), done(2, 2.0, 3.0))))

    assert (result.verdict, result.summary) == (Verdict.UNKNOWN, "only local activities were tried")


def test_a_retry_whose_policy_no_history_tells_is_unknown() -> None:
    result = judged(failed(1, 0, 0.2), done(2, 1.3, 1.4), policies=())
    assert result.verdict is Verdict.UNKNOWN
    assert "its policy is in no history" in told(result)


def test_more_attempts_than_the_policy_allows_is_invalid() -> None:
    result = judged(failed(1, 0, 0.1), failed(2, 2, 2.1), done(3, 5, 5.1), policies=(policy(maximum_attempts=2),))
    assert told(result) == "send: attempt 3, and its policy allows 2"


@pytest.mark.parametrize(("limit", "words"), [(0, "attempts for ever"), (9, "9 attempts")])
def test_a_policy_that_allows_more_than_promised_is_invalid_though_nothing_failed(limit: int, words: str) -> None:
    check = RetriesCheck(attempts_at_most=5)
    result = judged(done(1, 0, 1), check=check, policies=(policy(maximum_attempts=limit),))
    assert told(result) == f"its policy allows {words}, and 5 are promised"
    assert judged(done(1, 0, 1), check=check).verdict is Verdict.VALID


def test_a_retry_before_its_time_is_invalid() -> None:
    result = judged(failed(1, 0, 0.2), failed(2, 1.3, 1.4), done(3, 2.4, 2.5))
    assert result.verdict is Verdict.INVALID
    assert "attempt 3 began 1.00 s after attempt 2 was over, and 2.00 s belong between them" in told(result)


def test_on_a_machine_that_had_no_time_a_retry_before_its_time_proves_nothing() -> None:
    samples = tuple(Sample(float(at), 1, 0, 0) for at in range(0, 20, 2))
    result = judged(failed(1, 0, 0.2), failed(2, 1.3, 1.4), done(3, 2.4, 2.5), samples=samples)
    assert result.verdict is Verdict.UNKNOWN
    assert result.summary.endswith("2.00 s belong between them (the machine had no time for 100% of the run)")


def test_attempts_that_nobody_logged_have_their_pauses_all_the_same() -> None:
    assert judged(failed(1, 0, 0.2), done(3, 3.3, 3.4)).verdict is Verdict.VALID
    assert "3.00 s belong between them" in told(judged(failed(1, 0, 0.2), done(3, 2.3, 2.4)))


def test_the_pause_stops_growing_at_the_maximum_interval() -> None:
    policies = (policy(maximum_interval_seconds=1.5),)
    attempts = (failed(1, 0, 0.1), failed(2, 1.2, 1.3), done(3, 2.9, 3.0))
    assert judged(*attempts, policies=policies).verdict is Verdict.VALID
    assert judged(*attempts).verdict is Verdict.INVALID


def test_a_delay_that_the_error_asked_for_stands_in_for_the_policys() -> None:
    assert judged(failed(1, 0, 0.1, next_retry_delay_seconds=0.2), done(2, 0.4, 0.5)).verdict is Verdict.VALID
    assert judged(failed(1, 0, 0.1, next_retry_delay_seconds=5.0), done(2, 1.4, 1.5)).verdict is Verdict.INVALID


def test_a_death_counts_from_the_death() -> None:
    cut = attempt("invoice-A", 1.0, None)
    assert judged(cut, done(2, 7.5, 7.6), processes=(DIED,)).verdict is Verdict.VALID
    assert "began 0.50 s after" in told(judged(cut, done(2, 2.0, 2.1), processes=(DIED,)))


def test_a_worker_that_was_silent_for_a_time_out_before_it_died_may_have_been_given_up_then() -> None:
    died = replace(DIED, at_seconds=BEGAN + 8.0)
    result = judged(attempt("invoice-A", 1.0, None), done(2, 8.2, 8.3), processes=(died,))
    assert result.verdict is Verdict.VALID


def test_a_retry_after_success_is_invalid() -> None:
    result = judged(done(1, 0, 0.2), done(2, 1.3, 1.4))
    assert told(result) == "send: attempt 2 followed, though attempt 1 had completed"


@pytest.mark.parametrize(("failure", "verdict"), [("timeout", Verdict.VALID), ("application", Verdict.INVALID)])
def test_a_success_that_the_server_calls_timed_out_was_not_heard_of(failure: str, verdict: Verdict) -> None:
    first = done(1, 0, 0.2)
    facts = HistoryFacts(first.workflow_id, first.run_id, retried_after=(RetriedAfter(first.activity_id, 1, failure),))
    assert judged(first, done(2, 1.3, 1.4), facts=(facts,)).verdict is verdict


def test_a_time_out_counts_from_the_sending_of_a_task_that_its_worker_logs_later() -> None:
    # Its report was lost; half a second before its start was logged, the server had sent it.
    unheard = done(1, 0, 0.2)
    retried = HistoryFacts(
        unheard.workflow_id, unheard.run_id, retried_after=(RetriedAfter(unheard.activity_id, 1, "timeout"),)
    )
    assert judged(unheard, done(2, 5.6, 5.7), facts=(retried,)).verdict is Verdict.VALID
    assert "began 0.50 s after" in told(judged(unheard, done(2, 3.5, 3.6), facts=(retried,)))
    zombie = done(1, 0, 6.0)
    assert judged(zombie, done(2, 5.6, 5.7)).verdict is Verdict.VALID
    assert "began 0.50 s after" in told(judged(zombie, done(2, 3.5, 3.6)))


def test_how_long_a_task_was_on_its_way_is_not_known_where_the_server_was_struck_then() -> None:
    """A database that answers late keeps a task for five seconds; the server's time-out is running."""
    first, second = done(1, 0, 0.3), done(2, 3.0, 3.5)
    retried = HistoryFacts(
        first.workflow_id, first.run_id, retried_after=(RetriedAfter(first.activity_id, 1, "timeout"),)
    )
    slow = struck("link", "server-postgres", -5.8, -0.1, "server", "postgres")
    long_ago = struck("link", "server-postgres", -16.0, -11.0, "server", "postgres")
    assert judged(first, second, facts=(retried,), faults=(slow,)).verdict is Verdict.VALID
    assert "began 0.00 s after" in told(judged(first, second, facts=(retried,), faults=(long_ago,)))


@pytest.mark.parametrize("first", [done(1, 0, 0.02), failed(1, 0, 0.02)], ids=["completed", "failed"])
def test_an_attempt_that_was_handed_over_late_was_given_up_before_it_began(first: Attempt) -> None:
    """Matching stands still with a task in its hands; by the time it wakes up, the server's time-out has run out."""

    def after(failure: str) -> CheckResult:
        retried = RetriedAfter(first.activity_id, 1, failure)
        return judged(
            first, done(2, 0.21, 0.23), facts=(HistoryFacts(first.workflow_id, first.run_id, retried_after=(retried,)),)
        )

    assert after("timeout").verdict is Verdict.VALID
    assert after("application").verdict is Verdict.INVALID


def test_an_attempt_before_one_that_was_given_up_may_have_been_given_up_too() -> None:
    first, third = done(1, 0, 0.02), done(3, 20.0, 20.1)
    last = RetriedAfter(first.activity_id, 2, "timeout")
    facts = HistoryFacts(first.workflow_id, first.run_id, retried_after=(last,))
    assert judged(first, third, facts=(facts,)).verdict is Verdict.VALID
    reported = replace(facts, retried_after=(replace(last, failure="application"),))
    assert judged(first, third, facts=(reported,)).verdict is Verdict.INVALID


def test_of_a_failure_that_no_history_tells_a_fault_leaves_open_whether_the_server_heard() -> None:
    """A history keeps the last failure alone: here the second, and the first attempt was handed over late."""
    attempts = failed(1, 0, 0.02), failed(2, 0.1, 0.2), done(3, 2.3, 2.4)
    last = RetriedAfter(attempts[1].activity_id, 2, "application")
    facts = HistoryFacts(attempts[0].workflow_id, attempts[0].run_id, retried_after=(last,))
    away = struck("process", "postgres", -6.0, -1.0, "server")
    long_ago = struck("process", "postgres", -16.0, -11.0, "server")
    assert judged(*attempts, facts=(facts,), faults=(away,)).verdict is Verdict.VALID
    assert judged(*attempts, facts=(facts,), faults=(long_ago,)).verdict is Verdict.INVALID
    told_of_the_first = replace(facts, retried_after=(RetriedAfter(attempts[0].activity_id, 1, "application"),))
    assert judged(*attempts, facts=(told_of_the_first,), faults=(away,)).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"processes": (DIED,)}, id="its worker died"),
        pytest.param({"faults": (struck("worker", "worker-1", 0.1, 0.9),)}, id="it stood still"),
        pytest.param({"faults": (struck("process", "history", 0.1, 3.0, "server"),)}, id="the server was away"),
    ],
)
def test_a_success_that_was_never_heard_of_may_be_tried_again(changes: dict[str, Any]) -> None:
    assert judged(done(1, 0, 0.2), done(2, 1.3, 1.4), **changes).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "elsewhere",
    [
        struck("worker", "worker-2", 0.1, 0.9),
        struck("service", "smtp", 0.1, 0.9),
        struck("process", "api", 0.1, 0.9, "application"),
        struck("process", "world", 0.1, 0.9, "world"),
        struck("link", "application-smtp", 0.1, 0.9, "application", "smtp"),
        struck("link", "client-frontend", 0.1, 0.9, "client", "frontend"),
        struck("process", "history", 30.0, 32.0, "server"),
        fault("says nothing", 0.1, 0.9, landed="worker-1 (process 1) is stopped", struck=()),
    ],
    ids=lambda fault: fault.fault_id,
)
def test_a_fault_that_struck_elsewhere_or_at_another_time_excuses_nothing(elsewhere: FaultRecord) -> None:
    assert judged(done(1, 0, 0.2), done(2, 1.3, 1.4), faults=(elsewhere,)).verdict is Verdict.INVALID


def test_a_zombie_that_ends_after_its_successor_began_is_no_breach() -> None:
    assert judged(done(1, 0, 9.0), done(2, 6.3, 6.4)).verdict is Verdict.VALID


def test_a_success_that_came_after_its_own_time_out_may_be_tried_again() -> None:
    assert judged(done(1, 0, 5.5), done(2, 6.6, 6.7)).verdict is Verdict.VALID


def test_an_attempt_that_never_ended_and_whose_worker_lives_is_not_judged() -> None:
    lost = attempt("invoice-A", 1.0, None)
    assert judged(lost, done(2, 1.2, 1.3)).verdict is Verdict.VALID


def test_a_fault_that_was_never_healed_lasts() -> None:
    away = struck("process", "history", 0.1, None, "server")
    assert judged(done(1, 0, 0.2), done(2, 1.3, 1.4), faults=(away,)).verdict is Verdict.VALID
    later = struck("process", "history", 30.0, None, "server")
    assert judged(done(1, 0, 0.2), done(2, 1.3, 1.4), faults=(later,)).verdict is Verdict.INVALID


def test_a_worker_that_has_just_woken_up_logs_what_was_given_away_long_ago() -> None:
    paused = struck("worker", "worker-1", 0.0, 8.0)
    result = judged(done(1, 8.1, 8.2), done(2, 8.3, 8.4, worker="worker-2"), faults=(paused,))
    assert result.verdict is Verdict.VALID


def test_a_worker_that_wakes_up_and_dies_was_late_with_its_log_all_the_same() -> None:
    paused = struck("worker", "worker-1", 0.0, 8.0)
    killed = struck("worker", "worker-1", 8.3, 9.0)
    died = ProcessEvent("worker-1", 1, "killed", BEGAN + 8.3)
    for stale in (done(1, 8.1, 8.2), attempt("invoice-A", 8.1, None)):
        attempts = (stale, done(2, 8.6, 8.7, worker="worker-2"))
        assert judged(*attempts, faults=(paused, killed), processes=(died,)).verdict is Verdict.VALID
        assert judged(*attempts, faults=(killed,), processes=(died,)).verdict is Verdict.INVALID
