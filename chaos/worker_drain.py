"""SIGTERM of one worker while it is busy, and a replacement for it a little later: one step of a rolling restart.

Unlike a kill it gives the worker its grace, so nothing may be cut short that fits into it. What the fault is for is
everything between: sticky queues whose worker has gone, and activities that were told to stop.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from chaos.fault import Milestone, in_words, open_attempts, wait_until_busy
from harness.errors import EnvironmentMissing
from harness.record import Attempt
from harness.site import Site


@dataclass
class WorkerDrain:
    """``slot`` is whom to drain; ``down_seconds`` is how long its slot stays empty."""

    slot: int
    down_seconds: float = 0.0
    _drained: bool = False
    _held: list[Attempt] = field(default_factory=list)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"drain a worker (SIGTERM), replace it after {self.down_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the slot stays empty."""
        return self.down_seconds

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Drain the worker once it is busy; returns when it has ended.

        :raises EnvironmentMissing: the worker was not running.
        """
        await self._stack.enter_async_context(site.fleet.lock(self.slot))
        worker = site.fleet.worker_name(self.slot)
        if not site.fleet.alive(self.slot):
            raise EnvironmentMissing(f"{worker} was not running when it was to be drained")
        await wait_until_busy(site, worker)
        self._held = open_attempts(site, worker)
        self._drained = True
        pid = site.fleet.pid(self.slot)
        await site.fleet.drain(self.slot)
        return f"{worker} (process {pid}) has drained and ended"

    async def heal(self, site: Site) -> None:
        """Put a new worker into the slot."""
        if self._drained:
            await site.fleet.start(self.slot)
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The attempts that were under way when the worker was told to go."""
        return in_words(self._held)
