"""A container loses its network: it runs on, reaches nobody and is reached by nobody, as with a cable pulled out.

Harder than a cut link: it strikes all callers at once. Inside the network nothing is refused and no connection ends;
who comes by a published port, such as the application to its books and the harness, is refused.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import ClassVar

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from harness.errors import EnvironmentMissing
from harness.experiment.site import Site
from harness.record.record import Strike
from harness.stack.containers.network import attachment_of


@dataclass
class ContainerDisconnect:
    """``process`` is the name of whose container it is ("postgres", "server"), ``for_seconds`` how long it is alone."""

    process: str
    for_seconds: float
    _side: str = ""
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    words: ClassVar[tuple[str, str]] = ("container was disconnected", "containers were disconnected")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"take the container of {self.process} off its network for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long it has no network."""
        return self.for_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The process, from just before it was disconnected until it was connected again."""
        return strikes("process", [self.process], self._injected_seconds, self._healed_seconds, [self._side])

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Disconnect it, and see that the engine has it on no network.

        :raises UsageError: the stack has no such container.
        :raises EnvironmentMissing: the engine refused, or it does not run: then nobody misses it.
        """
        attachment = attachment_of(self.process, site.attachments)
        # The process and its tie are one thing to break: a fault that kills it must wait for this one.
        await self._stack.enter_async_context(site.singles.lock(self.process))
        self._side, self._injected_seconds = site.singles.side(self.process), time.monotonic()
        evidence = await attachment.detach()
        if not site.singles.alive(self.process):
            raise EnvironmentMissing(f"{self.process} was not running when it was to be disconnected")
        return evidence

    async def heal(self, site: Site) -> None:
        """Connect it again. Idempotent."""
        if self._injected_seconds is not None and self._healed_seconds is None:
            await attachment_of(self.process, site.attachments).attach()
            self._healed_seconds = time.monotonic()
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """What the application noticed."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        return noticed(site, self._injected_seconds, self._healed_seconds)
