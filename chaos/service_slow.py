"""One of the world's services takes its time for a while: every request waits before its effect.

Slower than its caller's patience, it is worse than an error: the caller gives up and does not know, and the effect
comes all the same, later.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chaos.fault import Milestone
from chaos.service_knob import ServiceKnob
from harness.errors import UsageError
from harness.record import Strike
from harness.site import Site

LATENCY_AT_MOST_SECONDS = 60.0


@dataclass
class ServiceSlow:
    """``latency_seconds`` is how long every request to ``service`` waits, beside what it takes anyway.

    :raises UsageError: the latency is none, longer than a minute, or as long as the fault, so that nobody would be
        seen to have waited for it.
    """

    service: str
    latency_seconds: float
    for_seconds: float
    _knob: ServiceKnob = field(init=False)

    def __post_init__(self) -> None:
        if not 0 < self.latency_seconds <= LATENCY_AT_MOST_SECONDS or self.latency_seconds >= self.for_seconds:
            raise UsageError(
                f"{self.service} cannot be slow by {self.latency_seconds} s for {self.for_seconds} s; give a latency "
                f"above 0, at most {LATENCY_AT_MOST_SECONDS:g} s, and shorter than the fault"
            )
        broken = {"latency_seconds": float(self.latency_seconds)}
        self._knob = ServiceKnob(self.service, broken, {"latency_seconds": 0.0})

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"{self.service} is slow by {self.latency_seconds:g} s for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the service is slow."""
        return self.for_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The service, for as long as its knob was turned."""
        return self._knob.struck

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Set the knob and read it back.

        :raises UsageError: the world has no such service.
        :raises EnvironmentMissing: there is no world, or the knob does not read back as set.
        """
        return await self._knob.inject(site)

    async def heal(self, site: Site) -> None:
        """Set the latency back to nothing and read it back. A request that waits already waits to its end."""
        await self._knob.heal(site)

    def felt(self, site: Site) -> str | None:
        """The requests that waited so long, by the world's own record."""
        waits = [reply["at_seconds"] - reply["arrived_seconds"] for reply in self._knob.requests(site)]
        late = [wait for wait in waits if wait >= self.latency_seconds]
        if not late:
            return None
        return f"{len(late)} requests to {self.service} waited {min(late):.2f} s or longer for their answer"
