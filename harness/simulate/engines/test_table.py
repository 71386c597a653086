"""The simulator is held against the best of the others; an engine without a number keeps nothing and is told."""

from __future__ import annotations

from harness.simulate.engines.growth import Growth, Length
from harness.simulate.engines.search import Concurrency, Tried
from harness.simulate.engines.table import MEBIBYTE, Row, bounds, growth_lines


def row(name: str, *rates: float) -> Row:
    return Row(name, tuple(Tried(Concurrency(1, 4**n), rate) for n, rate in enumerate(rates, 1)))


FAILED = Row("v2", (Tried(Concurrency(1, 4), problem="player-1 exited with 1"),))
LEFT_OUT = Row("v1", left_out="it is not installed")


def test_each_figure_is_held_against_the_best_of_the_others() -> None:
    judged = bounds([row("whole", 140.0), row("bare", 150.0)], [row("dev", 6.0, 10.0), row("v2", 9.0), LEFT_OUT])
    assert [(bound.name, bound.measured, bound.met) for bound in judged] == [
        ("whole : best server", 14.0, False),
        ("bare : best server", 15.0, True),
    ]
    assert "15.0 ×  at least 15.0 ×" in judged[1].line()


def test_nothing_keeps_no_bound() -> None:
    assert not bounds([row("bare", 150.0)], [FAILED, LEFT_OUT])[0].met
    assert not bounds([Row("bare", FAILED.tried)], [row("dev", 6.0)])[0].met


def test_only_what_was_tried_can_fail() -> None:
    assert [each.failed for each in (row("dev", 6.0), FAILED, LEFT_OUT)] == [False, True, False]


def test_a_row_says_what_was_tried_and_what_went_wrong() -> None:
    broken = Row("dev", (*row("dev", 6.0, 10.0).tried, Tried(Concurrency(2, 16), problem="it ended")))
    best, problem = broken.lines()
    assert "10.0   1 × 16   (1 × 4: 6.0)" in best
    assert problem.strip() == "2 × 16: it ended"
    nothing, problem = FAILED.lines()
    assert "no end" in nothing
    assert problem.strip() == "1 × 4: player-1 exited with 1"
    assert [line.split("   ")[-1] for line in LEFT_OUT.lines()] == ["it is not installed"]


def test_growth_is_told_for_each_event_and_for_many_executions() -> None:
    growth = Growth(Length(150.0, 100e-6), Length(480.0, 110e-6), 400, 100 * MEBIBYTE, 104 * MEBIBYTE)
    time, memory = growth_lines(growth)
    assert "100 µs in executions of 150 events, 110 µs in those of 480 (1.10 ×)" in time
    assert "+4.0 MiB over 400 executions, from 100 MiB" in memory
