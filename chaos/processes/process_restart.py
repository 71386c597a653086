"""A process of which there is only one is asked to finish, as an upgrade does it, and started again a little later.

Gentler than a kill: it may end what it has begun and says good-bye to its callers, who may take that for good. Each is
asked by its own signal: SIGTERM, but PostgreSQL by SIGINT, because on SIGTERM it waits for its last client to go.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.record.record import Strike

# PostgreSQL writes down all that it holds, and a server role lets its callers go first.
STOP_GRACE_SECONDS = 20.0


@dataclass
class ProcessRestart:
    """``process`` is the name of what to restart ("postgres", "history", "api"), ``down_seconds`` how long it is away.

    :raises UsageError: ``down_seconds`` is negative.
    """

    process: str
    down_seconds: float
    _side: str = ""
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def __post_init__(self) -> None:
        if self.down_seconds < 0:
            raise UsageError(
                f"{self.process} cannot be away for {self.down_seconds:g} s; give down_seconds of 0 or more"
            )

    words: ClassVar[tuple[str, str]] = ("process was restarted", "processes were restarted")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"stop {self.process} as an upgrade does, start it again after {self.down_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long it stays away."""
        return self.down_seconds

    @property
    def since_seconds(self) -> float | None:
        """When it was asked to end: it takes nothing new from then on."""
        return self._injected_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The process, from just before it was asked to end until it served again."""
        return strikes("process", [self.process], self._injected_seconds, self._healed_seconds, [self._side])

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Stop the process.

        :raises UsageError: the stack has no process of this name.
        :raises EnvironmentMissing: it was not running, or did not end until it was killed: that is another fault.
        """
        await self._stack.enter_async_context(site.singles.lock(self.process))
        self._side, self._injected_seconds = site.singles.side(self.process), time.monotonic()
        pid = await site.singles.stop(self.process, grace_seconds=STOP_GRACE_SECONDS)
        took_seconds = time.monotonic() - self._injected_seconds
        return f"{self.process} (process {pid}) has ended, {took_seconds:.2f} s after it was asked to"

    async def heal(self, site: Site) -> None:
        """Start it again; returns once it serves.

        :raises EnvironmentMissing: it does not come up.
        """
        if self._injected_seconds is not None and self._healed_seconds is None:
            await site.singles.start(self.process)
            if not site.singles.alive(self.process):
                raise EnvironmentMissing(f"{self.process} was started again and does not run; see its log")
            self._healed_seconds = time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """What failed, was slow or stood still meanwhile."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        return noticed(site, self._injected_seconds, self._healed_seconds)
