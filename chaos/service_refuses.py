"""One of the world's services refuses everything for good for a while: a closed period, a mailbox that is shut.

What is refused will not be right when it is asked again, so whoever asked gives up at once. It does not say that an
earlier request, whose answer was lost, had no effect. For requests that may be tried again there is `service_errors`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chaos.fault import Milestone
from chaos.service_knob import ServiceKnob
from harness.record import Strike
from harness.site import Site


@dataclass
class ServiceRefuses:
    """``service`` refuses every request, with 400 or in mail with 550."""

    service: str
    for_seconds: float
    _knob: ServiceKnob = field(init=False)

    def __post_init__(self) -> None:
        self._knob = ServiceKnob(self.service, {"refuse": True}, {"refuse": False})

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"{self.service} refuses every request for good for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the service refuses."""
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
        """Set it back and read it back."""
        await self._knob.heal(site)

    def felt(self, site: Site) -> str | None:
        """The requests that were refused, by the world's own record."""
        refused = sum(reply["outcome"] == "refused" for reply in self._knob.requests(site))
        return f"{refused} requests to {self.service} were refused for good" if refused else None
