"""`pytest -m replay`: today's code takes every recorded history the way the code took it that recorded it.

Never green for nothing: a family without a history fails, as does a history in which no workflow task was completed.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from scenarios.kit.histories import corpora
from workflows.app import app
from workflows.families import families

pytestmark = pytest.mark.replay
FILES = [file for folder in corpora() for file in sorted(folder.glob("*.json"))]
DEADLINE_SECONDS = 60.0


def read(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))


def test_every_family_has_histories() -> None:
    recorded = {file.parents[1].name for file in FILES}
    missing = {family.name for family in families()} - recorded
    assert not missing, f"no history of {sorted(missing)}; `make histories` records them"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}-{file.stem}")
async def test_todays_code_replays(file: Path) -> None:
    history = read(file)
    done = [event for event in history.events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
    assert done, "no workflow task was completed in it, so replaying it would prove nothing"
    workflows = [workflow for queue in app.queues.values() for workflow in queue.workflows]
    replayer = Replayer(workflows=workflows, data_converter=app.data_converter)
    async with asyncio.timeout(DEADLINE_SECONDS):
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    assert result.replay_failure is None
