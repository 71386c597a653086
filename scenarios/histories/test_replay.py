"""`pytest -m replay`: today's code takes every recorded history the way the code took it that recorded it.

Never green for nothing: an empty corpus fails, as do a status that no history passes through, a path without a history,
and a history in which no workflow task was completed.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from scenarios.histories.paths import PATHS
from scenarios.histories.record import CORPUS
from workflows.app import app
from workflows.invoices.model import TASK_QUEUE, Status

pytestmark = pytest.mark.replay
FILES = sorted(CORPUS.glob("*.json"))
DEADLINE_SECONDS = 30.0


def read(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))


def statuses(history: WorkflowHistory) -> set[str]:
    """Every status that the execution showed as its search attribute."""
    kind = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    changes = [event for event in history.events if event.event_type == kind]
    fields = [c.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields for c in changes]
    return {json.loads(field["InvoiceStatus"].data) for field in fields if "InvoiceStatus" in field}


def test_the_corpus_is_there() -> None:
    assert FILES, "scenarios/histories is empty; `make histories` records it"


def test_every_path_has_a_history() -> None:
    missing = set(PATHS) - {file.name.split(".")[0] for file in FILES}
    assert not missing, f"no history of {sorted(missing)}; `make histories` records them"


def test_every_status_has_a_history() -> None:
    shown = set().union(*(statuses(read(file)) for file in FILES))
    missing = {status.value for status in Status} - shown
    assert not missing, f"no history passes through {sorted(missing)}; add a path and run `make histories`"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_todays_code_replays(file: Path) -> None:
    history = read(file)
    done = [event for event in history.events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
    assert done, "no workflow task was completed in it, so replaying it would prove nothing"
    replayer = Replayer(workflows=app.queues[TASK_QUEUE].workflows, data_converter=app.data_converter)
    async with asyncio.timeout(DEADLINE_SECONDS):
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    assert result.replay_failure is None
