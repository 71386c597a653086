"""SIGTERM of one worker while it is busy, and a replacement for it a little later: one step of a rolling restart.

Unlike a kill it gives the worker its grace, so nothing may be cut short that fits into it. What the fault is for is
everything between: sticky queues whose worker has gone, and activities that were told to stop.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, in_words, open_attempts, strikes
from chaos.processes.victim import take_victim
from harness.experiment.site import Site
from harness.record.record import Attempt, Strike


@dataclass
class WorkerDrain:
    """``slot`` is whom to drain, by default whichever worker holds work first.

    ``down_seconds`` is how long its slot stays empty.
    """

    slot: int | None = None
    down_seconds: float = 0.0
    _victim: int | None = None
    _worker: str = ""
    _asked_seconds: float | None = None
    _replaced_seconds: float | None = None
    _held: list[Attempt] = field(default_factory=list)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    words: ClassVar[tuple[str, str]] = ("worker was drained", "workers were drained")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"drain a worker (SIGTERM), replace it after {self.down_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the slot stays empty."""
        return self.down_seconds

    @property
    def since_seconds(self) -> float | None:
        """It strikes while it drains, and has landed only when the worker has ended."""
        return self._asked_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The worker, from when it was asked to end until its replacement served."""
        return strikes("worker", [self._worker], self._asked_seconds, self._replaced_seconds)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Drain the worker once it is busy; returns when it has ended.

        :raises EnvironmentMissing: the worker was not running.
        """
        self._victim = slot = await take_victim(site, self.slot, milestone, self._stack, to_be="drained")
        worker = site.fleet.worker_name(slot)
        self._held = open_attempts(site, worker)
        self._worker, self._asked_seconds = worker, time.monotonic()
        pid = site.fleet.pid(slot)
        await site.fleet.drain(slot)
        return f"{worker} (process {pid}) has drained and ended"

    async def heal(self, site: Site) -> None:
        """Put a new worker into the slot."""
        if self._asked_seconds is not None and self._victim is not None:
            await site.fleet.start(self._victim)
            self._replaced_seconds = self._replaced_seconds or time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The attempts that were under way when the worker was told to go."""
        return in_words(self._held)
