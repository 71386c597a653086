"""SIGKILL of a process of which there is only one: the API, the world, or the Temporal server itself.

It comes back with the same arguments, on the same port and with the same files: what it had promised, it must know
again. Felt is what its callers noticed: operations that waited for it, requests that broke, what was slow, and silence:
of a role that hands out work nobody asks for an answer.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed, waited
from harness.experiment.site import Site
from harness.record.journal import read_journals
from harness.record.record import Strike


@dataclass
class ProcessKill:
    """``process`` is the name of what to kill ("api", "world", "temporal"), ``down_seconds`` how long it stays away."""

    process: str
    down_seconds: float
    _side: str = ""
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    words: ClassVar[tuple[str, str]] = ("process was killed", "processes were killed")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"kill {self.process} (SIGKILL), start it again after {self.down_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long it stays away."""
        return self.down_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The process, from just before it was killed until it served again."""
        return strikes("process", [self.process], self._injected_seconds, self._healed_seconds, [self._side])

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Kill the process."""
        await self._stack.enter_async_context(site.singles.lock(self.process))
        self._side, self._injected_seconds = site.singles.side(self.process), time.monotonic()
        pid = await site.singles.kill(self.process)
        return f"{self.process} (process {pid}) is gone"

    async def heal(self, site: Site) -> None:
        """Start it again; returns once it serves."""
        if self._injected_seconds is not None and self._healed_seconds is None:
            await site.singles.start(self.process)
            self._healed_seconds = time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """What its callers noticed."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        lines = read_journals(site.folder / "journal")
        count = waited(lines, self._injected_seconds, self._healed_seconds)
        words = [f"{count} operations waited for it"] if count else []
        rest = noticed(site, self._injected_seconds, self._healed_seconds)
        return ", ".join(words + ([rest] if rest else [])) or None
