"""The liveness check, fed hand-made records."""

from __future__ import annotations

from harness.checks.liveness import LivenessCheck
from harness.record import Attempt, Execution, FaultRecord, Phase, ProcessEvent, Record, RunInfo
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


def test_an_end_that_is_not_a_completion_or_not_a_final_state_is_invalid() -> None:
    assert judged(status="FAILED").verdict is Verdict.INVALID
    assert judged(state="sent").verdict is Verdict.INVALID


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


def test_the_time_without_any_worker_does_not_count() -> None:
    attempts = (attempt(1, 10.0, None), attempt(2, 55.0, 56.0))
    fault = FaultRecord("f1", "worker-kill-all", "kill all", injected_seconds=10.2, healed_seconds=40.0)
    died = (ProcessEvent("worker-1.1", 1, "killed", 10.1),)
    record = Record(RUN, attempts=attempts, executions=(execution(),), phases=SETTLED, processes=died, faults=(fault,))
    assert CHECK(record).verdict is Verdict.VALID
