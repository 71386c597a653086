"""A server that keeps some hand-made histories, for tests of the final reads."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import temporalio.converter
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

Run = tuple[str, str]
"""Workflow id and run id."""


class KeepsHistories:
    """What the final reads ask of a client. ``listed`` is what visibility shows; ``read`` what was fetched."""

    def __init__(self, histories: Mapping[Run, Sequence[HistoryEvent]], listed: Collection[Run]) -> None:
        self.data_converter = temporalio.converter.DataConverter.default
        self.read: list[Run] = []
        self._histories, self._listed = histories, listed

    async def list_workflows(self, query: str) -> AsyncIterator[Any]:
        """See the SDK's client."""
        for workflow_id, run_id in self._listed:
            yield SimpleNamespace(id=workflow_id, run_id=run_id)

    def get_workflow_handle(self, workflow_id: str, run_id: str | None = None) -> Any:
        """See the SDK's client. The last run of a workflow is the last of its histories."""

        async def describe() -> Any:
            runs = [run for of_workflow, run in self._histories if of_workflow == workflow_id]
            if not runs:
                raise RPCError("no such workflow", RPCStatusCode.NOT_FOUND, b"")
            return SimpleNamespace(run_id=runs[-1])

        async def fetch_history() -> WorkflowHistory:
            self.read.append((workflow_id, str(run_id)))
            return WorkflowHistory(workflow_id, self._histories[workflow_id, str(run_id)])

        return SimpleNamespace(describe=describe, fetch_history=fetch_history)


def begun(workflow_id: str, before: str = "") -> HistoryEvent:
    """The first event of a run."""
    event = HistoryEvent(event_id=1)
    event.workflow_execution_started_event_attributes.workflow_id = workflow_id
    event.workflow_execution_started_event_attributes.continued_execution_run_id = before
    return event


def scheduled(activity: str, attempts: int) -> HistoryEvent:
    """An activity with a policy."""
    event = HistoryEvent(event_id=2)
    event.activity_task_scheduled_event_attributes.activity_type.name = activity
    event.activity_task_scheduled_event_attributes.retry_policy.maximum_attempts = attempts
    return event


def goes_on_in(run_id: str) -> HistoryEvent:
    """The last event of a run that is continued as new."""
    event = HistoryEvent(event_id=9)
    event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id = run_id
    return event


def completed(data: bytes = b'"done"', encoding: bytes = b"json/plain") -> HistoryEvent:
    """The last event of a run that returns this."""
    event = HistoryEvent(event_id=9)
    result = event.workflow_execution_completed_event_attributes.result
    result.payloads.add(metadata={"encoding": encoding}, data=data)
    return event


def chain(workflow_id: str, runs: Sequence[str]) -> dict[Run, Sequence[HistoryEvent]]:
    """The histories of runs of which each goes on in the next, and the last is completed."""
    after = dict(itertools.pairwise(runs))
    before = {later: earlier for earlier, later in after.items()}
    return {
        (workflow_id, run): [
            begun(workflow_id, before.get(run, "")),
            goes_on_in(after[run]) if run in after else completed(),
        ]
        for run in runs
    }
