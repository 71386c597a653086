"""Thresholds: unknown names are refused, the measured value decides, and what ended unseen takes certainty."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.load.judge.bounds import IMPLIED
from harness.load.judge.thresholds import Judged, judge, parse_thresholds
from harness.load.measure.measurements import Kind, Measurements, Row
from harness.load.measure.offered import Offered
from harness.verdict import Verdict

DONE = Row(Kind.COMPLETION, "InvoiceProcessing")
OTHER = Row(Kind.COMPLETION, "Reminder")
STARTED = Row(Kind.START, "InvoiceProcessing")


def measured(
    succeeded: int = 0, took: float = 1.0, *, failed: int = 0, unseen: int = 0, row: Row = DONE
) -> Measurements:
    """So many of a row that succeeded one after the other, failed, or were never seen to end."""
    measurements = Measurements(origin_seconds=0.0)
    measurements.began(row, succeeded + failed + unseen)
    for place in range(succeeded + failed):
        error = "refused" if place >= succeeded else None
        began = place / 10
        measurements.ended(row, began_seconds=began, ended_seconds=began + took, intended_seconds=began, error=error)
    return measurements


def judged(text: str, measurements: Measurements, offered: Offered | None = None) -> Judged:
    return judge(parse_thresholds([text]), measurements, offered)[0]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("completion.p99<5s", 5.0),
        ("completion[InvoiceProcessing].p99.9 <= 250ms", 0.25),
        ("first-task.max<1m", 60.0),
        ("errors<0.1%", 0.001),
        ("offered>=98%", 0.98),
        ("count>=1000", 1000.0),
        ("start.rate>=2.5/s", 2.5),
    ],
)
def test_a_threshold_is_read(text: str, limit: float) -> None:
    threshold = parse_thresholds([text])[0]
    assert threshold.limit == limit
    assert threshold.text == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("completions.p99<5s", "there are start, first-task, completion"),
        ("completion.p98<5s", "there are p50, p75"),
        ("p99<5s", "completion.p99<5s"),
        ("completion.p99<5", "us or ms or s or m"),
        ("completion.p99<5%", "us or ms or s or m"),
        ("errors<1", "a share has %"),
        ("count>=1000s", "no unit"),
        ("start.offered>=98%", "whole run"),
        ("completion.p99=5s", "not of the form"),
        ("errors<-1%", "not of the form"),
        ("errors", "not of the form"),
    ],
)
def test_what_is_no_threshold_is_refused_with_what_there_is(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_thresholds([text])


def test_all_problems_are_told_together() -> None:
    with pytest.raises(UsageError, match=r"(?s)completions.*p98"):
        parse_thresholds(["completions.p99<5s", "completion.p98<5s,count>=1"])


def test_a_closed_loop_offers_nothing() -> None:
    with pytest.raises(UsageError, match="closed loop"):
        parse_thresholds(["offered>=98%"], open_loop=False)
    assert [threshold.metric for threshold in parse_thresholds([], open_loop=False)] == ["count", "errors"]


def test_what_is_implied_gives_way_to_what_was_asked_of_the_whole_run() -> None:
    assert tuple(threshold.text for threshold in parse_thresholds([])) == IMPLIED
    asked = parse_thresholds(["errors<5%", "start.count>=7"])
    assert [threshold.text for threshold in asked] == ["errors<5%", "start.count>=7", "count>=1", "offered>=98%"]


@pytest.mark.parametrize(
    ("text", "measurements", "verdict"),
    [
        ("completion.p99<5s", measured(100, 4.9), Verdict.VALID),
        ("completion.p99<5s", measured(100, 5.1), Verdict.INVALID),
        ("completion.max<=1s", measured(100, 1.0), Verdict.VALID),
        ("errors<=1%", measured(99, failed=1), Verdict.VALID),
        ("errors<1%", measured(99, failed=1), Verdict.INVALID),
        ("errors<1%", measured(failed=3), Verdict.INVALID),
        ("count>=100", measured(100), Verdict.VALID),
        ("count>=100", measured(99, failed=9), Verdict.INVALID),
        ("completion.rate>=9/s", measured(100), Verdict.VALID),
        ("completion.rate>=10/s", measured(100), Verdict.INVALID),
        ("abandoned<=0%", measured(3), Verdict.VALID),
    ],
)
def test_the_measured_value_decides(text: str, measurements: Measurements, verdict: Verdict) -> None:
    assert judged(text, measurements).verdict is verdict


@pytest.mark.parametrize(
    ("text", "unseen", "verdict"),
    [
        ("completion.p99<5s", 1, Verdict.VALID),
        ("completion.p99<5s", 2, Verdict.UNKNOWN),
        ("completion.max<5s", 1, Verdict.UNKNOWN),
        ("errors<2%", 1, Verdict.VALID),
        ("errors<2%", 3, Verdict.UNKNOWN),
        ("errors>2%", 3, Verdict.UNKNOWN),
        ("count>=98", 2, Verdict.VALID),
        ("count>=99", 2, Verdict.UNKNOWN),
        ("count>=101", 2, Verdict.INVALID),
        ("completion.rate>=9/s", 2, Verdict.UNKNOWN),
    ],
)
def test_a_threshold_that_hangs_on_what_ended_unseen_is_not_shown(text: str, unseen: int, verdict: Verdict) -> None:
    assert judged(text, measured(100 - unseen, unseen=unseen)).verdict is verdict


def test_nothing_measured_shows_nothing() -> None:
    assert judged("completion.p99<5s", Measurements()).verdict is Verdict.UNKNOWN
    assert judged("completion.p99<5s", measured(failed=1)).verdict is Verdict.UNKNOWN
    assert judged("completion.p99<5s", measured(9, row=STARTED)).verdict is Verdict.UNKNOWN
    assert judged("completion[Invoices].count>=1", measured(9)).verdict is Verdict.UNKNOWN


def test_rows_of_one_kind_are_judged_together_unless_one_is_named() -> None:
    measurements = measured(50, 1.0)
    measurements.merge(measured(50, 9.0, row=OTHER))
    assert judged("completion.p99<5s", measurements).verdict is Verdict.INVALID
    assert judged("completion[InvoiceProcessing].p99<5s", measurements).verdict is Verdict.VALID
    assert judged("completion.count>=100", measurements).verdict is Verdict.VALID
    assert judged("completion[Reminder].count>=100", measurements).verdict is Verdict.INVALID


def test_a_rate_that_was_not_offered_says_nothing_of_the_system() -> None:
    offered = Offered(scheduled=100, begun=99, late=2) + Offered(scheduled=100, begun=97, late=0)
    short = judged("offered>=98%", measured(10), offered)
    assert short.verdict is Verdict.UNKNOWN
    assert short.says == "97 %; the generator was the bottleneck: 4 of 200 were not begun, 2 late"
    assert judged("offered>=97%", measured(10), Offered.from_json(offered.to_json())).verdict is Verdict.VALID
    assert judged("offered>=98%", measured(10)).verdict is Verdict.UNKNOWN
    assert judged("offered>=98%", measured(10), Offered()).verdict is Verdict.UNKNOWN


@settings(max_examples=30)
@given(
    st.sampled_from(["completion.p95<1s", "completion.max<1s", "errors<10%", "count>=3", "completion.rate>=2/s"]),
    st.integers(1, 30),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_more_that_ended_unseen_only_ever_takes_certainty(text: str, well: int, failed: int, unseen: int) -> None:
    fewer = judged(text, measured(well, 0.5, failed=failed, unseen=unseen)).verdict
    more = judged(text, measured(well, 0.5, failed=failed, unseen=unseen + 1)).verdict
    assert more in (fewer, Verdict.UNKNOWN)
