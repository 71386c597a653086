"""SIGSTOP of a process of which there is only one: it keeps its connections and answers nothing, then goes on.

Harder on its callers than a kill: nothing is refused, so only their own time-outs tell them. A client's keep-alive may
hide it for longer than it lasts; then what is felt is the silence.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.record import Strike

STANDS_WITHIN_SECONDS = 2.0


@dataclass
class ProcessPause:
    """``process`` is the name of what to pause ("postgres", "history", "world"), ``paused_seconds`` for how long."""

    process: str
    paused_seconds: float
    _pid: int | None = None
    _side: str = ""
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    words: ClassVar[tuple[str, str]] = ("process was paused", "processes were paused")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"pause {self.process} (SIGSTOP) for {self.paused_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long it stands still."""
        return self.paused_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The process, from just before it was stopped until it served again."""
        return strikes("process", [self.process], self._injected_seconds, self._healed_seconds, [self._side])

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Stop the process and its children, and see that it stands still.

        :raises UsageError: the stack has no process of this name.
        :raises WaitTimeout: it does not stand still.
        """
        await self._stack.enter_async_context(site.singles.lock(self.process))
        self._side, self._injected_seconds = site.singles.side(self.process), time.monotonic()
        self._pid = site.singles.pause(self.process)
        await self._until(site, stands=True, what=f"{self.process} to stand still")
        return f"{self.process} (process {self._pid}) is stopped"

    async def heal(self, site: Site) -> None:
        """Let it go on, and see that it does. Idempotent."""
        if self._pid is not None and self._healed_seconds is None:
            site.singles.resume(self.process)
            await self._until(site, stands=False, what=f"{self.process} to go on")
            self._healed_seconds = time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """What the application noticed."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        return noticed(site, self._injected_seconds, self._healed_seconds)

    async def _until(self, site: Site, *, stands: bool, what: str) -> None:
        await eventually(
            lambda: site.singles.stands_still(self.process) is stands,
            what=what,
            timeout_seconds=STANDS_WITHIN_SECONDS,
        )
