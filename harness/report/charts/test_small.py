"""The small pictures: attempts on their retry ladder, latency as a histogram."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import pytest

from harness.judge.measures import latencies_of
from harness.record.record import Record
from harness.record.testing_records import attempt, execution, killed_run, operation, policy, run_info
from harness.report.charts.ladder import earliest_seconds, retries
from harness.report.charts.small import VALUES_FOR_A_SHAPE, bins, histogram_charts, ladder_charts


def retried() -> Record:
    """One activity fails twice; another is lost with its worker; a third succeeds at once."""
    attempts = (
        attempt("a", 0.0, 0.2, outcome="failed"),
        attempt("a", 1.3, 1.4, outcome="failed", attempt=2),
        attempt("a", 3.5, 3.6, attempt=3),
        attempt("b", 1.0, None, activity="book", activity_id="2"),
        attempt("b", 7.5, 7.6, activity="book", activity_id="2", attempt=2),
        attempt("c", 1.0, 1.1, activity="file", activity_id="3"),
    )
    return killed_run(attempts=attempts, policies=(policy(),))


def test_retries_are_told_from_the_first_attempt_on() -> None:
    found = [
        (each.activity, each.attempt, round(each.after_seconds, 1), each.after_loss) for each in retries(retried())
    ]
    assert found == [("send", 2, 1.3, False), ("send", 3, 3.5, False), ("book", 2, 6.5, True)]


def test_a_retry_whose_first_attempt_nobody_logged_has_no_place() -> None:
    assert retries(Record(run_info(), attempts=(attempt("a", 5.0, 5.1, attempt=2),))) == ()


def test_the_marks_are_the_policys() -> None:
    assert [earliest_seconds(retried(), "send", number) for number in (2, 3, 4)] == [1.0, 3.0, 7.0]
    assert earliest_seconds(retried(), "book", 2) is None


def test_only_what_was_retried_is_drawn_with_a_mark_where_the_policy_is_known() -> None:
    book, send = ladder_charts(retried())
    assert (book.title, send.title) == ("book", "send")
    assert send.description == "1 retried, at most 3 attempts"
    for drawn in (send.wide, send.narrow):
        marks = [each for each in ET.fromstring(drawn) if each.get("class") == "floor-line"]
        assert len(marks) == 2
    assert "floor-line" not in book.wide
    assert "tone-bad" in book.wide
    assert ladder_charts(Record(run_info())) == []


def test_bins_hold_every_value_once_and_leave_no_gap() -> None:
    values = [0.001, 0.0, 0.05, 0.05, 1.0, 12.0]
    found = bins(values)
    assert sum(each.count for each in found) == len(values)
    assert all(before.high == pytest.approx(after.low) for before, after in itertools.pairwise(found))
    assert all(any(each.low * 0.999 <= max(value, 0.001) <= each.high for each in found) for value in values)
    assert bins([]) == ()


def test_a_histogram_for_each_name_that_has_enough_values() -> None:
    names = [str(n) for n in range(VALUES_FOR_A_SHAPE)]
    operations = (*(operation(name, float(n)) for n, name in enumerate(names)), operation("x", 0.0, 9.0, name="pay"))
    executions = tuple(execution(f"invoice-{name}", 20.0) for name in names)
    record = killed_run(operations=operations, executions=executions)
    drawn = histogram_charts(record, "process")
    assert [chart.title for chart in drawn] == ["process", "process → closed"]
    bars = [each for each in ET.fromstring(drawn[0].wide) if each.get("class") == "bar"]
    assert [bar[0].text for bar in bars if float(bar.attrib["height"]) > 0] == ["5 from 100 ms to 158 ms"]


def test_canaries_are_not_measured() -> None:
    record = killed_run(operations=(operation("canary", -3.0, 2.0), operation("INV-1", 0.0, 0.1)))
    assert latencies_of(record)["process"] == [pytest.approx(0.1)]
