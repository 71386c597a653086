"""Requests and effects beside each other."""

from __future__ import annotations

from harness.record.record import Record, WorldAttempt
from harness.record.testing_records import effect, killed_run
from harness.report.requests import asked
from harness.report.summary import summary


def request(number: int, outcome: str) -> WorldAttempt:
    return WorldAttempt(f"w{number}", "accounting", "book", "k", "INV-1", 1.0, outcome)


def rows(record: Record) -> dict[tuple[str, str], tuple[int, ...]]:
    found = asked(record, summary(record, []).effects)
    return {
        (row.service, row.operation): (row.requests, row.accepted, row.replayed, row.refused, row.errors)
        for row in found
    }


def test_outcomes_are_counted_in_their_columns() -> None:
    outcomes = ("accepted", "dropped", "replayed", "refused", "conflict", "error", "in_flight", "unanswered")
    requests = tuple(request(number, outcome) for number, outcome in enumerate(outcomes))
    effects = (effect("INV-1", "accounting", "book"), effect("INV-2", "accounting", "book"))
    record = killed_run(world_attempts=requests, effects=effects)
    assert rows(record) == {("accounting", "book"): (8, 2, 1, 2, 3)}


def test_what_was_only_asked_and_what_only_happened_have_rows_too() -> None:
    record = killed_run(world_attempts=(request(1, "error"),), effects=(effect("INV-1", "payments", "settled"),))
    assert rows(record) == {("accounting", "book"): (1, 0, 0, 0, 1), ("payments", "settled"): (0, 1, 0, 0, 0)}
