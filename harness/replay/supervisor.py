"""The supervisor of the replay: shares the histories out, bounds the time of each, goes on after one that hung.

Data flow: final reads → **replay in child processes** → ``journal/replay-N.jsonl`` → record → the replay check.
The SDK's replayer has no time-out of its own, and a history that diverges never comes to an end when the workflow may
fail on any exception. So a child that is silent for too long is killed, the history it was at is marked as hung, and
another child takes up the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.application.project import python_path
from harness.record.history_endings import served_as
from harness.record.journal import OPENED, FileJournal, read_journal
from harness.replay.child import pending, write_result
from harness.replay.reasons import NOT_REPLAYED, TIMED_OUT
from harness.replay.result import Result
from harness.stack.processes.process import RUN_ID_VARIABLE, last_lines

SHARES = 2
SILENT_AT_MOST = 3
"""Children per share. A change of the code that makes every history hang is told by the first few."""
LOOK_EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class ReplayJob:
    """What to replay. ``folder`` is the run directory; ``version_folder`` decides whose code is replayed.

    ``histories_of`` is the run directory whose histories are replayed, where it is another: nothing is written into it.
    ``history_seconds`` bounds the silence of a child, which is the time of one history; ``start_seconds`` the time that
    a child may take before its first history. ``types`` has the children say which types of workflows
    the code has, ``drift`` has them look at what the SDK's replayer passes over. ``without`` is a project whose modules
    they do not find: what its version lacks would else be taken from there.
    """

    app: str
    version_folder: Path
    folder: Path
    run_id: str
    environment: Mapping[str, str]
    history_seconds: float = 20.0
    start_seconds: float = 60.0
    shares: int = SHARES
    histories_of: Path | None = None
    types: bool = False
    drift: bool = False
    without: Path | None = None

    @property
    def histories(self) -> Path:
        """Where the histories are."""
        return (self.histories_of or self.folder) / "histories"

    def results(self, share: int) -> Path:
        """The journal file of one share; being a journal file, it becomes part of the record."""
        return self.folder / "journal" / f"replay-{share}.jsonl"

    def log(self, share: int) -> Path:
        """Where the output of a share's children goes."""
        return self.folder / "logs" / f"replay-{share}.log"


async def replay_histories(job: ReplayJob) -> None:
    """Replay every history of the run. Returns when each has its line: ok, diverged, hung, or why it was not done."""
    job.log(0).parent.mkdir(parents=True, exist_ok=True)
    async with asyncio.TaskGroup() as group:
        for share in range(job.shares):
            group.create_task(_share(job, share))


async def _share(job: ReplayJob, share: int) -> None:
    silent = 0
    while files := pending(job.histories, job.results(share), share, job.shares):
        if silent == SILENT_AT_MOST:
            return _mark(job, share, files, NOT_REPLAYED, f"not replayed: the replay hung {silent} times before it")
        ended = await _child(job, share)
        left = pending(job.histories, job.results(share), share, job.shares)
        under_way, before = _where_it_stood(job, share)
        if ended == "silent":
            silent += 1
            # A divergence may leave the replayer itself stuck: the next history is innocent then, and gets a new child.
            if under_way in left and before in (None, "ok"):
                _mark(job, share, [under_way], TIMED_OUT, f"no end within {job.history_seconds:g} s")
            elif under_way not in left and left == files:
                _mark(job, share, left, NOT_REPLAYED, f"the replay did not begin within {job.start_seconds:g} s")
        elif left == files or under_way in left:
            told = f"{ended}: {last_lines(job.log(share), 3)}"
            _mark(job, share, [under_way] if under_way in left else left, NOT_REPLAYED, told)
    if job.results(share).is_file():
        # A child that was killed left its journal open, and all that was to be replayed has its line.
        _mark(job, share, [], NOT_REPLAYED, "")
    return None


async def _child(job: ReplayJob, share: int) -> str:
    """Run one child to its end; how it ended, in words ("silent": it was killed for saying nothing)."""
    command = [sys.executable, "-m", "harness.replay", "--app", job.app, "--histories", str(job.histories.resolve())]
    command += ["--results", str(job.results(share).resolve()), "--share", str(share), "--of", str(job.shares)]
    command += [*(["--types"] if job.types else []), *(["--drift"] if job.drift else [])]
    path = python_path(job.version_folder, job.without)
    with job.log(share).open("ab") as output:
        child = await asyncio.create_subprocess_exec(
            *command,
            cwd=job.version_folder,
            env={**os.environ, **job.environment, **path, RUN_ID_VARIABLE: job.run_id},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        return "silent" if await _silent(job, share, child) else f"the replay exited with {child.returncode}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def _silent(job: ReplayJob, share: int, child: asyncio.subprocess.Process) -> bool:
    """Wait for the child's end; whether it said nothing for longer than it may."""
    clock = asyncio.get_running_loop().time
    size, allowed, since = _size(job.results(share)), job.start_seconds, clock()
    while child.returncode is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), LOOK_EVERY_SECONDS)
        if (now := _size(job.results(share))) != size:
            size, allowed, since = now, job.history_seconds, clock()
        if child.returncode is None and clock() - since > allowed:
            return True
    return False


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _where_it_stood(job: ReplayJob, share: int) -> tuple[Path | None, str | None]:
    """The history that the last child was at, and how its one before went (``None``: it was the child's first)."""
    under_way, before, last = None, None, None
    for line in read_journal(job.results(share)) if job.results(share).is_file() else ():
        if line["kind"] == OPENED:
            last = None
        elif line["kind"] == "replay-started":
            under_way, before = job.histories / line["file"], last
        elif line["kind"] == "replayed":
            last = line["outcome"]
    return under_way, before


def _mark(job: ReplayJob, share: int, files: list[Path], reason: str, message: str) -> None:
    journal = FileJournal(job.results(share), f"replay-{share}", job.run_id)
    for file in files:
        write_result(journal, file, Result(reason, message, served_as(file)[1]))
    journal.close()
