"""Records the corpus of reports: one of the past, one that waits for its instant, and one that is held and resumed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from harness.poll import eventually
from scenarios.kit.company import API_ADDRESS, company
from scenarios.kit.histories import write_history
from scenarios.reports.workload.ledger import INSTANTS
from scenarios.world.faults import Arrival, Fate
from scenarios.world.holds import HoldPoint
from scenarios.world.host import HOST_CLOCK, Tasks
from scenarios.world.register import Request
from workflows.app import app
from workflows.reports.family import FAMILY
from workflows.reports.model import TASK_QUEUE, workflow_id
from workflows.reports.workflow import ReportProduction

RECIPIENTS = ("cfo@traf3li.example", "auditor@traf3li.example")
HELD_WITHIN_SECONDS = 60.0


@dataclass
class Away:
    """See ``scenarios.world.faults.Faults``: accounting answers nobody while it is away."""

    away: bool = False

    async def arriving(self, request: Request) -> Fate:
        """An error, or nothing wrong."""
        return Fate(error_status=503 if self.away and request.service == "accounting" else None)

    async def stand(self, arrival: Arrival, point: HoldPoint) -> bool:
        """Nobody is held."""
        return True


async def record_all(client: Client, folder: Path) -> list[Path]:
    """Drive every path and write a file for each."""
    queue, written, faults = f"reports-{uuid.uuid4()}", [], Away()
    opened = company(HOST_CLOCK, Tasks(), client, faults=faults, environment={"TEMPORAL_TASK_QUEUE": queue})
    paths = {"sent": INSTANTS[1], "waited": datetime.now(UTC) + timedelta(seconds=2), "held": INSTANTS[2]}
    async with (
        httpx.AsyncClient(transport=opened.http, base_url=f"http://{API_ADDRESS}") as api,
        Worker(
            client,
            task_queue=queue,
            workflows=FAMILY.queues[TASK_QUEUE].workflows,
            activities=FAMILY.activities(opened.ports.of[FAMILY.name]),
            interceptors=app.interceptors,
        ),
    ):
        for name, as_of in paths.items():
            faults.away = name == "held"
            report_id = f"{queue}-{name}"
            report = {"report_id": report_id, "as_of": as_of.isoformat(), "recipients": RECIPIENTS}
            (await api.post("/reports", json=report)).raise_for_status()
            handle = client.get_workflow_handle(workflow_id(report_id))
            if faults.away:
                await _held(handle)
                faults.away = False
                await handle.signal(ReportProduction.resume)
            await handle.result()
            written.append(write_history(await handle.fetch_history(), folder / f"{name}.json"))
    await opened.close()
    return written


async def _held(handle: WorkflowHandle[Any, Any]) -> None:
    async def is_held() -> bool:
        shown = (await handle.describe()).typed_search_attributes
        return any(pair.value == "held" for pair in shown)

    await eventually(is_held, what=f"{handle.id} to be held", timeout_seconds=HELD_WITHIN_SECONDS)
