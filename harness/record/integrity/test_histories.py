"""What begins while the histories are read is in none of them, if its workflow was still open; all else must be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.application.contract import Application
from harness.record.integrity.histories import _of_the_attempts
from harness.record.lines import Line

APP = cast(Application, SimpleNamespace(subject_of=lambda workflow_id: workflow_id))
READS_SECONDS = 100.0


def lines_of(began_seconds: float, run_id: str = "later") -> list[Line]:
    """The final reads, and an attempt that no history has scheduled."""
    attempt = {"workflow_id": "order-1", "run_id": run_id, "activity_id": "1", "activity": "pay", "subject": "order-1"}
    lines: list[dict[str, Any]] = [
        {"kind": "phase", "name": "final-reads", "event": "entered", "at_seconds": READS_SECONDS},
        {"kind": "attempt-start", "at_seconds": began_seconds, **attempt},
        {"kind": "phase", "name": "final-reads", "event": "left", "at_seconds": READS_SECONDS + 9},
    ]
    return [{"writer": "worker-1.1", "seq": number, **line} for number, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("statuses", "began_seconds", "found"),
    [
        (["RUNNING"], READS_SECONDS + 1, 0),
        (["CONTINUED_AS_NEW"], READS_SECONDS + 1, 0),
        (["RUNNING"], READS_SECONDS - 1, 1),
        (["COMPLETED"], READS_SECONDS + 1, 1),
        (["CONTINUED_AS_NEW", "COMPLETED"], READS_SECONDS + 1, 1),
    ],
)
def test_only_an_open_workflow_goes_on_while_it_is_read(statuses: list[str], began_seconds: float, found: int) -> None:
    executions: dict[str, Line] = {
        f"{number}.json": {"workflow_id": "order-1", "run_id": str(number), "status": status}
        for number, status in enumerate(statuses)
    }
    assert len(list(_of_the_attempts({}, executions, APP, lines_of(began_seconds)))) == found


@pytest.mark.parametrize(
    ("statuses", "run_id", "found"),
    [
        (["RUNNING"], "0", 0),
        (["CONTINUED_AS_NEW"], "0", 1),
        (["CONTINUED_AS_NEW", "RUNNING"], "0", 1),
        (["COMPLETED", "RUNNING"], "0", 1),
        (["COMPLETED", "RUNNING"], "1", 0),
        (["FAILED", "RUNNING"], "later", 0),
        ([], "later", 0),
    ],
)
def test_a_run_that_was_read_to_its_end_begins_nothing_and_one_before_it_ends_no_other(
    statuses: list[str], run_id: str, found: int
) -> None:
    executions: dict[str, Line] = {
        f"{number}.json": {"workflow_id": "order-1", "run_id": str(number), "status": status}
        for number, status in enumerate(statuses)
    }
    assert len(list(_of_the_attempts({}, executions, APP, lines_of(READS_SECONDS + 1, run_id)))) == found
