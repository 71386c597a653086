"""The processes of a run: started in sessions of their own, watched, and never left behind.

Every process gets ``ASSAY_RUN_ID`` in its environment, which is how the watchdog and ``assay down`` find what belongs
to a run, whatever became of the harness. A process that ends without having been told to is journalled as "died", and
the run that saw it cannot be VALID.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.journal import Journal

RUN_ID_VARIABLE = "ASSAY_RUN_ID"


@dataclass
class ManagedProcess:
    """One started process. ``planned_end`` is set before the harness ends it: that tells a kill from a death."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    planned_end: str | None = None
    exited: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its process group."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended yet."""
        return self.process.returncode is None

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and all its children; a process that is gone already is fine."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


class Processes:
    """Starts the processes of one run and knows them all."""

    def __init__(self, run_id: str, logs: Path, journal: Journal) -> None:
        self._run_id = run_id
        self._logs = logs
        self._journal = journal
        self._all: list[ManagedProcess] = []
        self._watchers: set[asyncio.Task[None]] = set()

    async def start(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path
    ) -> ManagedProcess:
        """Start ``command`` with the given environment on top of ours, its output in ``logs/NAME.log``.

        :param folder: the working directory, which decides what ``python -m`` imports first.
        :raises EnvironmentMissing: the program is not there or cannot be executed.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("ab") as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env={**_inherited(), **(environment or {}), RUN_ID_VARIABLE: self._run_id},
                    cwd=folder,
                    start_new_session=True,
                )
            except OSError as error:
                raise EnvironmentMissing(f"cannot start {name} ({command[0]}): {error}") from error
        managed = ManagedProcess(name, process, log)
        self._all.append(managed)
        self._journal.write("process", name=name, pid=managed.pid, event="started", detail="")
        watcher = asyncio.create_task(self._watch(managed))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)
        return managed

    async def kill(self, managed: ManagedProcess) -> None:
        """SIGKILL the process group and wait until the process is reaped."""
        managed.planned_end = managed.planned_end or "killed"
        managed.signal_group(signal.SIGKILL)
        await managed.exited.wait()

    async def stop(self, managed: ManagedProcess, *, grace_seconds: float) -> None:
        """SIGTERM, and SIGKILL when the process has not ended ``grace_seconds`` later."""
        if managed.alive:
            managed.planned_end = managed.planned_end or "stopped"
            managed.signal_group(signal.SIGCONT)
            managed.signal_group(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(managed.exited.wait(), grace_seconds)
        if managed.alive:
            await self.kill(managed)

    async def stop_all(self, *, grace_seconds: float, last: str | None = None) -> None:
        """Stop everything within the grace, the process called ``last`` after all others.

        That is the server: a worker that drains still has something to tell it.
        """
        for wave in (
            [managed for managed in self._all if managed.name != last],
            [managed for managed in self._all if managed.name == last],
        ):
            await asyncio.gather(*(self.stop(managed, grace_seconds=grace_seconds) for managed in wave))
        await asyncio.gather(*self._watchers)

    async def _watch(self, managed: ManagedProcess) -> None:
        code = await managed.process.wait()
        event = managed.planned_end or "died"
        self._journal.write("process", name=managed.name, pid=managed.pid, event=event, detail=f"exit code {code}")
        managed.exited.set()


def _inherited() -> dict[str, str]:
    """Our environment without the user's own Temporal settings: a run must never reach their cluster by accident."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log file, for an error message; a note where there is none."""
    if not log.is_file():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) or "(empty log)"
