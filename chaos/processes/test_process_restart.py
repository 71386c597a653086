"""A real process is asked to finish and comes back; what has to be killed, or does not come back, is an error."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from chaos.processes.process_restart import ProcessRestart
from chaos.processes.testing_processes import STUBBORN, small_site
from harness.errors import EnvironmentMissing, UsageError
from harness.record.journal import read_journal


def ends(folder: Path) -> list[str]:
    """How the processes of the test have ended, as the journal has it."""
    lines = read_journal(folder / "journal" / "harness.jsonl")
    return [line["detail"] for line in lines if line["kind"] == "process" and line["event"] == "stopped"]


async def test_it_ends_by_itself_and_is_started_again_once(tmp_path: Path) -> None:
    async with small_site(tmp_path, name="api") as site:
        fault = ProcessRestart("api", 1.0)
        landed = await fault.inject(site, None)
        gone = int(landed.split("process ")[1].split(")")[0])
        assert not psutil.pid_exists(gone)
        assert not site.singles.alive("api")
        await fault.heal(site)
        back = site.singles.pause("api")
        site.singles.resume("api")
        assert back != gone
        await fault.heal(site)
        assert site.singles.pause("api") == back
        site.singles.resume("api")
        assert not site.singles.lock("api").locked()
        assert fault.felt(site) is None
        assert ends(tmp_path) == ["exit code -15"]


async def test_one_that_has_to_be_killed_has_not_landed_and_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chaos.processes.process_restart.STOP_GRACE_SECONDS", 0.2)
    async with small_site(tmp_path, name="history", command=STUBBORN) as site:
        fault = ProcessRestart("history", 1.0)
        with pytest.raises(EnvironmentMissing, match=r"had not ended 0\.2 s after it was asked to, and was killed"):
            await fault.inject(site, None)
        assert not site.singles.alive("history")
        await fault.heal(site)
        assert site.singles.alive("history")


async def test_one_that_is_not_running_has_not_landed(tmp_path: Path) -> None:
    async with small_site(tmp_path, name="history") as site:
        await site.singles.kill("history")
        fault = ProcessRestart("history", 1.0)
        with pytest.raises(EnvironmentMissing, match="history was not running when it was to be stopped"):
            await fault.inject(site, None)
        await fault.heal(site)


async def test_a_heal_that_does_nothing_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def idle(name: str) -> None:
        """Start nothing."""

    async with small_site(tmp_path, name="world") as site:
        fault = ProcessRestart("world", 1.0)
        await fault.inject(site, None)
        with monkeypatch.context() as broken:
            broken.setattr(site.singles, "start", idle)
            with pytest.raises(EnvironmentMissing, match="world was started again and does not run"):
                await fault.heal(site)
        await fault.heal(site)
        assert site.singles.alive("world")


async def test_what_the_stack_lacks_is_refused_by_name(tmp_path: Path) -> None:
    async with small_site(tmp_path, name="world") as site:
        fault = ProcessRestart("postgres", 1.0)
        with pytest.raises(UsageError, match="no process called 'postgres'; it has world"):
            await fault.inject(site, None)
        await fault.heal(site)


def test_it_cannot_be_away_for_less_than_no_time() -> None:
    with pytest.raises(UsageError, match="give down_seconds of 0 or more"):
        ProcessRestart("api", -1.0)
