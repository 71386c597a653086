"""A site of one small process, for tests of faults that strike processes by name."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.journal import FileJournal
from harness.stack.containers.network import Attachment
from harness.stack.processes.process import ManagedProcess, Processes
from harness.stack.processes.restart import SERVER_SIDE, Singles

SLEEPER = (sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()")
# Does not end when it is asked to.
STUBBORN = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()",
)


@dataclass(frozen=True)
class SmallSite:
    """What such a fault touches of a site."""

    singles: Singles
    folder: Path
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@contextlib.asynccontextmanager
async def small_site(
    folder: Path, *, name: str, command: Sequence[str] = SLEEPER, side: str = SERVER_SIDE
) -> AsyncIterator[Site]:
    """A site whose only process is called ``name`` and is ``side``'s; it is gone afterwards."""
    (folder / "journal").mkdir()
    processes = Processes(f"test-{folder.name}", folder, FileJournal(folder / "journal" / "harness.jsonl", "harness"))
    singles = Singles(processes)

    async def start() -> ManagedProcess:
        managed = await processes.start(name, command, folder=folder)
        said = managed.log_begins
        await eventually(lambda: managed.log.stat().st_size > said, what=f"{name} to be up", timeout_seconds=60)
        return managed

    try:
        await singles.add(name, start, side)
        yield cast(Site, SmallSite(singles, folder))
    finally:
        await processes.stop_all(grace_seconds=1.0)
