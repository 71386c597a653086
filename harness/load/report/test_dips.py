"""Baseline, dip and recovery of a load run are read off what was done second by second."""

from __future__ import annotations

import pytest

from harness.load.measure.measurements import Measurements
from harness.load.report.dips import Dip, baseline_of, dips_of
from harness.load.testing_outcomes import DONE, outcome_of, paused_outcome
from harness.report.charts.svg import Band


def done(*per_second: int, took_seconds: float = 0.2, slow: range = range(0)) -> Measurements:
    """So many done in each second, those of the seconds in ``slow`` after ten times as long."""
    measurements = Measurements(origin_seconds=0.0)
    for at, count in enumerate(per_second):
        took = took_seconds * (10 if at in slow else 1)
        for place in range(count):
            ended = at + place / count
            measurements.began(DONE)
            measurements.ended(DONE, began_seconds=ended - took, ended_seconds=ended, intended_seconds=ended - took)
    return measurements


def dip_of(*per_second: int, start: float, end: float | None, slow: range = range(0)) -> Dip:
    bands = (Band(1, "fault", start, end),)
    (dip,) = dips_of(outcome_of(done(*per_second, slow=slow), bands=bands, lasted_seconds=float(len(per_second))))
    return dip


def test_a_fault_that_stops_everything_is_a_dip_to_nothing_and_the_way_back_is_measured() -> None:
    dip = dip_of(*[10] * 20, *[0] * 10, *[3] * 4, *[10] * 20, start=20.0, end=30.5)
    # The seconds from 33 on hold 3, 10, 10, 10, 10 of the 50 of the baseline, those from 34 on all of them.
    assert (dip.lowest_share, dip.back_after_seconds) == (0.0, 3.5)


def test_what_is_done_late_is_not_back_however_much_it_is() -> None:
    dip = dip_of(*[10] * 20, *[0] * 10, *[20] * 10, *[10] * 10, start=20.0, end=30.0, slow=range(30, 40))
    assert dip.back_after_seconds is not None
    # The first five seconds most of which is fast begin at 38: 40 late ones, 30 others; at 39 it is 20 and 40.
    assert dip.back_after_seconds == 9.0


def test_a_fault_that_nobody_felt_has_no_dip() -> None:
    dip = dip_of(*[10] * 40, start=20.0, end=25.0)
    assert (dip.lowest_share, dip.back_after_seconds) == (1.0, 0.0)


@pytest.mark.parametrize("end", [None, 30.0])
def test_what_never_comes_back_has_no_time_of_it(end: float | None) -> None:
    assert dip_of(*[10] * 20, *[0] * 30, start=20.0, end=end).back_after_seconds is None


def test_the_end_of_the_load_is_not_taken_for_a_dip() -> None:
    bands = (Band(1, "fault", 20.0, 22.0),)
    (dip,) = dips_of(outcome_of(done(*[10] * 30, 2, 1), bands=bands, lasted_seconds=30.0))
    assert dip.lowest_share == 1.0


@pytest.mark.parametrize("per_second", [[10] * 3, [0] * 20, []])
def test_without_enough_before_the_first_fault_there_is_no_baseline(per_second: list[int]) -> None:
    outcome = outcome_of(done(*per_second), bands=(Band(1, "fault", float(len(per_second)), 30.0),))
    assert baseline_of(outcome) is None
    assert dips_of(outcome) == (Dip(outcome.bands[0]),)


def test_the_paused_run_is_back_when_what_waited_is_done() -> None:
    (dip,) = dips_of(paused_outcome())
    assert dip.lowest_share is not None
    assert dip.lowest_share < 0.01
    assert dip.back_after_seconds is not None
    assert 12 < dip.back_after_seconds < 17


def test_without_a_fault_there_is_nothing_to_come_back_from() -> None:
    assert dips_of(outcome_of(done(*[10] * 20))) == ()
