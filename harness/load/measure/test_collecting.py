"""What workers report is added up once, whatever comes late, twice, or not at all."""

from __future__ import annotations

from harness.load.measure.collecting import Collected, Snapshot
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Kind, Measurements, Row
from harness.load.measure.offered import Offered

ROW = Row(Kind.START, "Order")


def snapshot(count: int, *, tag: str = "t", troubles: tuple[str, ...] = ()) -> Snapshot:
    measurements = Measurements()
    for _ in range(count):
        measurements.began(ROW)
        measurements.ended_closed(ROW, took_seconds=0.1, expected_interval_seconds=0)
    lag = Latencies()
    for _ in range(count):
        lag.record(0.02)
    return Snapshot(measurements, Offered(count, count), troubles, tag, lag)


def succeeded(collected: Collected) -> int:
    [row] = collected.all().measurements.summaries()
    return row.succeeded


def test_a_snapshot_comes_through_a_message_as_it_was() -> None:
    sent = snapshot(3, troubles=("a user failed",))
    got = Snapshot.from_json(sent.to_json())
    assert got.measurements.to_json() == sent.measurements.to_json()
    assert (got.offered, got.troubles, got.tag) == (sent.offered, sent.troubles, "t")
    assert got.lag.counts() == sent.lag.counts()


def test_reports_replace_and_workers_add_up() -> None:
    collected = Collected("t", ending=True)
    for count in (1, 2, 2):
        collected.heard("one", snapshot(count))
    collected.heard("one", snapshot(3), last=True)
    collected.heard("other", snapshot(4), last=True)
    assert succeeded(collected) == 7
    assert collected.all().offered == Offered(7, 7)
    assert collected.all().lag.count == 7
    assert collected.all().troubles == ()


def test_what_comes_after_the_last_word_is_older() -> None:
    collected = Collected("t")
    collected.heard("one", snapshot(3), last=True)
    collected.heard("one", snapshot(2))
    assert succeeded(collected) == 3


def test_a_report_of_the_test_before_is_no_news() -> None:
    collected = Collected("t")
    collected.heard("one", snapshot(9, tag="before"), last=True)
    assert collected.all().measurements.summaries() == ()
    assert collected.spoken == set()


def test_a_worker_without_a_last_word_is_a_trouble_and_what_it_said_counts() -> None:
    collected = Collected("t", ending=True)
    collected.heard("one", snapshot(3))
    collected.heard("other", snapshot(4, troubles=("a user failed",)), last=True)
    assert succeeded(collected) == 7
    lost, failed = collected.all().troubles
    assert "worker one was lost" in lost
    assert failed == "a user failed"


def test_a_worker_that_was_never_heard_of_is_a_trouble() -> None:
    collected = Collected("t", frozenset({"one", "other"}), ending=True)
    collected.heard("one", snapshot(3), last=True)
    [lost] = collected.all().troubles
    assert "worker other was lost" in lost


def test_a_worker_that_leaves_before_the_end_is_a_trouble() -> None:
    collected = Collected("t")
    collected.heard("one", snapshot(3), last=True)
    collected.ending = True
    collected.heard("other", snapshot(4), last=True)
    [left] = collected.all().troubles
    assert "worker one left before the end" in left
