"""The executions of one company on a real server: followed to their end, read, and replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from harness.application.contract import Application
from harness.experiment.final_reads import read_everything
from harness.experiment.watch import Watcher
from harness.record.memory_journal import MemoryJournal
from harness.replay.child import replay


@dataclass(frozen=True)
class ServerRuns:
    """See ``harness.simulate.phases.Runs``.

    :param seen: how much workers and world have written so far.
    :param folder: where the histories are kept until they are replayed.
    """

    app: Application
    client: Client
    watcher: Watcher
    seen: Callable[[], int]
    folder: Path

    def accepted(self, workflow_id: str) -> None:
        """Follow it."""
        self.watcher.follow(workflow_id)

    def progress(self) -> tuple[int, int]:
        """How many have ended, and how much has been done."""
        return self.watcher.closed_count, self.seen()

    def open(self) -> bool:
        """See ``Runs``."""
        return self.watcher.open_count > 0

    async def read(self, journal: MemoryJournal) -> None:
        """See ``Runs``; and replay each history on the code that made it."""
        app = self.app
        await read_everything(self.client, app.status_attribute, app.subject_of, self.folder, journal)
        await replay(app, sorted((self.folder / "histories").glob("*.json")), journal)
