"""SIGKILL of one worker in the middle of an activity, and a replacement for it a little later.

By time, the victim is the worker in the planned slot, or whichever holds a started attempt first; it is killed as soon
as it holds one. By milestone, it is the worker whose request the world is holding, so that it dies exactly between an
effect and its acknowledgement.
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
class WorkerKill:
    """``slot`` is whom to kill, by default whichever worker holds work first, and of ``activity`` where that is named.

    ``down_seconds`` is how long its slot stays empty.
    """

    down_seconds: float
    slot: int | None = None
    activity: str | None = None
    _victim: int | None = None
    _worker: str = ""
    _killed_seconds: float | None = None
    _replaced_seconds: float | None = None
    _held: list[Attempt] = field(default_factory=list)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    words: ClassVar[tuple[str, str]] = ("worker was killed", "workers were killed")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"kill a worker (SIGKILL), replace it after {self.down_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the slot stays empty."""
        return self.down_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The victim, from the signal until its replacement served."""
        return strikes("worker", [self._worker], self._killed_seconds, self._replaced_seconds)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Kill the victim while it is busy.

        :raises EnvironmentMissing: no worker holds the request of the milestone, or the victim was not running.
        """
        slot = await take_victim(site, self.slot, milestone, self._stack, to_be="killed", activity=self.activity)
        worker = site.fleet.worker_name(slot)
        self._victim, self._worker, self._killed_seconds = slot, worker, time.monotonic()
        pid = await site.fleet.kill(slot)
        self._held = open_attempts(site, worker)
        return f"{worker} (process {pid}) is gone"

    async def heal(self, site: Site) -> None:
        """Put a new worker into the slot."""
        if self._victim is not None:
            await site.fleet.start(self._victim)
            self._replaced_seconds = self._replaced_seconds or time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The attempts that died with the worker."""
        return in_words(self._held)
