"""A worker with reports alone, and what their workflows show; its outside is in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

from workflows.app import app
from workflows.kit.retry import LONG, ORDINARY
from workflows.kit.status import BUSINESS_STATUS
from workflows.kit.testing_waits import until
from workflows.reports.family import FAMILY
from workflows.reports.messages import Archived
from workflows.reports.model import TASK_QUEUE, ReportRequest
from workflows.reports.ports import Ports
from workflows.reports.testing_outside import ReportOutside
from workflows.reports.workflow import ReportProduction

Handle = WorkflowHandle[Any, Archived]


@dataclass
class Running:
    """A worker with a task queue of its own."""

    client: Client
    task_queue: str
    outside: ReportOutside = field(default_factory=ReportOutside)

    async def start(self, report: ReportRequest) -> Handle:
        known_as = f"{self.task_queue}/{report.report_id}"
        return await self.client.start_workflow(ReportProduction.run, report, id=known_as, task_queue=self.task_queue)


@asynccontextmanager
async def working(running: Running, ports: Ports | None = None) -> AsyncIterator[None]:
    async with Worker(
        running.client,
        task_queue=running.task_queue,
        workflows=FAMILY.queues[TASK_QUEUE].workflows,
        activities=FAMILY.activities(ports or running.outside.ports()),
        interceptors=app.interceptors,
    ):
        yield


async def shows(handle: Handle, status: str) -> None:
    async def it_does() -> bool:
        return (await handle.describe()).typed_search_attributes.get(BUSINESS_STATUS) == status

    await until(it_does)


def few_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    for options in (ORDINARY, LONG):
        monkeypatch.setitem(options, "retry_policy", RetryPolicy(maximum_attempts=1))
