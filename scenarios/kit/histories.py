"""``python -m scenarios.kit.histories`` (`make histories`): record the replay corpus again, on a dev server of its own.

Each family has a corpus: ``record_all`` of its ``histories/record.py`` drives every path of the family and writes what
comes of it beside itself, one file per run, as the SDK's Replayer reads it.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory

from harness.record.journal import FileJournal
from harness.replay.recording.handlers import of_class
from harness.replay.recording.keep import forget, keep, keep_handlers, read_manifest
from harness.sim.surface import workflow_definition
from harness.stack.dev import SERVER, DevServer, start_dev_server
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes
from harness.stack.processes.watchdog import Watchdog
from scenarios.kit.folders import SCENARIOS, family_folders
from workflows.app import app

SOURCE = "make histories"
"""What the manifest says of where they came from."""


def corpora() -> list[Path]:
    """The folder of each family's histories."""
    return [folder / "histories" for folder in family_folders() if (folder / "histories" / "record.py").is_file()]


def write_history(history: WorkflowHistory, file: Path) -> Path:
    """Keep a history in the corpus of the file's folder, compressed, and return where: the name gets a ``.gz``.

    It was recorded on a task queue of its own, so that each path has its own worker; it is kept on the one on which the
    application serves its workflow.
    """
    begun = history.events[0].workflow_execution_started_event_attributes
    written = _on_queue(history.to_json_dict(), begun.task_queue.name, _queue_of(begun.workflow_type.name))
    served = WorkflowHistory.from_json(history.workflow_id, written)
    entry = keep(served, file.parent, SOURCE, file.name.removesuffix(".json"))
    assert entry is not None
    return file.parent / entry.file


def _handlers(folder: Path) -> dict[str, list[str]]:
    """What the workflows take whose histories are there."""
    types = {entry.workflow_type for entry in read_manifest(folder).values()}
    workflows = (each for queue in app.queues.values() for each in queue.workflows)
    return {name: of_class(each) for each in workflows if (name := str(workflow_definition(each).name)) in types}


def _queue_of(workflow_type: str) -> str:
    return next(
        name
        for name, queue in app.queues.items()
        if workflow_type in {workflow_definition(each).name for each in queue.workflows}
    )


def _on_queue(value: Any, recorded: str, queue: str) -> Any:
    """JSON of a history with another name of the task queue, wherever it stands as one."""
    if isinstance(value, list):
        return [_on_queue(item, recorded, queue) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {"name", "normalName"} if "kind" in value else set()
    return {
        key: queue if key in renamed and item == recorded else _on_queue(item, recorded, queue)
        for key, item in value.items()
    }


async def main() -> int:
    """Record every corpus; files of paths that are no more are removed."""
    with tempfile.TemporaryDirectory(prefix="assay-histories-") as scratch:
        run_id = f"histories-{uuid.uuid4().hex}"
        processes = Processes(run_id, Path(scratch), FileJournal(Path(scratch) / "journal.jsonl", "histories"))
        server = DevServer(free_ports(1)[0], Path(scratch) / "temporal.db", app.search_attributes)
        with Watchdog(run_id):
            await start_dev_server(server, processes, folder=Path(scratch))
            try:
                client = await Client.connect(server.address, data_converter=app.data_converter)
                for folder in corpora():
                    record = importlib.import_module(f"scenarios.{folder.parent.name}.histories.record")
                    written = set(await record.record_all(client, folder))
                    forget(folder, SOURCE, written)
                    keep_handlers(folder, _handlers(folder))
                    print(f"recorded {len(written)} histories in {folder.relative_to(SCENARIOS.parent)}/")
            finally:
                await processes.stop_all(grace_seconds=10.0, last=[[SERVER]])
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
