"""Processes are watched, ended, and found again by their run id: with real processes and real signals."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import pytest

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.record.journal import FileJournal, read_journal
from harness.stack.processes import process
from harness.stack.processes.home import Ending
from harness.stack.processes.process import ManagedProcess, Processes
from harness.stack.processes.sweep import end_processes_of, processes_of

SLEEPER = (sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()")
# A child that ignores SIGTERM and has a child of its own: nothing short of a SIGKILL to the group ends both.
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
    "print('up', flush=True); signal.pause()",
)
# What PostgreSQL does: children in sessions of their own whose environment is gone, and something to put away that a
# SIGKILL would leave behind (here a file, there shared memory).
HOUSEHOLD = (
    sys.executable,
    "-c",
    "import pathlib, signal, subprocess, sys; pathlib.Path('segment').touch();"
    "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGQUIT]);"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'],"
    "                         env={}, start_new_session=True);"
    "print('up', flush=True); signal.sigwait([signal.SIGQUIT]);"
    "pathlib.Path('segment').unlink(); child.kill(); child.wait()",
)
TIDY = Ending(kill=signal.SIGQUIT)


class Elsewhere:
    """Signals of what runs elsewhere, and has ended at the first of them: its process here has not noticed."""

    pid = 1

    def send(self, number: signal.Signals) -> None: ...

    def stands_still(self) -> bool:
        return False

    def gone(self) -> bool:
        return True


class Bench:
    """Processes of one made-up run, with its journal."""

    def __init__(self, folder: Path) -> None:
        self.run_id = f"test-{uuid.uuid4().hex}"
        self.folder = folder
        self.journal = folder / "journal.jsonl"
        self.processes = Processes(self.run_id, folder / "logs", FileJournal(self.journal, "test"))

    async def start(self, command: tuple[str, ...], name: str = "child") -> int:
        return (await self.begin(command, name, Ending())).pid

    async def begin(self, command: tuple[str, ...], name: str, ending: Ending) -> ManagedProcess:
        managed = await self.processes.start(name, command, folder=self.folder, ending=ending)
        await eventually(lambda: "up" in managed.log.read_text(), what="the child to be up", timeout_seconds=60)
        return managed

    def events(self) -> list[str]:
        return [record["event"] for record in read_journal(self.journal)]


async def test_stopping_all_leaves_no_process_and_no_death(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.start(SLEEPER)
    await bench.start(STUBBORN, "stubborn")
    assert len(processes_of(bench.run_id)) == 3
    await bench.processes.stop_all(grace_seconds=0.2)
    assert processes_of(bench.run_id) == []
    assert bench.events()[:2] == ["started", "started"]
    assert set(bench.events()[2:]) == {"stopped"}


async def test_a_process_that_nobody_ended_has_died(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    psutil.Process(await bench.start(SLEEPER)).send_signal(signal.SIGKILL)
    await eventually(lambda: "died" in bench.events(), what="the death to be journalled", timeout_seconds=60)
    await bench.processes.stop_all(grace_seconds=0.2)


async def test_a_stopped_process_is_ended_all_the_same(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    psutil.Process(await bench.start(SLEEPER)).send_signal(signal.SIGSTOP)
    assert end_processes_of(bench.run_id) == 1
    await bench.processes.stop_all(grace_seconds=0.2)


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_kill_signal_of_its_own_lets_a_program_put_its_things_away(tmp_path: Path, stopped: bool) -> None:
    bench = Bench(tmp_path)
    managed = await bench.begin(HOUSEHOLD, "household", TIDY)
    assert len(processes_of(bench.run_id)) == 2
    if stopped:
        managed.signals.send(signal.SIGSTOP)
    await bench.processes.kill(managed)
    assert not (tmp_path / "segment").exists()
    assert processes_of(bench.run_id) == []
    assert bench.events() == ["started", "killed"]


@pytest.mark.parametrize("stopped", [False, True])
async def test_the_sweep_ends_whole_households_by_their_own_kill_signal(tmp_path: Path, stopped: bool) -> None:
    bench = Bench(tmp_path)
    managed = await bench.begin(HOUSEHOLD, "household", TIDY)
    child = psutil.Process(managed.pid).children()[0]
    if stopped:
        managed.signals.send(signal.SIGSTOP)
    assert end_processes_of(bench.run_id) == 1
    assert not (tmp_path / "segment").exists()
    assert not child.is_running()
    await bench.processes.stop_all(grace_seconds=0.2)


async def test_waves_end_one_after_another(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for name in ("server", "worker", "database"):
        await bench.start(SLEEPER, name)
    await bench.processes.stop_all(grace_seconds=2.0, last=[["server"], ["database"]])
    ended = [record["name"] for record in read_journal(bench.journal) if record["event"] == "stopped"]
    assert ended == ["worker", "server", "database"]


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(EnvironmentMissing, match="cannot start ghost"):
        await bench.processes.start("ghost", ("no-such-program",), folder=tmp_path)


async def test_the_watchdog_ends_the_run_when_its_owner_is_killed(tmp_path: Path) -> None:
    run_id = f"test-{uuid.uuid4().hex}"
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OWNER, run_id), stdout=subprocess.PIPE, cwd=tmp_path, start_new_session=True
    )
    try:
        assert owner.stdout is not None
        assert await owner.stdout.readline() == b"ready\n"
        assert len(processes_of(run_id)) == 1
        owner.kill()
        await eventually(lambda: not processes_of(run_id), what="the watchdog to sweep", timeout_seconds=60)
    finally:
        end_processes_of(run_id)
        await owner.wait()


OWNER = """
import os, signal, subprocess, sys
from harness.stack.processes.process import RUN_ID_VARIABLE
from harness.stack.processes.watchdog import Watchdog
run_id = sys.argv[1]
with Watchdog(run_id):
    subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"],
                     env={**os.environ, RUN_ID_VARIABLE: run_id}, start_new_session=True)
    print("ready", flush=True)
    signal.pause()
"""


async def test_a_process_that_does_not_notice_what_it_stands_for_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "KILL_GRACE_SECONDS", 0.2)
    bench = Bench(tmp_path)
    managed = await bench.begin(SLEEPER, "child", Ending())
    managed.signals = Elsewhere()
    await bench.processes.kill(managed)
    assert not managed.alive
