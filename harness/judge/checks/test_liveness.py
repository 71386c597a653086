"""The liveness check, fed hand-made records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.judge.checks.liveness import LivenessCheck
from harness.judge.ending import CANCELED, COMPLETED, FAILED, Ends, ends, failed
from harness.record.history_facts import FailedActivity, HistoryFacts
from harness.record.record import Attempt, Execution, FaultRecord, Phase, ProcessEvent, Record, RunInfo, Strike
from harness.verdict import CheckResult, Verdict

RUN = RunInfo("id", "claim", "promise", 1, "dev", "now", "assay run")
CHECK = LivenessCheck(frozenset({"paid"}), recovery_seconds=30.0)
SETTLED = (Phase("settle", 90.0, 100.0),)


def execution(status: str = "COMPLETED", state: str | None = "paid") -> Execution:
    return Execution("invoice-A", "run", "InvoiceProcessing", status, state=state)


def attempt(number: int, at: float, ended: float | None) -> Attempt:
    worker = f"worker-{number}.1"
    outcome = None if ended is None else "completed"
    return Attempt(worker, 1, "book", "invoice-A", "run", "5", number, at, ended, outcome)


def judged(*attempts: Attempt, status: str = "COMPLETED", state: str | None = "paid") -> CheckResult:
    died = tuple(ProcessEvent(a.worker, 1, "killed", a.started_seconds) for a in attempts if a.ended_seconds is None)
    return CHECK(Record(RUN, attempts=attempts, executions=(execution(status, state),), phases=SETTLED, processes=died))


def test_everything_ended_is_valid() -> None:
    assert judged(attempt(1, 1.0, 2.0)).verdict is Verdict.VALID


def test_nothing_to_end_is_unknown() -> None:
    assert CHECK(Record(RUN)).verdict is Verdict.UNKNOWN


def test_what_still_runs_after_the_bound_is_invalid() -> None:
    result = judged(status="RUNNING", state="sending")
    assert result.verdict is Verdict.INVALID
    assert "still running (sending)" in result.findings[0].message


def test_what_still_runs_is_told_with_what_it_fails_at() -> None:
    failed = replace(attempt(4, 30.0, 31.0), outcome="failed", error="TypeError: book() takes\n 1 argument")
    facts = HistoryFacts("invoice-A", "run", task_failures=("UNHANDLED: KeyError: x", "UNHANDLED: KeyError: y" * 90))
    record = Record(RUN, attempts=(attempt(3, 20.0, 21.0), failed), executions=(execution("RUNNING"),), facts=(facts,))

    [finding] = CHECK(record).findings
    began = (
        "still running (paid) at the end of the settle bound; book failed at 4 attempts, the last time with "
        "TypeError: book() takes 1 argument; 2 workflow tasks failed, the last with UNHANDLED: KeyError: y"
    )
    assert finding.message.startswith(began)
    assert len(finding.message) < 600
    assert finding.message.endswith("…")


def test_an_end_that_is_not_a_completion_or_not_a_final_state_is_invalid() -> None:
    assert judged(status="FAILED").verdict is Verdict.INVALID
    assert judged(state="sent").verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        ((), Verdict.INVALID),
        (ends(COMPLETED), Verdict.INVALID),
        (ends(COMPLETED, CANCELED), Verdict.INVALID),
        (ends(failed("NoMoney")), Verdict.INVALID),
        (ends(failed("CardDeclined")), Verdict.VALID),
        (ends(CANCELED, failed("Activity task failed")), Verdict.VALID),
        (ends(FAILED), Verdict.VALID),
    ],
    ids=str,
)
def test_a_claim_says_which_ends_are_right(right: Ends, verdict: Verdict) -> None:
    declined = replace(
        execution("FAILED", None), failure="Activity task failed", failure_types=("PaymentFailed", "CardDeclined")
    )
    check = replace(CHECK, ends={"InvoiceProcessing": right} if right else {})
    result = check(Record(RUN, executions=(declined,), phases=SETTLED))

    assert result.verdict is verdict
    if verdict is Verdict.INVALID:
        wanted = " or ".join(map(str, right)) or "COMPLETED"
        assert result.findings[0].message == f"ended as FAILED: Activity task failed (right: {wanted})"
    else:
        assert result.counts["ended"] == 1


def test_the_ends_of_one_type_say_nothing_of_another() -> None:
    cancelled = execution("CANCELED", None)
    for ends_of in ({"Order": ends(CANCELED)}, {}):
        assert replace(CHECK, ends=ends_of)(Record(RUN, executions=(cancelled,))).verdict is Verdict.INVALID


def test_no_end_at_all_is_no_promise() -> None:
    with pytest.raises(ValueError, match=r"ends\(\) of nothing: name at least one"):
        ends()


def test_a_run_that_goes_on_in_the_next_is_judged_by_the_next() -> None:
    runs = (execution("CONTINUED_AS_NEW", "sent"), execution())
    assert CHECK(Record(RUN, executions=runs, phases=SETTLED)).verdict is Verdict.VALID
    runs = (execution("CONTINUED_AS_NEW", "sent"), execution("RUNNING", "sent"))
    assert CHECK(Record(RUN, executions=runs, phases=SETTLED)).verdict is Verdict.INVALID


def test_an_attempt_cut_short_and_soon_taken_up_is_valid() -> None:
    assert judged(attempt(1, 10.0, None), attempt(2, 17.0, 18.0)).verdict is Verdict.VALID


def test_an_attempt_taken_up_late_is_invalid_though_everything_ended() -> None:
    result = judged(attempt(1, 10.0, None), attempt(2, 70.0, 71.0))
    assert result.verdict is Verdict.INVALID
    assert "began 60.0 s later" in result.findings[0].message


def test_an_attempt_that_nothing_followed_is_invalid() -> None:
    assert "no other followed" in judged(attempt(1, 10.0, None)).findings[0].message


def cut_short(again: float, *strikes: Strike, **changes: Any) -> CheckResult:
    """An attempt that died with its worker at 10.1 s, and the next one."""
    attempts = (attempt(1, 10.0, None), attempt(2, again, again + 1.0))
    fault = FaultRecord("f1", "fault", "break it", injected_seconds=10.2, healed_seconds=60.0, struck=strikes)
    died = (ProcessEvent("worker-1.1", 1, "killed", 10.1),)
    given: dict[str, Any] = {"attempts": attempts, "executions": (execution(),), "phases": SETTLED}
    given |= {"processes": died, "faults": (fault,)}
    return CHECK(Record(RUN, **{**given, **changes}))


def test_a_local_activity_comes_again_with_its_task_and_under_the_same_number() -> None:
    lost = replace(attempt(1, 10.0, None), local=True)
    again = replace(attempt(1, 17.0, 18.0), worker="worker-2.1", local=True)

    assert judged(lost, again, status="RUNNING").counts["attempts cut short"] == 1
    assert [each.message for each in judged(lost, again, status="RUNNING").findings] == [
        "still running (paid) at the end of the settle bound"
    ]
    assert "no other followed" in judged(lost, status="RUNNING").findings[1].message
    late = replace(again, started_seconds=47.0, ended_seconds=48.0)
    assert "the next began 37.0 s later" in judged(lost, late).findings[0].message


def test_a_local_activity_of_an_execution_that_ended_is_no_longer_wanted() -> None:
    assert judged(replace(attempt(1, 10.0, None), local=True)).verdict is Verdict.VALID


def test_the_time_without_any_worker_does_not_count() -> None:
    assert cut_short(55.0).verdict is Verdict.INVALID
    assert cut_short(55.0, Strike("worker", "worker-1.1", 10.05, 40.0)).verdict is Verdict.VALID
    assert cut_short(55.0, Strike("worker", "worker-2.1", 10.05, 40.0)).verdict is Verdict.INVALID


def test_what_strikes_the_server_meanwhile_delays_the_next_attempt_by_so_much_and_no_more() -> None:
    away = Strike("process", "history", 20.0, 36.0, ("server",))
    assert cut_short(55.0, away).verdict is Verdict.VALID
    assert cut_short(57.0, away).verdict is Verdict.INVALID
    assert cut_short(55.0, Strike("process", "api", 20.0, 36.0, ("application",))).verdict is Verdict.INVALID
    assert cut_short(55.0, Strike("service", "smtp", 20.0, 36.0)).verdict is Verdict.INVALID


def test_an_activity_that_was_given_up_or_cancelled_has_no_next_attempt() -> None:
    alone: dict[str, Any] = {"attempts": (attempt(1, 10.0, None),)}
    assert cut_short(0.0, **alone).verdict is Verdict.INVALID
    exhausted = HistoryFacts("invoice-A", "run", failed_activities=(FailedActivity("book", "5", 5, "TIMEOUT"),))
    assert cut_short(0.0, **alone, facts=(exhausted,)).verdict is Verdict.VALID
    cancelled = HistoryFacts("invoice-A", "run", cancelled_activities=("5",))
    assert cut_short(0.0, **alone, facts=(cancelled,)).verdict is Verdict.VALID


def test_what_the_end_of_the_run_takes_down_is_no_death() -> None:
    hung = (attempt(1, 10.0, None),)
    stopped = (ProcessEvent("worker-1.1", 1, "stopped", 300.0),)
    phases = (*SETTLED, Phase("final-reads", SETTLED[-1].left_seconds or 0.0, 250.0))
    result = cut_short(0.0, attempts=hung, processes=stopped, phases=phases)
    assert "no other followed" in result.findings[0].message
