"""One of the world's services answers part of its requests with an error for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass

from chaos.fault import Milestone
from harness.errors import EnvironmentMissing
from harness.journal import read_journal
from harness.site import Site
from harness.world import WorldControl


@dataclass
class ServiceErrors:
    """``error_rate`` is the share of requests (0 to 1) that ``service`` answers with ``status``."""

    service: str
    error_rate: float
    for_seconds: float
    status: int = 503
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        share = f"{self.error_rate:.0%} of its requests"
        return f"{self.service} answers {share} with {self.status} for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the service misbehaves."""
        return self.for_seconds

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Set the knob and read it back.

        :raises EnvironmentMissing: there is no world, or the knob does not read back as set.
        """
        world = _world(site)
        self._injected_seconds = time.monotonic()
        before = (await world.knobs())[self.service]
        await world.set_knob(self.service, **{**before, "error_rate": self.error_rate, "error_status": self.status})
        return await self._read_back(world, self.error_rate)

    async def heal(self, site: Site) -> None:
        """Set the error rate back to nothing and read it back."""
        world = _world(site)
        before = (await world.knobs())[self.service]
        await world.set_knob(self.service, **{**before, "error_rate": 0.0})
        await self._read_back(world, 0.0)
        self._healed_seconds = self._healed_seconds or time.monotonic()

    def felt(self, site: Site) -> str | None:
        """The requests that got the error, by the world's own record."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        records = list(read_journal(site.folder / "journal" / "world.jsonl"))
        ours = {r["attempt_id"] for r in records if r["kind"] == "world-attempt" and r["service"] == self.service}
        errors = [
            record
            for record in records
            if record["kind"] == "world-reply"
            and record["outcome"] == "error"
            and record["attempt_id"] in ours
            and self._injected_seconds <= record["at_seconds"] <= self._healed_seconds
        ]
        return f"{len(errors)} requests to {self.service} were answered with an error" if errors else None

    async def _read_back(self, world: WorldControl, rate: float) -> str:
        knob = (await world.knobs())[self.service]
        if knob["error_rate"] != rate:
            raise EnvironmentMissing(f"the error rate of {self.service} reads back as {knob['error_rate']}, not {rate}")
        return f"the error rate of {self.service} reads back as {rate:g}"


def _world(site: Site) -> WorldControl:
    if site.world is None:
        raise EnvironmentMissing("this fault needs a world; name one with [tool.assay] world")
    return site.world
