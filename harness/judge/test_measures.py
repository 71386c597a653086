"""Throughput, latency, backlog and the verdict, from hand-made records."""

from __future__ import annotations

import pytest

from harness.judge.measures import (
    backlog,
    latency,
    overall_verdict,
    percentile,
    started_executions,
    throughput,
    work_began_seconds,
    work_lasted_seconds,
)
from harness.record.record import Record
from harness.record.testing_records import execution, killed_run, operation, run_info, unknown, valid
from harness.verdict import Verdict


def test_nothing_checked_is_unknown() -> None:
    assert overall_verdict(killed_run(), []) is Verdict.UNKNOWN


def test_the_worst_result_wins() -> None:
    assert overall_verdict(killed_run(), [valid(), unknown()]) is Verdict.UNKNOWN


def test_an_interrupted_run_is_never_valid() -> None:
    assert overall_verdict(killed_run(interrupted="SIGINT"), [valid()]) is Verdict.UNKNOWN


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.75, 3.0), (0.99, 4.0), (0.0, 1.0)])
def test_percentiles_are_values_that_were_measured(share: float, expected: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == expected


def test_the_axis_begins_with_the_work_and_without_one_with_the_first_event() -> None:
    assert work_began_seconds(killed_run()) == 1000.0
    assert work_began_seconds(Record(run_info(), operations=(operation("INV-1", 3.0),))) == 1003.0
    assert work_began_seconds(Record(run_info())) == 0.0
    assert work_lasted_seconds(Record(run_info())) == 1.0


def test_throughput_counts_every_close_once() -> None:
    measured = throughput(killed_run(), bucket_seconds=5.0)
    assert [bucket.closes for bucket in measured.buckets] == [0, 2]
    assert measured.peak_per_second == 0.4
    assert measured.mean_per_second == pytest.approx(2 / 9.5)


def test_throughput_of_nothing_is_nothing() -> None:
    assert throughput(Record(run_info())).peak_per_second == 0.0


def test_a_long_run_has_a_bounded_number_of_buckets() -> None:
    record = Record(run_info(), executions=(execution("a-1", 0.0), execution("a-2", 1_000_000.0)))
    measured = throughput(record)
    assert len(measured.buckets) <= 91
    assert sum(bucket.closes for bucket in measured.buckets) == 2


def test_latency_runs_from_the_intended_start() -> None:
    late = operation("INV-1", 0.0, 2.0, invoked_seconds=1001.5)
    assert latency(Record(run_info(), operations=(late,)))[0].max_seconds == 2.0


def test_what_never_returned_is_counted_and_not_guessed() -> None:
    record = Record(run_info(), operations=(operation("INV-1", 0.0), operation("INV-2", 0.0, None)))
    row = latency(record)[0]
    assert (row.name, row.count, row.unanswered) == ("process", 1, 1)


def test_latency_to_the_close_of_the_workflow() -> None:
    row = latency(killed_run())[-1]
    assert (row.name, row.count, row.p50_seconds, row.max_seconds) == ("process → closed", 2, 8.0, 9.0)


def test_an_execution_is_found_by_the_answer_before_the_name() -> None:
    record = Record(
        run_info(),
        operations=(operation("INV-1", 0.0, detail={"workflow_id": "other"}), operation("INV-2", 0.0)),
        executions=(execution("other"), execution("invoice-INV-1"), execution("invoice-INV-2")),
    )
    found = [None if each is None else each.workflow_id for _, each in started_executions(record)]
    assert found == ["other", "invoice-INV-2"]


def test_an_ambiguous_name_is_no_match() -> None:
    record = Record(
        run_info(),
        operations=(operation("1", 0.0),),
        executions=(execution("invoice-1"), execution("report-1", subject="1")),
    )
    assert started_executions(record)[0][1] is None


def test_backlog_in_order_and_relative() -> None:
    points = backlog(killed_run())
    assert [point.at_seconds for point in points] == pytest.approx([1.0, 9.9])
    assert [(point.running, point.backlog) for point in points] == [(2, 1), (0, 0)]
