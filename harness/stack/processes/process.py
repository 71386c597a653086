"""The processes of a run: started in sessions of their own, watched, and never left behind.

Every process gets ``ASSAY_RUN_ID`` in its environment, which is how the watchdog and ``assay down`` find what belongs
to a run, whatever became of the harness. A process that ends without having been told to is journalled as "died", and
the run that saw it cannot be VALID.

Where a process lives is its `Home`'s business: on this machine as it is, or in a container.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from harness.errors import EnvironmentMissing, WaitTimeout
from harness.poll import eventually
from harness.record.journal import Journal
from harness.stack.processes.home import USUAL, Ending, Home, Launch, ThisMachine
from harness.stack.processes.signals import Signals, TreeSignals

RUN_ID_VARIABLE = "ASSAY_RUN_ID"
# For the sweep, which knows nothing of a process but its environment.
KILL_SIGNAL_VARIABLE = "ASSAY_KILL_SIGNAL"
# PostgreSQL gives its children 5 s after the signal for an immediate shutdown, and then kills them itself.
KILL_GRACE_SECONDS = 8.0
LINE_CHARACTERS = 500


@dataclass
class ManagedProcess:
    """One started process.

    ``signals`` reach what the process stands for, which for a container is not the process itself; ``log_begins`` is
    the byte of its log at which its own lines begin (an earlier incarnation may have written there); ``planned_end`` is
    set before the harness ends it: that tells a kill from a death.
    """

    name: str
    process: asyncio.subprocess.Process
    log: Path
    signals: Signals
    log_begins: int = 0
    ending: Ending = USUAL
    planned_end: str | None = None
    exited: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pid(self) -> int:
        """The process id of what was started."""
        return self.signals.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended yet."""
        return self.process.returncode is None


class Processes:
    """Starts the processes of one run and knows them all."""

    def __init__(self, run_id: str, logs: Path, journal: Journal) -> None:
        self.run_id = run_id
        self._logs = logs
        self._journal = journal
        self._all: list[ManagedProcess] = []
        self._watchers: set[asyncio.Task[None]] = set()
        self._home: Home = ThisMachine()

    def at(self, home: Home) -> Self:
        """The same processes; those that are started through what is returned live in another home."""
        there = copy.copy(self)
        there._home = home
        return there

    async def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path,
        ending: Ending = USUAL,
    ) -> ManagedProcess:
        """Start ``command`` with the given environment on top of ours, its output in ``logs/NAME.log``.

        :param folder: the working directory, which decides what ``python -m`` imports first.
        :param ending: the signals by which it ends.
        :raises EnvironmentMissing: the program is not there or cannot be executed.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        ours = {RUN_ID_VARIABLE: self.run_id, KILL_SIGNAL_VARIABLE: str(int(ending.kill))}
        launch = Launch(name, command, {**(environment or {}), **ours}, folder, ending)
        here = await self._home.prepare(launch)
        with log.open("ab") as output:
            begins = output.tell()
            try:
                process = await asyncio.create_subprocess_exec(
                    *here.command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=dict(here.environment),
                    cwd=here.folder,
                    start_new_session=True,
                )
            except OSError as error:
                raise EnvironmentMissing(f"cannot start {name} ({here.command[0]}): {error}") from error
        managed = ManagedProcess(name, process, log, TreeSignals(process.pid), begins, ending)
        self._all.append(managed)
        try:
            managed.signals = await self._home.signals(launch, process)
        finally:
            self._journal.write("process", name=name, pid=managed.pid, event="started", detail="")
            watcher = asyncio.create_task(self._watch(managed))
            self._watchers.add(watcher)
            watcher.add_done_callback(self._watchers.discard)
        return managed

    async def kill(self, managed: ManagedProcess) -> None:
        """End the process at once and wait until it is reaped: its own kill signal, then SIGKILL for the whole tree.

        :raises EnvironmentMissing: something of it is still there, or nobody can say that it is not.
        """
        managed.planned_end = managed.planned_end or "killed"
        if managed.alive and managed.ending.kill is not signal.SIGKILL:
            await _send(managed, signal.SIGCONT, managed.ending.kill)
            await _ended(managed, KILL_GRACE_SECONDS)
        if managed.alive:
            await _send(managed, signal.SIGKILL)
        if not await _ended(managed, KILL_GRACE_SECONDS):
            # What stands for a container on this machine may not have noticed.
            TreeSignals(managed.process.pid).send(signal.SIGKILL)
            await _ended(managed, KILL_GRACE_SECONDS)
        # Children are not gone as soon as they are told to go.
        await eventually(
            lambda: asyncio.to_thread(managed.signals.gone),
            what=f"{managed.name} (process {managed.pid}) and its children to be gone",
            timeout_seconds=KILL_GRACE_SECONDS,
        )

    async def stop(self, managed: ManagedProcess, *, grace_seconds: float) -> bool:
        """Ask the process to finish, and kill it when it has not ended ``grace_seconds`` later.

        Returns whether it ended without being killed.
        """
        if managed.alive:
            managed.planned_end = managed.planned_end or "stopped"
            await _send(managed, signal.SIGCONT, managed.ending.stop)
            await _ended(managed, grace_seconds)
        if not managed.alive:
            return True
        # Whatever stays is swept up by the id of the run.
        with contextlib.suppress(WaitTimeout):
            await self.kill(managed)
        return False

    async def stop_all(self, *, grace_seconds: float, last: Sequence[Collection[str]] = ()) -> None:
        """Stop everything within the grace, and the processes named in ``last`` after all others, one wave by one.

        Those are the servers: a worker that drains still has something to tell Temporal, and Temporal its database.

        :raises EnvironmentMissing: one could not be reached, such as a container whose engine does not answer; all
            others have ended.
        """
        later = {name for wave in last for name in wave}
        waves = [[managed for managed in self._all if managed.name not in later]]
        waves += [[managed for managed in self._all if managed.name in wave] for wave in last]
        errors: list[BaseException] = []
        for wave in waves:
            stops = (self.stop(managed, grace_seconds=grace_seconds) for managed in wave)
            ends = await asyncio.gather(*stops, return_exceptions=True)
            errors += [end for end in ends if isinstance(end, BaseException)]
        for managed in self._all:
            if managed.alive:
                TreeSignals(managed.process.pid).send(signal.SIGKILL)
        await asyncio.gather(*self._watchers)
        if errors:
            raise errors[0]

    async def _watch(self, managed: ManagedProcess) -> None:
        code = await managed.process.wait()
        event = managed.planned_end or "died"
        self._journal.write("process", name=managed.name, pid=managed.pid, event=event, detail=f"exit code {code}")
        managed.exited.set()


async def _send(managed: ManagedProcess, *numbers: signal.Signals) -> None:
    """Send these, one after the other; in a thread, for an engine may take its time."""
    for number in numbers:
        await asyncio.to_thread(managed.signals.send, number)


async def _ended(managed: ManagedProcess, within_seconds: float) -> bool:
    """Whether it has ended by then."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(managed.exited.wait(), within_seconds)
    return managed.exited.is_set()


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log file, for an error message; a note where there is none."""
    if not log.is_file():
        return "(no log)"
    # A server's line may carry a stack trace of thousands of characters; the log itself has it all.
    lines = [line[:LINE_CHARACTERS] for line in log.read_text(errors="replace").splitlines()[-count:]]
    return "\n".join(lines) or "(empty log)"
