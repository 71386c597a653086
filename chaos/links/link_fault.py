"""The fault of one link: broken in some way, left so for a while, made whole and seen to be whole.

Where it fits: `link_cut`, `link_slow` and `link_toxics` say how a link is broken; what they share is here. The
evidence that it landed is what another client reads back than the one that broke it; that it was felt is what the
application's own records say. Where the two clients disagree, nothing was shown, and that is an error.

Not covered: connections that reach the same target on another way; a stack puts a proxy on every link or says so.
"""

from __future__ import annotations

import contextlib
import importlib.util
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from harness.errors import EnvironmentMissing
from harness.experiment.site import Site
from harness.record.record import Strike
from harness.stack.links.links import Link, link_called
from harness.stack.links.proxies import ProxyState
from harness.stack.links.read_back import WHOLE, Condition, read_back

Break = Callable[[Link], Awaitable[object]]
"""Breaks a link; raises when it cannot. What it returns is no evidence."""

Look = Callable[[Link, ProxyState], Awaitable[str]]
"""Looks at a broken link without Toxiproxy and returns what it saw, in words that follow a comma; raises when it is
not broken."""


async def no_look(link: Link, state: ProxyState) -> str:
    """Of a fault that nobody sees who does not speak the protocol of whoever is behind the link."""
    return ""


@dataclass
class LinkFault:
    """``link`` is its name, ``done`` what is done to it ("cut"); ``break_link`` does it and leads to ``broken``.

    :raises EnvironmentMissing: what reads links back is not installed.
    """

    link: str
    for_seconds: float
    done: str
    words: tuple[str, str]
    break_link: Break
    broken: Condition
    look: Look = no_look
    _link: Link | None = None
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def __post_init__(self) -> None:
        if importlib.util.find_spec("toxiproxy") is None:
            raise EnvironmentMissing("faults of links need the extra `full`: pip install 'temporal-assay[full]'")

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
        :raises ToxiproxyError: the link does not read back as broken, to either client.
        """
        link = link_called(self.link, site.links)
        await self._stack.enter_async_context(link.lock)
        # Before the attempt: one that raises may have broken half of it.
        self._link, self._injected_seconds = link, time.monotonic()
        await self.break_link(link)
        state = await read_back(link, self.broken)
        return f"{link}: {state.evidence()}{await self.look(link, state)}"

    async def heal(self, site: Site) -> None:
        """Make the link whole, and read that back.

        :raises ToxiproxyError: it does not read back whole, to either client.
        """
        if self._link is not None:
            await self._link.toxiproxy.heal(self._link.name)
            await read_back(self._link, WHOLE)
            self._healed_seconds = self._healed_seconds or time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """What failed, was slow or stood still meanwhile."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        return noticed(site, self._injected_seconds, self._healed_seconds)
