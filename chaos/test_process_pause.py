"""A real process is stopped and goes on; what does not stand still is an error."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import psutil
import pytest

from chaos.process_pause import ProcessPause
from harness.errors import UsageError, WaitTimeout
from harness.journal import FileJournal
from harness.site import Site
from harness.stack.process import Processes
from harness.stack.restart import Singles

SLEEPER = (sys.executable, "-c", "import signal; signal.pause()")


@dataclass(frozen=True)
class SmallSite:
    """What the fault touches of a site."""

    singles: Singles
    folder: Path
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


async def small_site(folder: Path, *, name: str) -> tuple[Site, Processes]:
    (folder / "journal").mkdir()
    processes = Processes("pause", folder, FileJournal(folder / "journal" / "harness.jsonl", "harness"))
    singles = Singles(processes)
    await singles.add(name, lambda: processes.start(name, SLEEPER, folder=folder))
    return cast(Site, SmallSite(singles, folder)), processes


async def test_it_stands_still_until_it_is_healed(tmp_path: Path) -> None:
    site, processes = await small_site(tmp_path, name="postgres")
    fault = ProcessPause("postgres", 1.0)
    try:
        landed = await fault.inject(site, None)
        process = psutil.Process(int(landed.split("process ")[1].split(")")[0]))
        assert process.status() == psutil.STATUS_STOPPED
        await fault.heal(site)
        await fault.heal(site)
        assert process.status() != psutil.STATUS_STOPPED
        assert fault.felt(site) is None
    finally:
        await processes.stop_all(grace_seconds=1.0)


async def test_a_process_that_the_stack_lacks_is_refused_by_name(tmp_path: Path) -> None:
    site, processes = await small_site(tmp_path, name="world")
    try:
        with pytest.raises(UsageError, match="no process called 'postgres'; it has world"):
            await ProcessPause("postgres", 1.0).inject(site, None)
    finally:
        await processes.stop_all(grace_seconds=1.0)


async def test_a_process_that_does_not_stand_still_has_not_landed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, processes = await small_site(tmp_path, name="world")
    monkeypatch.setattr("chaos.process_pause.STANDS_WITHIN_SECONDS", 0.2)
    pid = site.singles.pause("world")
    site.singles.resume("world")
    monkeypatch.setattr(site.singles, "pause", lambda name: pid)
    try:
        with pytest.raises(WaitTimeout, match="world to stand still"):
            await ProcessPause("world", 1.0).inject(site, None)
    finally:
        await processes.stop_all(grace_seconds=1.0)
