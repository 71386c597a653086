"""Our counts and the server's: what may differ, and that nothing else may."""

from __future__ import annotations

import pytest

from harness.load.judge.counts import AGAIN, OurCounts, ServerCounts
from harness.load.measure.measurements import Kind, Measurements, Row

START, AGAIN_ROW, END = Row(Kind.START, "Order"), Row(Kind.START, f"Order{AGAIN}"), Row(Kind.COMPLETION, "Order")


def measured(*, started: int, failed: int = 0, abandoned: int = 0, completed: int = 0, again: int = 0) -> OurCounts:
    measurements = Measurements()

    def ended(row: Row, count: int, error: str | None = None) -> None:
        for _ in range(count):
            measurements.began(row)
            measurements.ended_closed(row, took_seconds=0.1, expected_interval_seconds=0, error=error)

    ended(START, started)
    ended(START, failed, "no answer")
    ended(AGAIN_ROW, again)
    ended(END, completed)
    measurements.began(START, abandoned)
    for _ in range(abandoned):
        measurements.abandoned(START)
    return OurCounts.of(measurements)


def server(completed: int, running: int = 0) -> ServerCounts:
    return ServerCounts({"Completed": completed, "Running": running})


def test_what_all_saw_must_be_equal() -> None:
    ours = measured(started=5, completed=5, again=3)
    assert ours.agree_with(server(5))
    assert not ours.agree_with(server(4, running=1))
    assert not ours.agree_with(server(5, running=1))
    assert not ours.agree_with(server(4))


def test_a_start_that_failed_or_was_cut_off_may_have_happened() -> None:
    ours = measured(started=5, failed=2, abandoned=1, completed=5)
    assert all(ours.agree_with(server(completed)) for completed in (5, 6, 7, 8))
    assert not ours.agree_with(server(4))
    assert not ours.agree_with(server(9))


@pytest.mark.parametrize(("completed", "running", "ours", "theirs"), [(9, 0, 8, 9), (4, 0, 5, 4), (7, 0, 7, 7)])
def test_what_is_shown_is_the_nearest_that_can_be_true(completed: int, running: int, ours: int, theirs: int) -> None:
    [started, _] = measured(started=5, failed=2, abandoned=1, completed=4).beside(server(completed, running))
    assert (started.ours, started.servers) == (ours, theirs)


def test_counts_that_could_not_be_read_agree_with_nothing() -> None:
    unread = ServerCounts(problem="the server is gone")
    assert not measured(started=5, completed=5).agree_with(unread)
    assert measured(started=5, completed=5).beside(unread) == ()
