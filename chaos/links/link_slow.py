"""A link is slow, and not evenly: the delay of each step is in the plan, so that a seed repeats it.

Toxiproxy's own jitter cannot be repeated, so the latency is changed from here on connections that stay open. A change
lets through at once what was waiting (`toxics/latency.go`: so it leaves a toxic that is interrupted), so a step lasts
longer than any delay.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import ClassVar

from chaos.fault import Milestone
from chaos.links.link_fault import LinkFault
from harness.errors import UsageError
from harness.experiment.site import Site
from harness.record.record import Strike
from harness.stack.links.links import Link, link_called
from harness.stack.links.read_back import Condition, read_back
from harness.stack.links.toxics import BOTH, Latency


@dataclass
class LinkSlow:
    """What passes ``link`` is late by the first of ``latencies_ms`` each way, after ``step_seconds`` by the next."""

    link: str
    for_seconds: float
    latencies_ms: Sequence[int]
    step_seconds: float = 1.0
    _steps: asyncio.Task[None] | None = None
    _fault: LinkFault = field(init=False)

    def __post_init__(self) -> None:
        if (
            not self.latencies_ms
            or not 0 <= min(self.latencies_ms) <= max(self.latencies_ms) < 1000 * self.step_seconds
            or not self.latencies_ms[0]
        ):
            raise UsageError(
                f"link {self.link} cannot be slow by {self.latencies_ms} ms in steps of {self.step_seconds} s; "
                "give at least one latency, none of them negative or as long as a step, and the first more than 0"
            )
        latencies = ", ".join(str(latency_ms) for latency_ms in self.latencies_ms)
        done, first = f"slow by {latencies} ms each way", _late_by(self.latencies_ms[0])
        self._fault = LinkFault(self.link, self.for_seconds, done, self.words, self._slow, first)

    words: ClassVar[tuple[str, str]] = ("link was slow", "links were slow")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return self._fault.description

    @property
    def lasts_seconds(self) -> float:
        """How long it stays slow."""
        return self.for_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The link, for as long as it was slow."""
        return self._fault.struck

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Put the first latency on; the others follow by themselves."""
        evidence = await self._fault.inject(site, milestone)
        if len(self.latencies_ms) > 1:
            self._steps = asyncio.create_task(self._change(link_called(self.link, site.links)))
        return evidence

    async def heal(self, site: Site) -> None:
        """Stop changing and make the link whole.

        :raises ToxiproxyError: a change did not read back, or the link does not read back whole.
        """
        steps, self._steps = self._steps, None
        if steps is not None:
            steps.cancel()
            await asyncio.wait([steps])
        await self._fault.heal(site)
        if steps is not None:
            with contextlib.suppress(asyncio.CancelledError):
                steps.result()

    def felt(self, site: Site) -> str | None:
        """What failed, was slow or stood still meanwhile."""
        return self._fault.felt(site)

    async def _slow(self, link: Link) -> None:
        for toxic in _late_by(self.latencies_ms[0]).toxics:
            await link.toxiproxy.add_toxic(link.name, toxic)

    async def _change(self, link: Link) -> None:
        latencies = cycle(self.latencies_ms)
        next(latencies)
        for latency_ms in latencies:
            await asyncio.sleep(self.step_seconds)
            late = _late_by(latency_ms)
            for toxic in late.toxics:
                await link.toxiproxy.update_toxic(link.name, toxic)
            await read_back(link, late)


def _late_by(latency_ms: int) -> Condition:
    return Condition(toxics=[Latency(latency_ms, stream=stream) for stream in BOTH])
