"""SIGKILL of every worker at once: for a while nobody serves, and the backlog grows."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, in_words, open_attempts, strikes
from harness.experiment.site import Site
from harness.record.record import Attempt, Strike


@dataclass
class WorkerKillAll:
    """``down_seconds`` is how long nobody serves."""

    down_seconds: float
    _killed: list[int] = field(default_factory=list)
    _workers: list[str] = field(default_factory=list)
    _killed_seconds: float | None = None
    _replaced_seconds: float | None = None
    _held: list[Attempt] = field(default_factory=list)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    words: ClassVar[tuple[str, str]] = ("time all workers were killed at once", "times all workers were killed at once")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"kill all workers at once (SIGKILL), replace them after {self.down_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long nobody serves."""
        return self.down_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """Every worker that lived, from the signals until the last replacement served."""
        return strikes("worker", self._workers, self._killed_seconds, self._replaced_seconds)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Kill every worker. Slots are locked in their order, so that two such faults cannot lock each other out."""
        for slot in site.fleet.slots:
            await self._stack.enter_async_context(site.fleet.lock(slot))
        self._killed = [slot for slot in site.fleet.slots if site.fleet.alive(slot)]
        self._workers = [site.fleet.worker_name(slot) for slot in self._killed]
        self._killed_seconds = time.monotonic()
        pids = await asyncio.gather(*(site.fleet.kill(slot) for slot in self._killed))
        self._held = [attempt for worker in self._workers for attempt in open_attempts(site, worker)]
        return f"processes {', '.join(map(str, pids))} are gone; no worker is left"

    async def heal(self, site: Site) -> None:
        """Put a new worker into every slot."""
        await asyncio.gather(*(site.fleet.start(slot) for slot in self._killed))
        self._replaced_seconds = self._replaced_seconds or time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The attempts that died with the workers."""
        return in_words(self._held)
