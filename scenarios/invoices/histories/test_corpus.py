"""The corpus holds a history of every path and of every status that an invoice can have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from harness.record.history_reader import status_of
from harness.replay.gate.corpus import files_below
from harness.replay.gate.staging import read_bytes
from harness.replay.recording.keep import read_manifest
from scenarios.invoices.histories.paths import PATHS
from workflows.invoices.model import Status

pytestmark = pytest.mark.replay
FILES = sorted(files_below(Path(__file__).parent))


def read(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, read_bytes(file).decode())


def statuses(history: WorkflowHistory) -> set[str]:
    """Every status that the execution showed as its search attribute."""
    kind = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    changes = [event for event in history.events if event.event_type == kind]
    fields = [c.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields for c in changes]
    return {json.loads(field["BusinessStatus"].data) for field in fields if "BusinessStatus" in field}


def test_the_corpus_is_there() -> None:
    assert FILES, "scenarios/invoices/histories is empty; `make histories` records it"


def test_every_path_has_a_history() -> None:
    missing = set(PATHS) - {file.name.split(".")[0] for file in FILES}
    assert not missing, f"no history of {sorted(missing)}; `make histories` records them"


def test_an_execution_is_in_flight_and_one_was_resumed_by_its_signal() -> None:
    events = [list(read(file).events) for file in FILES]
    assert any(status_of(each) == "RUNNING" for each in events)
    signals = {event.workflow_execution_signaled_event_attributes.signal_name for each in events for event in each}
    assert "resume" in signals


def test_the_manifest_says_what_each_is() -> None:
    assert set(read_manifest(Path(__file__).parent)) == {file.name for file in FILES}


def test_it_is_small() -> None:
    assert sum(file.stat().st_size for file in FILES) < 5_000_000


def test_every_status_has_a_history() -> None:
    shown = set().union(*(statuses(read(file)) for file in FILES))
    missing = {status.value for status in Status} - shown
    assert not missing, f"no history passes through {sorted(missing)}; add a path and run `make histories`"
