"""The drawings: well-formed, escaped, deterministic, and showing what they should."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from harness.record.record import Execution, Record
from harness.record.testing_records import attempt, execution, fault, killed_run, operation, run_info
from harness.report.charts.backlog_chart import backlog_chart
from harness.report.charts.charts import Chart, bands, faults_chart, latency_chart, throughput_chart
from harness.report.charts.lanes import LANES_SHOWN, lanes, lanes_chart
from harness.report.charts.recovery_chart import recovery_chart
from harness.report.charts.svg import Scale, dots, ticks

HOSTILE = '<script>alert("1")</script>\x00\x1b]\u202e'


def charts(record: Record) -> list[Chart]:
    drawn = [faults_chart, lanes_chart, throughput_chart, latency_chart, backlog_chart]
    recovered = recovery_chart(record)
    return [draw(record) for draw in drawn] + ([recovered] if recovered else [])


@pytest.mark.parametrize(
    "record",
    [
        killed_run(),
        Record(run_info()),
        killed_run(faults=(fault("k", 2, None),)),
        killed_run(faults=(fault("k", 2, 3, kind=HOSTILE, description=HOSTILE),)),
        killed_run(attempts=(attempt(HOSTILE, 1.5, None, worker=HOSTILE, activity=HOSTILE),)),
        killed_run(operations=(operation("a", 0, 0.0), operation("b", 0, 1e6, name=HOSTILE))),
    ],
    ids=["killed", "empty", "unhealed", "hostile-fault", "hostile-attempt", "extreme-times"],
)
def test_every_chart_is_well_formed_and_named(record: Record) -> None:
    for chart in charts(record):
        for drawn in (chart.wide, chart.narrow):
            root = ET.fromstring(drawn)
            named = root.attrib["aria-labelledby"].split()
            assert [child.attrib["id"] for child in root[:2]] == named
            assert not [each for each in root.iter() if each.tag.endswith("script")]
            assert "nan" not in drawn
            assert "inf" not in drawn.replace("info", "")


def test_the_same_record_gives_the_same_bytes() -> None:
    assert charts(killed_run()) == charts(killed_run())


def test_a_fault_without_heal_is_shaded_to_the_end() -> None:
    [band] = bands(killed_run(faults=(fault("k", 2, None),)))
    assert (band.number, band.start_seconds, band.end_seconds) == (1, 2.0, None)
    drawn = throughput_chart(killed_run(faults=(fault("k", 2, None),))).wide
    window = next(each for each in ET.fromstring(drawn).iter() if each.get("class") == "fault-window")
    assert float(window.attrib["x"]) + float(window.attrib["width"]) == pytest.approx(950.0, abs=0.2)


def test_faults_keep_the_number_of_their_place_in_the_plan() -> None:
    record = killed_run(faults=(fault("a", None, None), fault("b", 2, 3)))
    assert [band.number for band in bands(record)] == [2]


def test_a_lane_shows_the_kill_and_what_it_cut_short() -> None:
    first, second = lanes(killed_run())
    assert (first.worker, len(first.cut_short), len(first.kills)) == ("worker-1", 2, 1)
    assert first.cut_short[0][:2] == pytest.approx((1.5, 2.01))
    assert len(second.busy) == 1
    assert second.busy[0] == pytest.approx((7.0, 9.0))


def test_more_workers_than_lanes_are_counted() -> None:
    many = tuple(attempt("w", 1, 2, worker=f"worker-{n:02}", pid=n) for n in range(LANES_SHOWN + 3))
    assert "3 more workers" in lanes_chart(killed_run(attempts=many)).description


def test_no_recovery_no_chart() -> None:
    assert recovery_chart(killed_run(attempts=())) is None


def test_equal_dots_are_drawn_once() -> None:
    assert dots([(1.0, 1.0)] * 1000, "x").count("M") == 1


def test_size_is_bounded_by_pixels_and_not_by_the_run() -> None:
    many: tuple[Execution, ...] = tuple(execution(f"invoice-{n}", n / 100) for n in range(20_000))
    ops = tuple(operation(str(n), n / 100, 0.1 + (n % 7) / 10) for n in range(20_000))
    record = Record(run_info(), operations=ops, executions=many)
    assert len(latency_chart(record).wide) < 400_000
    assert len(throughput_chart(record).wide) < 10_000


@pytest.mark.parametrize(("high", "expected"), [(0.0, (0.0,)), (10.0, (0.0, 5.0, 10.0)), (0.3, (0.0, 0.1, 0.2, 0.3))])
def test_ticks_are_round(high: float, expected: tuple[float, ...]) -> None:
    assert ticks(high, 3) == expected


def test_a_scale_without_extent_does_not_divide() -> None:
    assert Scale(1.0, 1.0, 0.0, 100.0)(1.0) == 0.0
