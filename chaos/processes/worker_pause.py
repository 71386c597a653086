"""SIGSTOP of one worker for longer than a heartbeat time-out: its work is handed to another, then it wakes up.

The paused worker is the classic zombie: it still believes that it holds what the server has given away.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, in_words, open_attempts, strikes
from chaos.processes.victim import take_victim
from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.record import Attempt, Strike


@dataclass
class WorkerPause:
    """``slot`` is whom to pause, by default whichever worker holds work first; ``paused_seconds`` is for how long."""

    paused_seconds: float
    slot: int | None = None
    _victim: int | None = None
    _worker: str = ""
    _paused_seconds: float | None = None
    _woken_seconds: float | None = None
    _held: list[Attempt] = field(default_factory=list)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    words: ClassVar[tuple[str, str]] = ("worker was paused", "workers were paused")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"pause a worker (SIGSTOP) for {self.paused_seconds:g} s, then let it go on"

    @property
    def lasts_seconds(self) -> float:
        """How long the worker stands still."""
        return self.paused_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The worker, from when it was told to stand still until it was seen to go on."""
        return strikes("worker", [self._worker], self._paused_seconds, self._woken_seconds)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Stop the worker once it is busy.

        :raises EnvironmentMissing: the worker was not running.
        """
        self._victim = slot = await take_victim(site, self.slot, milestone, self._stack, to_be="paused")
        worker = site.fleet.worker_name(slot)
        self._worker, self._paused_seconds = worker, time.monotonic()
        site.fleet.pause(slot)
        pid = site.fleet.pid(slot)
        await eventually(lambda: site.fleet.stands_still(slot), what=f"{worker} to stand still", timeout_seconds=2.0)
        self._held = open_attempts(site, worker)
        return f"{worker} (process {pid}) is stopped"

    async def heal(self, site: Site) -> None:
        """Let the worker go on, and see that it does; one that has ended meanwhile has nothing to go on with."""
        if self._paused_seconds is not None and self._victim is not None:
            slot = self._victim
            site.fleet.resume(slot)
            await eventually(
                lambda: not site.fleet.stands_still(slot),
                what=f"{self._worker} to go on",
                timeout_seconds=2.0,
            )
            self._woken_seconds = self._woken_seconds or time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The attempts that the worker held while it stood still."""
        return in_words(self._held)
