"""The latency check, fed hand-made records."""

from __future__ import annotations

from dataclasses import replace

from harness.judge.checks.latency import LatencyCheck
from harness.record.record import Operation, Record, Sample
from harness.record.testing_records import execution, operation, run_info, work_phase
from harness.verdict import CheckResult, Verdict


def judged(check: LatencyCheck, *operations: Operation, closed: float | None = 8.0) -> CheckResult:
    executions = tuple(execution(f"invoice-{each.subject}", closed) for each in operations)
    return check(Record(run_info(), operations=operations, executions=executions, phases=work_phase()))


def work(count: int = 12, took: float = 0.5, late: float = 1.0) -> tuple[Operation, ...]:
    """``count`` operations a second apart, which were really ``late`` times as far apart."""
    planned = [operation(f"INV-{n}", float(n), took) for n in range(count)]
    return tuple(
        operation(each.subject, n, took, invoked_seconds=planned[0].intended_seconds + n * late)
        for n, each in enumerate(planned)
    )


def test_numbers_without_a_bound_are_valid() -> None:
    result = judged(LatencyCheck(), *work())
    assert result.verdict is Verdict.VALID
    assert result.counts["process p99 (s)"] == 0.5
    assert "no bound was set" in result.summary


def test_a_bound_that_is_kept_is_valid_and_one_that_is_not_tells_the_slowest() -> None:
    assert judged(LatencyCheck({"process": 0.6}), *work()).verdict is Verdict.VALID
    result = judged(LatencyCheck({"process": 0.4}), *work())
    assert result.verdict is Verdict.INVALID
    assert result.findings[0].message == "p99 0.50 s, the bound is 0.4 s"
    assert result.findings[0].story


def test_the_end_of_executions_has_a_bound_of_its_own() -> None:
    result = judged(LatencyCheck({"process → closed": 5.0}), *work())
    assert (result.verdict, result.findings[0].subject) == (Verdict.INVALID, "process → closed")
    assert result.findings[0].story


def test_what_was_never_answered_breaks_its_bound() -> None:
    result = judged(LatencyCheck({"process": 9.0}), *work(), operation("INV-99", 12.0, None))
    assert "1 were never answered" in result.findings[0].message


def test_no_operation_is_unknown_and_so_is_a_bound_on_what_never_was() -> None:
    assert judged(LatencyCheck()).verdict is Verdict.UNKNOWN
    result = judged(LatencyCheck({"refund": 1.0}), *work())
    assert result.verdict is Verdict.UNKNOWN
    assert "nothing of that name was measured" in result.summary


def test_another_load_than_the_planned_one_proves_nothing() -> None:
    result = judged(LatencyCheck(), *work(late=1.5))
    assert result.verdict is Verdict.UNKNOWN
    assert "0.7 process a second were offered, 1.0 planned" in result.summary


def test_canaries_are_not_work() -> None:
    result = judged(LatencyCheck({"process": 1.0}), operation("canary", -5.0, 4.0), *work())
    assert result.verdict is Verdict.VALID


def test_a_machine_that_had_no_time_proves_no_bound_broken_and_still_one_kept() -> None:
    operations = work()
    executions = tuple(execution(f"invoice-{each.subject}", 8.0) for each in operations)
    whole = Record(run_info(), operations=operations, executions=executions, phases=work_phase())
    prompt, late = (tuple(Sample(float(at), 1, 0, 0) for at in range(0, 20, step)) for step in (1, 2))
    bound = LatencyCheck({"process": 0.4})
    assert bound(replace(whole, samples=prompt)).verdict is Verdict.INVALID
    result = bound(replace(whole, samples=late))
    assert result.verdict is Verdict.UNKNOWN
    assert result.summary == "p99 0.50 s, the bound is 0.4 s, and the machine had no time for 100% of the run"
    assert LatencyCheck({"process": 0.6})(replace(whole, samples=late)).verdict is Verdict.VALID
