"""A server of a few executions, for tests of whoever follows them: each ends when the test says so."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

from temporalio.api.history.v1 import HistoryEvent


class FewExecutions:
    """What a watcher asks of a client. ``listed`` is what visibility shows running; ``fails`` is raised when asked."""

    def __init__(self) -> None:
        self.listed: list[str] = []
        self.fails: dict[str, BaseException] = {}
        self.ended: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def end(self, workflow_id: str) -> None:
        """Close it."""
        self.ended[workflow_id].set()

    async def list_workflows(self, query: str) -> AsyncIterator[Any]:
        """See the SDK's client."""
        for workflow_id in self.listed:
            yield SimpleNamespace(id=workflow_id, run_id=f"run of {workflow_id}")

    def get_workflow_handle(self, workflow_id: str, run_id: str | None = None) -> Any:
        """See the SDK's client."""

        async def describe() -> Any:
            if workflow_id in self.fails:
                raise self.fails[workflow_id]
            return SimpleNamespace(run_id=f"run of {workflow_id}")

        async def events(**options: Any) -> AsyncIterator[HistoryEvent]:
            await self.ended[workflow_id].wait()
            event = HistoryEvent()
            event.workflow_execution_completed_event_attributes.SetInParent()
            yield event

        return SimpleNamespace(describe=describe, fetch_history_events=events)
