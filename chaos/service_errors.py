"""One of the world's services answers part of its requests with an error for a while.

With 503 it has failed, with 429 it has had too many requests; either says that the same request may be tried again.
Mail has no such choice: it is always put off with 451.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chaos.fault import Milestone
from chaos.service_knob import ServiceKnob
from harness.errors import UsageError
from harness.record import Strike
from harness.site import Site


@dataclass
class ServiceErrors:
    """``error_rate`` is the share of requests (0 to 1) that ``service`` answers with ``status``.

    :raises UsageError: no request would be answered with an error, or ``status`` is none (400 to 599).
    """

    service: str
    error_rate: float
    for_seconds: float
    status: int = 503
    _knob: ServiceKnob = field(init=False)

    def __post_init__(self) -> None:
        if not 0 < self.error_rate <= 1 or not 400 <= self.status <= 599:
            raise UsageError(
                f"{self.service} cannot answer {self.error_rate} of its requests with {self.status}; "
                "give a share above 0, at most 1, and a status in 400..599"
            )
        broken = {"error_rate": float(self.error_rate), "error_status": self.status}
        self._knob = ServiceKnob(self.service, broken, {"error_rate": 0.0})

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        share = f"{self.error_rate:.0%} of its requests"
        return f"{self.service} answers {share} with {self.status} for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the service misbehaves."""
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
        """Set the error rate back to nothing and read it back."""
        await self._knob.heal(site)

    def felt(self, site: Site) -> str | None:
        """The requests that got the error, by the world's own record."""
        errors = sum(reply["outcome"] == "error" for reply in self._knob.requests(site))
        return f"{errors} requests to {self.service} were answered with an error" if errors else None
