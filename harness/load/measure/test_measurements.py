"""Measurements add up exactly, and say what a user had to wait, not what the system was asked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import HarnessDefect
from harness.judge.measures import percentile
from harness.load.measure.measurements import Kind, Measurements, Row

DONE = Row(Kind.COMPLETION, "InvoiceProcessing")
ASKED = Row(Kind.QUERY, "status")

Ended = tuple[Row, float, float, str | None]
"""A row, when it was intended, how long that took from then, and its error."""

DURATIONS = st.floats(min_value=0.0, max_value=90_000.0)
ENDED = st.tuples(st.sampled_from([DONE, ASKED]), st.floats(0.0, 600.0), DURATIONS, st.sampled_from([None, "refused"]))
FEW = settings(max_examples=25)
"""A histogram has 28,672 counters: adding three is a few milliseconds."""

PROCESSES = st.lists(st.lists(ENDED, max_size=20), min_size=3, max_size=3)


def measured(of: Iterable[Ended], *, abandoned: int = 0) -> Measurements:
    """What a process measured that saw this; each began a tenth of the time after it was intended."""
    measurements = Measurements(origin_seconds=0.0)
    for row, intended, took, error in of:
        measurements.began(row)
        began, ended = intended + took / 10, intended + took
        measurements.ended(row, began_seconds=began, ended_seconds=ended, intended_seconds=intended, error=error)
    for _ in range(abandoned):
        measurements.began(DONE)
        measurements.abandoned(DONE)
    return measurements


def sent(measurements: Measurements) -> Measurements:
    """What arrives after a message, which is text."""
    return Measurements.from_json(json.loads(json.dumps(measurements.to_json())))


def total(parts: Iterable[Measurements]) -> Measurements:
    """All of them added, each as a message brings it."""

    def add(left: Measurements, right: Measurements) -> Measurements:
        left.merge(right)
        return left

    return reduce(add, (sent(part) for part in parts), Measurements(origin_seconds=0.0))


@FEW
@given(PROCESSES)
def test_processes_add_up_to_what_one_would_have_measured(processes: list[list[Ended]]) -> None:
    whole = measured(ended for process in processes for ended in process)
    parts = [measured(process) for process in processes]
    assert total(parts).to_json() == whole.to_json()
    assert total(parts).summaries() == whole.summaries()


@FEW
@given(PROCESSES)
def test_the_order_of_adding_makes_no_difference(processes: list[list[Ended]]) -> None:
    first, second, third = (measured(process) for process in processes)
    left = total([total([first, second]), third]).to_json()
    assert left == total([first, total([second, third])]).to_json()
    assert left == total([third, second, first]).to_json()


@FEW
@given(st.lists(DURATIONS, min_size=1, max_size=200))
def test_a_percentile_is_a_time_that_was_measured(took: list[float]) -> None:
    (summary,) = measured((DONE, 0.0, seconds, None) for seconds in took).summaries()
    ordered = sorted(min(seconds, 86_400.0) for seconds in took)
    for share, shown in ((0.5, summary.corrected.p50), (0.95, summary.corrected.p95), (0.99, summary.corrected.p99)):
        assert shown == pytest.approx(percentile(ordered, share), rel=1e-3, abs=2e-6)
    assert summary.corrected.max == pytest.approx(max(took), abs=1e-6)


@FEW
@given(st.floats(5.0, 60.0), st.integers(200, 1_000))
def test_a_pause_in_a_closed_loop_shows_in_corrected_p99_and_not_in_raw(pause: float, requests: int) -> None:
    measurements = Measurements(origin_seconds=0.0, clock=lambda: 1.0)
    for place in range(requests):
        took = pause if place == requests // 2 else 0.01
        measurements.ended_closed(ASKED, took_seconds=took, expected_interval_seconds=0.1)
    (summary,) = measurements.summaries()
    assert summary.raw.p99 == pytest.approx(0.01, rel=1e-3)
    # So many would have been asked in the pause; the slowest hundredth of all requests waited nearly all of it.
    asked_in_pause = pause / 0.1
    hundredth = (requests + asked_in_pause) / 100
    assert summary.corrected.p99 == pytest.approx(pause - hundredth * 0.1, rel=0.05)
    assert summary.succeeded == requests


@FEW
@given(st.lists(st.floats(0.001, 0.199), min_size=1, max_size=100))
def test_an_answer_that_kept_back_no_request_is_not_corrected(took: list[float]) -> None:
    measurements = Measurements(origin_seconds=0.0, clock=lambda: 1.0)
    for seconds in took:
        measurements.ended_closed(ASKED, took_seconds=seconds, expected_interval_seconds=0.1)
    (summary,) = measurements.summaries()
    assert summary.corrected == summary.raw


def test_a_pause_in_an_open_run_shows_in_both_when_the_call_itself_waits() -> None:
    # Five a second for a minute; from 20 s on nothing is answered for 15 s, and all that waits ends at 35 s.
    ends = [(at / 5, max(at / 5 + 0.05, 35.0 if 20 <= at / 5 < 35 else 0.0)) for at in range(300)]
    (summary,) = measured_open(ends).summaries()
    assert summary.raw.p99 == summary.corrected.p99 == pytest.approx(14.4, abs=0.1)


def measured_open(ends: Iterable[tuple[float, float]]) -> Measurements:
    measurements = Measurements(origin_seconds=0.0)
    for at, ended in ends:
        measurements.ended(DONE, began_seconds=at, ended_seconds=ended, intended_seconds=at)
    return measurements


def test_errors_are_counted_by_text_without_ids_and_have_no_latency() -> None:
    measurements = measured([(DONE, 0.0, 1.0, f"invoice-INV-{place:04} was refused") for place in range(3)])
    measurements.ended(DONE, began_seconds=0, ended_seconds=9, intended_seconds=0, error=ValueError("17 is too much"))
    (summary,) = measurements.summaries()
    assert summary.errors == (("invoice-INV-# was refused", 3), ("ValueError: # is too much", 1))
    assert (summary.failed, summary.succeeded, summary.raw.p50, summary.corrected.max) == (4, 0, None, None)


def test_what_was_cut_off_is_neither_a_success_nor_a_failure() -> None:
    measurements = measured([(DONE, 0.0, 1.0, None)], abandoned=2)
    measurements.began(DONE, 5)
    (summary,) = measurements.summaries()
    counts = (summary.attempted, summary.succeeded, summary.failed, summary.abandoned, summary.unfinished)
    assert counts == (8, 1, 0, 2, 5)


def test_the_timeline_counts_each_second_from_the_beginning() -> None:
    measurements = Measurements(origin_seconds=100.0)
    for at, took, error in ((100.2, 0.1, None), (102.0, 2.0, None), (102.9, 4.0, None), (102.9, 0.1, "refused")):
        measurements.ended(DONE, began_seconds=at - took, ended_seconds=at, intended_seconds=at - took, error=error)
    timeline = measurements.rows()[DONE].timeline
    assert [(second.succeeded, second.failed) for second in timeline.in_steps_of(1)] == [(1, 0), (0, 0), (2, 1)]
    assert timeline.in_steps_of(1)[2].percentile(0.99) == pytest.approx(4.0, rel=0.01)
    assert [second.succeeded for second in timeline.in_steps_of(2)] == [1, 2]
    assert timeline.lasted_seconds == 3


def test_instants_in_the_wrong_order_are_a_defect_of_ours() -> None:
    with pytest.raises(HarnessDefect, match="wrong order"):
        Measurements().ended(DONE, began_seconds=2.0, ended_seconds=1.0, intended_seconds=0.0)


def test_measurements_of_another_version_are_refused() -> None:
    with pytest.raises(HarnessDefect, match="same version"):
        Measurements.from_json({"format": 0, "rows": []})


def test_nothing_measured_is_no_row() -> None:
    assert Measurements().summaries() == ()
    assert Measurements.from_json(Measurements().to_json()).summaries() == ()


def test_a_minute_of_load_fits_a_message() -> None:
    ends = [(at / 20, at / 20 + 0.05 + at % 97 / 100) for at in range(1_200)]
    assert len(json.dumps(measured_open(ends).to_json())) < 40_000
