"""The fault of one of the world's services: its knob is turned, left so for a while, and turned back.

Where it fits: `service_errors`, `service_refuses` and `service_slow` say how a service misbehaves; what they share is
here. The knob is read back each time: a fault that was only asked for has not landed, and a heal that was only asked
for is none. A world that is started again behaves: its knobs do not outlive it, and the fault is over before its time.

Not covered: a service that is not there at all. The world is one process, so only a link can take one service away
(`link-cut` on ``application-SERVICE``, on a stack that has links).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaos.fault import Milestone, strikes
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.experiment.world import WorldControl
from harness.record.journal import read_journal
from harness.record.record import Strike

Told = Callable[[Sequence[Mapping[str, Any]]], str | None]
"""What the application noticed, in words, by the requests that were answered during the fault; ``None`` for nothing."""


@dataclass
class ServiceFault:
    """``service`` is its name, ``does`` what it does ("is slow by 2 s"), ``told`` what was noticed of it.

    ``broken`` is set at its knob and later ``whole`` (field of the knob → value).
    """

    service: str
    for_seconds: float
    does: str
    words: tuple[str, str]
    broken: Mapping[str, Any]
    whole: Mapping[str, Any]
    told: Told
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"{self.service} {self.does} for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long the service misbehaves."""
        return self.for_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The service, from before the knob was turned until it read back as turned back."""
        return strikes("service", [self.service], self._injected_seconds, self._healed_seconds)

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Turn the knob and read it back.

        :raises UsageError: the world has no such service.
        :raises EnvironmentMissing: there is no world, or the knob does not read back as turned.
        """
        world = _world(site)
        services = await world.knobs()
        if self.service not in services:
            raise UsageError(f"the world has no service {self.service!r}; it has {', '.join(sorted(services))}")
        self._injected_seconds = time.monotonic()
        return await self._turn(world, self.broken)

    async def heal(self, site: Site) -> None:
        """Turn it back and read it back; a request that waits already waits to its end. Idempotent.

        :raises EnvironmentMissing: it does not read back.
        """
        if self._injected_seconds is None:
            return
        await self._turn(_world(site), self.whole)
        self._healed_seconds = self._healed_seconds or time.monotonic()

    def felt(self, site: Site) -> str | None:
        """What is told of the requests that were answered during the fault, by the world's own record."""
        return self.told(self._requests(site))

    def _requests(self, site: Site) -> Sequence[Mapping[str, Any]]:
        """Each is the line of the reply, with ``arrived_seconds`` beside its own time."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return ()
        arrived: dict[str, float] = {}
        answered: list[Mapping[str, Any]] = []
        for line in read_journal(site.folder / "journal" / "world.jsonl"):
            if line["kind"] == "world-attempt" and line["service"] == self.service:
                arrived[line["attempt_id"]] = line["at_seconds"]
            elif line["kind"] == "world-reply" and line["attempt_id"] in arrived:
                answered.append({**line, "arrived_seconds": arrived[line["attempt_id"]]})
        return [line for line in answered if self._injected_seconds <= line["at_seconds"] <= self._healed_seconds]

    async def _turn(self, world: WorldControl, fields: Mapping[str, Any]) -> str:
        await world.change_knob(self.service, **fields)
        knob = (await world.knobs())[self.service]
        told = [f"{name} reads back as {knob.get(name)!r}" for name in fields]
        if any(knob.get(name) != value for name, value in fields.items()):
            wanted = ", ".join(f"{name} {value!r}" for name, value in fields.items())
            raise EnvironmentMissing(f"the knob of {self.service} was set to {wanted}, but {', '.join(told)}")
        return f"the knob of {self.service}: {', '.join(told)}"


def _world(site: Site) -> WorldControl:
    if site.world is None:
        raise EnvironmentMissing("this fault needs a world; name one with [tool.assay] world")
    return site.world
