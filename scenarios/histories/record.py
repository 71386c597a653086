"""``python -m scenarios.histories.record`` (`make histories`): record the corpus again on a dev server of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from harness.journal import FileJournal
from harness.stack.dev import SERVER, DevServer, start_dev_server
from harness.stack.ports import free_ports
from harness.stack.process import Processes
from harness.stack.watchdog import Watchdog
from scenarios.histories.bench import Bench, run_ids
from scenarios.histories.paths import PATHS
from workflows.app import app
from workflows.in_memory import Outside
from workflows.invoices.model import TASK_QUEUE

CORPUS = Path(__file__).parent


async def record_all(client: Client, folder: Path) -> list[Path]:
    """Drive every path and write one file per run: ``PATH.NUMBER.json``, as the SDK's Replayer reads it."""
    written = []
    for name, drive in PATHS.items():
        bench = Bench(client, f"{name}-{uuid.uuid4().hex[:8]}", Outside())
        async with Worker(
            client,
            task_queue=bench.task_queue,
            workflows=app.queues[TASK_QUEUE].workflows,
            activities=app.activities(bench.outside.ports()),
            interceptors=app.interceptors,
        ):
            handle = await drive(bench)
        for number, run_id in enumerate(await run_ids(client, handle), start=1):
            history = await client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
            file = folder / f"{name}.{number}.json"
            file.write_text(json.dumps(without_stacks(history.to_json_dict()), indent=1) + "\n", encoding="utf-8")
            written.append(file)
    return written


def without_stacks(value: Any) -> Any:
    """The history without the stack traces of failures: they name folders of the machine, and replay needs none."""
    if isinstance(value, dict):
        return {name: "" if name == "stackTrace" else without_stacks(item) for name, item in value.items()}
    return [without_stacks(item) for item in value] if isinstance(value, list) else value


async def main() -> int:
    """Record into this folder; files of paths that are no more are removed."""
    with tempfile.TemporaryDirectory(prefix="assay-histories-") as scratch:
        run_id = f"histories-{uuid.uuid4().hex}"
        processes = Processes(run_id, Path(scratch), FileJournal(Path(scratch) / "journal.jsonl", "histories"))
        server = DevServer(free_ports(1)[0], Path(scratch) / "temporal.db", app.search_attributes)
        with Watchdog(run_id):
            await start_dev_server(server, processes, folder=Path(scratch))
            try:
                client = await Client.connect(server.address, data_converter=app.data_converter)
                written = await record_all(client, CORPUS)
            finally:
                await processes.stop_all(grace_seconds=10.0, last=[[SERVER]])
    for stale in set(CORPUS.glob("*.json")) - set(written):
        stale.unlink()
    print(f"recorded {len(written)} histories of {len(PATHS)} paths in {CORPUS.name}/")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
