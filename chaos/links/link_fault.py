"""The fault of one link: broken in some way, left so for a while, made whole and seen to be whole.

Where it fits: `link_cut`, `link_slow` and `link_toxics` say how a link is broken; what they share is here. The
evidence that it landed is what Toxiproxy reads back, that it was felt is what the application's own records say.

Not covered: connections that reach the same target on another way; a stack puts a proxy on every link or says so.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from harness.experiment.site import Site
from harness.record.record import Strike
from harness.stack.links.links import Link, link_called

Break = Callable[[Link], Awaitable[str]]
"""Breaks a link and returns the evidence, as Toxiproxy reads back; raises when it does not read back so."""


@dataclass
class LinkFault:
    """``link`` is its name, ``done`` what is done to it ("cut"), ``break_link`` does it."""

    link: str
    for_seconds: float
    done: str
    words: tuple[str, str]
    break_link: Break
    _link: Link | None = None
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"link {self.link} {self.done} for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long it stays broken."""
        return self.for_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The link, from before the attempt to break it until it reads back whole."""
        ends = (self._link.source, self._link.target) if self._link is not None else ()
        return strikes("link", [self.link], self._injected_seconds, self._healed_seconds, ends)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Break the link.

        :raises UsageError: the stack has no link of this name.
        :raises ToxiproxyError: the link does not read back as broken.
        """
        link = link_called(self.link, site.links)
        await self._stack.enter_async_context(link.lock)
        # Before the attempt: one that raises may have broken half of it.
        self._link, self._injected_seconds = link, time.monotonic()
        return f"{link}: {await self.break_link(link)}"

    async def heal(self, site: Site) -> None:
        """Make the link whole, and read that back.

        :raises ToxiproxyError: it does not read back whole.
        """
        if self._link is not None:
            await self._link.toxiproxy.heal(self._link.name)
            self._healed_seconds = self._healed_seconds or time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """What failed, was slow or stood still meanwhile."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        return noticed(site, self._injected_seconds, self._healed_seconds)
