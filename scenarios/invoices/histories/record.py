"""Records the corpus of invoices: every path driven by itself, its outside in memory (`make histories`)."""

from __future__ import annotations

import uuid
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

from scenarios.invoices.histories.bench import Bench, run_ids
from scenarios.invoices.histories.paths import PATHS
from scenarios.kit.histories import write_history
from workflows.app import app
from workflows.invoices.family import FAMILY
from workflows.invoices.model import TASK_QUEUE
from workflows.invoices.testing_outside import Surroundings


async def record_all(client: Client, folder: Path) -> list[Path]:
    """Drive every path and write one file per run: ``PATH.NUMBER.json``."""
    written = []
    for name, drive in PATHS.items():
        bench = Bench(client, f"{name}-{uuid.uuid4().hex[:8]}", Surroundings())
        async with Worker(
            client,
            task_queue=bench.task_queue,
            workflows=FAMILY.queues[TASK_QUEUE].workflows,
            activities=FAMILY.activities(bench.outside.ports()),
            interceptors=app.interceptors,
        ):
            handle = await drive(bench)
        for number, run_id in enumerate(await run_ids(client, handle), start=1):
            history = await client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
            written.append(write_history(history, folder / f"{name}.{number}.json"))
    return written
