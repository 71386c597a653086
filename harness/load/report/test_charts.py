"""The pictures of a load run are drawn from whatever was measured, and their steps and axes follow it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from harness.load.judge.outcome import LoadOutcome
from harness.load.judge.test_thresholds import STARTED, measured
from harness.load.measure.measurements import Measurements
from harness.load.report.charts import decades, latency_chart, spread_chart, throughput_chart
from harness.load.report.inside_charts import inside_charts
from harness.load.report.work import step_seconds, steps_of, work_of
from harness.load.testing_outcomes import closed_outcome, outcome_of, paused_outcome

OUTCOMES = {
    "paused": paused_outcome(),
    "closed": closed_outcome(),
    "one": outcome_of(measured(1)),
    "only-errors": outcome_of(measured(failed=3)),
    "only-unseen": outcome_of(measured(unseen=3)),
    "nothing": outcome_of(Measurements()),
}


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
@pytest.mark.parametrize("draw", [throughput_chart, latency_chart, spread_chart])
def test_whatever_was_measured_can_be_drawn(outcome: LoadOutcome, draw: object) -> None:
    drawn = draw(outcome)  # type: ignore[operator]
    for picture in (drawn.wide, drawn.narrow):
        assert "nan" not in picture
        assert "inf" not in picture
        ElementTree.fromstring(picture)


def test_a_step_is_as_wide_as_the_run_needs() -> None:
    assert step_seconds(outcome_of(measured(1), lasted_seconds=60)) == 1
    assert step_seconds(outcome_of(measured(1), lasted_seconds=1_000)) == 10
    assert step_seconds(outcome_of(measured(1), lasted_seconds=7 * 86_400)) == 14_400


def test_the_pause_is_a_gap_in_the_steps_and_what_waited_is_done_after_it() -> None:
    _, work = work_of(paused_outcome())
    steps = {at: second.succeeded for at, second in steps_of(paused_outcome(), work)}
    assert sum(steps[at] for at in range(26, 40)) == 0
    assert min(steps[at] for at in range(41, 54)) > max(steps[at] for at in range(25))


def test_a_gap_splits_the_curve_of_latency() -> None:
    assert latency_chart(paused_outcome()).wide.count('class="curve tone-2"') == 2


def test_the_window_of_a_fault_is_shaded_in_every_picture_over_time() -> None:
    for drawn in (throughput_chart(paused_outcome()), latency_chart(paused_outcome())):
        assert drawn.wide.count("fault-window") == drawn.narrow.count("fault-window") == 1


def test_what_is_inside_is_drawn_over_the_same_time_with_its_gaps_and_the_faults() -> None:
    drawn = {each.name: each for each in inside_charts(paused_outcome())}
    assert list(drawn) == ["transitions", "backlog", "cores"]
    for each in drawn.values():
        assert each.wide.count("fault-window") == each.narrow.count("fault-window") == 1
        ElementTree.fromstring(each.wide)
    assert drawn["transitions"].wide.count('class="curve tone-1"') == 2
    assert drawn["backlog"].wide.count('class="curve tone-1"') == 1
    assert [label for _, label in drawn["cores"].legend] == ["history", "worker-1"]


def test_what_nobody_could_look_into_is_not_drawn() -> None:
    assert inside_charts(closed_outcome()) == []


def test_completions_tell_how_much_was_done_and_without_them_everything_does() -> None:
    both = measured(3)
    both.merge(measured(4, row=STARTED))
    assert [row.succeeded for row in work_of(outcome_of(both))[1]] == [3]
    assert work_of(outcome_of(measured(4, row=STARTED)))[0] == "operations"


def test_an_axis_spans_the_powers_of_ten_around_its_values() -> None:
    assert decades([0.02, 3.0]) == pytest.approx((0.01, 10.0))
    assert decades([0.1]) == pytest.approx((0.1, 1.0))
    assert decades([]) == pytest.approx((0.01, 1.0))
