"""What waited at the end of a fault, and how much longer."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record.record import Record
from harness.record.testing_records import attempt, fault, killed_run, operation
from harness.report.afterwards import afterwards


def waited(start: str = "process", **changes: Any) -> tuple[float | None, ...]:
    """What waited for the end of a fault that lasts from 2 s to 6 s."""
    record: Record = killed_run(**{"operations": (), "attempts": (), "faults": (fault("cut", 2.0, 6.0),), **changes})
    [found] = afterwards(record, start)
    return found.waited_seconds


@pytest.mark.parametrize(
    ("at", "took", "left"),
    [(1.0, 7.0, (2.0,)), (5.0, None, (None,)), (1.0, 3.0, ()), (6.5, 3.0, ())],
    ids=["over the end", "never answered", "answered before", "made after"],
)
def test_requests_that_were_open_at_the_end(at: float, took: float | None, left: tuple[float | None, ...]) -> None:
    assert waited(operations=(operation("INV-1", at, took),)) == pytest.approx(left)


def test_only_requests_that_begin_work_are_counted() -> None:
    operations = (operation("INV-1", 1.0, 40.0, name="cancel"),)
    assert waited(operations=operations) == ()
    assert waited("cancel", operations=operations) == pytest.approx((35.0,))


def test_an_activity_that_failed_meanwhile_is_measured_to_its_completion() -> None:
    failed = attempt("w", 2.5, 3.0, outcome="failed")
    again = attempt("w", 5.0, 5.5, attempt=2, outcome="failed")
    assert waited(attempts=(failed, again, attempt("w", 9.0, 9.5, attempt=3))) == pytest.approx((3.5,))
    assert waited(attempts=(failed, again)) == (None,)
    assert waited(attempts=(failed, attempt("w", 5.0, 5.5, attempt=2))) == ()


def test_an_attempt_that_hung_over_the_end_waited() -> None:
    assert waited(attempts=(attempt("w", 1.0, 8.0),)) == pytest.approx((2.0,))


def test_what_had_nothing_to_do_with_the_fault_did_not_wait() -> None:
    before, after = attempt("a", 0.5, 1.5, outcome="failed"), attempt("b", 6.5, 7.0)
    final = attempt("c", 3.0, 3.5, outcome="failed", retryable=False)
    cancelled = attempt("d", 3.0, 6.5, outcome="cancelled")
    assert waited(attempts=(before, after, final, cancelled)) == ()


def test_what_died_with_its_worker_is_measured_elsewhere() -> None:
    assert waited(attempts=(attempt("w", 1.5, None), attempt("w", 9.0, 9.5, attempt=2))) == ()


def test_a_fault_that_never_struck_or_never_ended_has_no_afterwards() -> None:
    assert afterwards(killed_run(faults=(fault("a", None, None), fault("b", 1.0, None))), "process") == ()
