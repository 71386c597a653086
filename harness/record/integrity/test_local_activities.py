"""Local activities are in a history as markers, once their workflow task is completed, and in the log of attempts."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import temporalio.converter
from google.protobuf import json_format
from temporalio.api.history.v1 import History, HistoryEvent

from harness.application.contract import Application
from harness.record.history_endings import execution_in, file_of
from harness.record.history_reader import facts_of
from harness.record.integrity.histories import disagreements, kept
from harness.record.lines import Line

CONVERTER = temporalio.converter.DataConverter.default
APP = cast(Application, SimpleNamespace(subject_of=str, status_attribute=None, data_converter=CONVERTER))
IDS = {"workflow_id": "order-1", "run_id": "run-1", "subject": "order-1"}
UNLOGGED = "attempt 1 of the local activity pay was completed, and no journal mentions its completion"
NOT_SCHEDULED = "no history has scheduled pay of order-1"


def recorded(activity_id: str, attempt: int = 1, *, failed: bool = False) -> HistoryEvent:
    """The marker of a local activity."""
    event = HistoryEvent()
    marker = event.marker_recorded_event_attributes
    marker.marker_name = "core_local_activity"
    said = {"activity_id": activity_id, "attempt": attempt, "activity_type": "pay"}
    marker.details["data"].payloads.add(data=json.dumps(said).encode())
    if failed:
        marker.failure.message = "no money"
    return event


def attempt(kind: str, activity_id: str = "1", **fields: Any) -> dict[str, Any]:
    """A line of the log of attempts."""
    whose = {**IDS, "activity_id": activity_id, "activity": "pay", "attempt": 1, "local": True}
    return {"kind": kind, "at_seconds": 1.0, **whose, **fields}


BEGUN, ENDED = attempt("attempt-start"), attempt("attempt-end", outcome="completed")
CUT = attempt("attempt-end", outcome="failed", error="the workflow task was lost")


def told(folder: Path, markers: Iterable[HistoryEvent], attempts: Iterable[Line], **line: Any) -> list[str]:
    """What does not agree, of one history with these markers and this log."""
    begun, ended = HistoryEvent(), HistoryEvent()
    begun.workflow_execution_started_event_attributes.workflow_id = "order-1"
    ended.workflow_execution_completed_event_attributes.SetInParent()
    events = [begun, *markers, ended]
    (folder / "histories").mkdir()
    (folder / "histories" / file_of("run-1")).write_text(json_format.MessageToJson(History(events=events)))
    lines: list[Line] = [
        {"kind": "execution", **IDS, **asyncio.run(execution_in(CONVERTER, events, None))},
        {"kind": "history-facts", **IDS, **facts_of(events, None)},
        {"kind": "phase", "name": "final-reads", "event": "entered", "at_seconds": 2.0},
        {"kind": "histories-kept", "sha256": kept(folder)},
        *attempts,
    ]
    numbers = itertools.count()
    journalled = [{"writer": "w", "seq": next(numbers), "at_seconds": 3.0, **each} for each in lines]
    return [finding.message for finding in disagreements(folder, APP, journalled)]


@pytest.mark.parametrize(
    ("marker", "attempts", "found"),
    [
        (recorded("1"), [BEGUN, ENDED], []),
        (recorded("1"), [BEGUN, CUT, BEGUN, ENDED], []),
        (recorded("1"), [BEGUN, ENDED, BEGUN, CUT], []),
        (recorded("1", failed=True), [BEGUN, CUT], []),
        (recorded("1"), [], [UNLOGGED]),
        (recorded("1"), [BEGUN], [UNLOGGED]),
        (recorded("1"), [BEGUN, CUT], [UNLOGGED]),
        (recorded("1"), [BEGUN, {**ENDED, "activity_id": "2"}], [UNLOGGED]),
        (recorded("1"), [BEGUN, {**ENDED, "run_id": "run-2"}], [UNLOGGED]),
        (recorded("1"), [BEGUN, {**ENDED, "activity": "ship"}], [UNLOGGED]),
        (recorded("1"), [BEGUN, {**ENDED, "attempt": 2}], [UNLOGGED]),
        (recorded("1"), [{**BEGUN, "local": False}, {**ENDED, "local": False}], [UNLOGGED, NOT_SCHEDULED]),
    ],
    ids=[
        "completed",
        "made again with its task",
        "made again when it was done",
        "failed",
        "of which nothing is logged",
        "whose end is not logged",
        "logged as failed",
        "logged with another id",
        "logged of another run",
        "logged as another activity",
        "logged as another attempt",
        "logged as one that is not local",
    ],
)
def test_a_completed_local_activity_was_logged_as_one(
    tmp_path: Path, marker: HistoryEvent, attempts: list[Line], found: list[str]
) -> None:
    assert told(tmp_path, [marker], attempts) == found


@pytest.mark.parametrize(
    ("begun", "found"),
    [
        (BEGUN, []),
        ({**BEGUN, "local": False}, [NOT_SCHEDULED]),
        ({**BEGUN, "local": None}, [NOT_SCHEDULED]),
        ({**BEGUN, "run_id": "of nobody"}, [NOT_SCHEDULED]),
        ({**BEGUN, "run_id": "of nobody", "local": False}, [NOT_SCHEDULED]),
    ],
    ids=["local", "not local", "not said to be local", "of a run that is not", "of such a run and not local"],
)
def test_only_a_local_activity_of_a_run_that_is_may_be_in_no_history(
    tmp_path: Path, begun: Line, found: list[str]
) -> None:
    assert told(tmp_path, [], [begun]) == found
