"""SIGKILL of every worker at once: for a while nobody serves, and the backlog grows."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from chaos.fault import Milestone, in_words, open_attempts
from harness.record import Attempt
from harness.site import Site


@dataclass
class WorkerKillAll:
    """``down_seconds`` is how long nobody serves."""

    down_seconds: float
    _killed: list[int] = field(default_factory=list)
    _held: list[Attempt] = field(default_factory=list)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"kill all workers at once (SIGKILL), replace them after {self.down_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long nobody serves."""
        return self.down_seconds

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Kill every worker. Slots are locked in their order, so that two such faults cannot lock each other out."""
        for slot in site.fleet.slots:
            await self._stack.enter_async_context(site.fleet.lock(slot))
        self._killed = [slot for slot in site.fleet.slots if site.fleet.alive(slot)]
        workers = [site.fleet.worker_name(slot) for slot in self._killed]
        pids = await asyncio.gather(*(site.fleet.kill(slot) for slot in self._killed))
        self._held = [attempt for worker in workers for attempt in open_attempts(site, worker)]
        return f"processes {', '.join(map(str, pids))} are gone; no worker is left"

    async def heal(self, site: Site) -> None:
        """Put a new worker into every slot."""
        await asyncio.gather(*(site.fleet.start(slot) for slot in self._killed))
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The attempts that died with the workers."""
        return in_words(self._held)
