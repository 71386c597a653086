"""The bounds of the bench are kept or broken by what was measured, and nothing measured keeps none."""

from __future__ import annotations

import pytest

from harness.load.bench.bounds import Pair, alone, beside, ways
from harness.load.bench.window import Window

PLAIN = Window(10.0, 3_000, 6.0)


def met(*windows: Window) -> tuple[bool, ...]:
    return tuple(bound.met for bound in beside([Pair(window, PLAIN) for window in windows]))


@pytest.mark.parametrize(
    ("window", "kept"),
    [
        (Window(10.0, 3_000, 5.0, 0.1), (True, True)),
        (Window(10.0, 2_999, 5.0, 0.1), (False, True)),
        (Window(10.0, 3_000, 5.0, 0.101), (True, False)),
        (Window(10.0, 3_000, 5.0, None), (True, False)),
        (Window(10.0, 0, 0.0, None), (False, False)),
    ],
)
def test_the_generator_alone(window: Window, kept: tuple[bool, bool]) -> None:
    assert tuple(bound.met for bound in alone(window)) == kept


def test_the_same_as_the_plain_loop_keeps_both_bounds() -> None:
    assert met(PLAIN) == (True, True)


def test_less_throughput_or_more_processor_time_breaks_its_bound() -> None:
    assert met(Window(10.0, 2_800, 5.6)) == (False, True)
    # 2.6 ms a workflow beside 2.
    assert met(Window(10.0, 3_000, 7.8)) == (True, False)


def test_the_median_of_the_pairs_decides_and_the_spread_is_shown() -> None:
    slow = Window(10.0, 1_500, 3.0)
    assert met(PLAIN, slow, PLAIN) == (True, True)
    assert met(slow, slow, PLAIN) == (False, True)
    (throughput, _) = beside([Pair(PLAIN, PLAIN), Pair(slow, PLAIN), Pair(PLAIN, PLAIN)])
    assert "(0.50 to 1.00 of 3)" in throughput.line()


def test_each_server_has_a_line() -> None:
    assert Pair(Window(10.0, 2_850, 6.27), PLAIN).line(2) == "    server 2: throughput 0.95, CPU per workflow 1.10"


@pytest.mark.parametrize("nothing", [Window(10.0, 0, 0.0), Window(10.0, 0, 1.0)])
def test_a_way_that_did_nothing_keeps_nothing(nothing: Window) -> None:
    assert met(PLAIN, PLAIN, nothing) == (False, False)
    assert not any(bound.met for bound in beside([Pair(PLAIN, nothing)]))


def test_both_ways_are_shown_side_by_side() -> None:
    lines = "\n".join(ways([Pair(Window(10.0, 2_900, 6.0), PLAIN), Pair(Window(10.0, 3_100, 6.0), PLAIN)]))
    assert "300 (290-310)" in lines
    assert "2.00 ms (2.00 ms-2.00 ms)" in lines
