"""The single processes of a stack (servers, world, API) by name: killed, stopped, paused, started again as they were.

Where it fits: `harness.experiment.bring_up` registers what it starts, and faults kill by name. Workers are not here:
they are many and interchangeable, which is what a fleet is for.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from harness.errors import EnvironmentMissing, UsageError
from harness.stack.processes.process import ManagedProcess, Processes

SERVER_SIDE, APPLICATION_SIDE, WORLD_SIDE = "server", "application", "world"
"""Whose a process is: who is out of order while it is struck."""

Start = Callable[[], Awaitable[ManagedProcess]]


class Singles:
    """Processes of which there is one each. ``start`` brings one up and waits until it serves."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._starts: dict[str, Start] = {}
        self._sides: dict[str, str] = {}
        self._running: dict[str, ManagedProcess] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def names(self) -> Sequence[str]:
        """What there is to kill."""
        return tuple(self._starts)

    async def add(self, name: str, start: Start, side: str = SERVER_SIDE) -> None:
        """Start a process and remember how, and whose it is: the server's, the application's or the world's."""
        self._starts[name] = start
        self._sides[name] = side
        self._locks[name] = asyncio.Lock()
        self._running[name] = await start()

    def side(self, name: str) -> str:
        """Whose process it is.

        :raises UsageError: the stack has no process of this name.
        """
        self._require(name)
        return self._sides[name]

    def alive(self, name: str) -> bool:
        """Whether it runs.

        :raises UsageError: the stack has no process of this name.
        """
        self._require(name)
        return self._running[name].alive

    def log(self, name: str) -> Path:
        """Where it writes what it has to say.

        :raises UsageError: the stack has no process of this name.
        """
        self._require(name)
        return self._running[name].log

    def lock(self, name: str) -> asyncio.Lock:
        """The lock a fault holds from injecting to healing, so that two faults never share a process.

        :raises UsageError: the stack has no process of this name.
        """
        self._require(name)
        return self._locks[name]

    async def kill(self, name: str) -> int:
        """End it at once, by its own kill signal; returns its process id once it is gone.

        :raises UsageError: the stack has no process of this name.
        """
        self._require(name)
        await self._processes.kill(self._running[name])
        return self._running[name].pid

    async def stop(self, name: str, *, grace_seconds: float) -> int:
        """Ask it to finish, by its own stop signal; returns its process id once it has.

        :raises UsageError: the stack has no process of this name.
        :raises EnvironmentMissing: it was not running, or had not ended after ``grace_seconds``, and was killed then.
        """
        if not self.alive(name):
            raise EnvironmentMissing(f"{name} was not running when it was to be stopped")
        managed = self._running[name]
        if not await self._processes.stop(managed, grace_seconds=grace_seconds):
            raise EnvironmentMissing(
                f"{name} (process {managed.pid}) had not ended {grace_seconds:g} s after it was asked to, "
                f"and was killed; see {managed.log}"
            )
        return managed.pid

    async def start(self, name: str) -> None:
        """Start it again if it is not running, and wait until it serves."""
        self._require(name)
        if not self._running[name].alive:
            self._running[name] = await self._starts[name]()

    def pause(self, name: str) -> int:
        """Stop it and its children: it keeps its connections and answers nothing; returns its process id.

        :raises UsageError: the stack has no process of this name.
        """
        self._require(name)
        self._running[name].signals.send(signal.SIGSTOP)
        return self._running[name].pid

    def resume(self, name: str) -> None:
        """Let it and its children go on. Idempotent."""
        self._require(name)
        self._running[name].signals.send(signal.SIGCONT)

    def stands_still(self, name: str) -> bool:
        """Whether it is there and does not run, as after a pause.

        :raises UsageError: the stack has no process of this name.
        """
        self._require(name)
        return self._running[name].signals.stands_still()

    def _require(self, name: str) -> None:
        if name not in self._starts:
            raise UsageError(f"this stack has no process called {name!r}; it has {', '.join(self._starts)}")
