"""A real process is stopped and goes on; what does not stand still is an error."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from chaos.processes.process_pause import ProcessPause
from chaos.processes.testing_processes import small_site
from harness.errors import UsageError, WaitTimeout


async def test_it_stands_still_until_it_is_healed(tmp_path: Path) -> None:
    async with small_site(tmp_path, name="postgres") as site:
        fault = ProcessPause("postgres", 1.0)
        landed = await fault.inject(site, None)
        process = psutil.Process(int(landed.split("process ")[1].split(")")[0]))
        assert process.status() == psutil.STATUS_STOPPED
        await fault.heal(site)
        await fault.heal(site)
        assert process.status() != psutil.STATUS_STOPPED
        assert fault.felt(site) is None


async def test_a_process_that_the_stack_lacks_is_refused_by_name(tmp_path: Path) -> None:
    async with small_site(tmp_path, name="world") as site:
        with pytest.raises(UsageError, match="no process called 'postgres'; it has world"):
            await ProcessPause("postgres", 1.0).inject(site, None)


async def test_a_process_that_does_not_stand_still_has_not_landed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with small_site(tmp_path, name="world") as site:
        monkeypatch.setattr("chaos.processes.process_pause.STANDS_WITHIN_SECONDS", 0.2)
        pid = site.singles.pause("world")
        site.singles.resume("world")
        monkeypatch.setattr(site.singles, "pause", lambda name: pid)
        with pytest.raises(WaitTimeout, match="world to stand still"):
            await ProcessPause("world", 1.0).inject(site, None)


async def test_one_that_ends_while_it_stands_still_is_healed(tmp_path: Path) -> None:
    async with small_site(tmp_path, name="world") as site:
        fault = ProcessPause("world", 1.0)
        landed = await fault.inject(site, None)
        process = psutil.Process(int(landed.split("process ")[1].split(")")[0]))
        process.kill()
        await asyncio.to_thread(process.wait, 10.0)
        await fault.heal(site)
        assert not site.singles.stands_still("world")
