"""Replays the histories of a sealed run once more, on the code that made them, and writes nothing into its directory.

Data flow: `assay check` → **replay again** → record → the replay check. The code is the project's as it is here,
or with the patch that the run kept, if its digest is that of the seal; other code says nothing of these histories.
"""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.application.sources import PATCH, Sources, same_sources
from harness.config import ProjectConfig
from harness.record.history_facts import Replayed
from harness.record.integrity.seal import SEAL, Seal
from harness.record.journal import read_journals
from harness.record.lines import pick
from harness.record.rundir import read_run_info
from harness.replay.supervisor import ReplayJob, replay_histories
from harness.stack.endpoints import NAMESPACE
from harness.stack.processes.watchdog import Watchdog
from harness.typed import made


@dataclass(frozen=True)
class ReplayAgain:
    """Replays the histories of a run directory in child processes, as the run itself did."""

    config: ProjectConfig

    def __call__(self, folder: Path, seal: Seal) -> Sequence[Replayed]:
        """How each replay went.

        :raises UsageError: the code that made the run is not here.
        """
        patch = folder / PATCH
        made_by = made(Sources, seal.sources, SEAL)
        run_id = f"replay-{uuid.uuid4().hex[:12]}"
        with (
            same_sources(self.config, made_by, patch if patch.is_file() else None) as version,
            tempfile.TemporaryDirectory(prefix="assay-replay-") as scratch,
            Watchdog(run_id),
        ):
            # The namespace of whoever judges is not that of the run, and a workflow may look at it.
            namespace = read_run_info(folder).parameters.get("namespace", NAMESPACE)
            environment = {"TEMPORAL_NAMESPACE": str(namespace)}
            job = ReplayJob(self.config.app, version, Path(scratch), run_id, environment, histories_of=folder)
            asyncio.run(replay_histories(job))
            lines = read_journals(Path(scratch) / "journal")
            return [pick(Replayed, line) for line in lines if line["kind"] == "replayed"]
