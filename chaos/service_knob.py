"""A knob of one of the world's services is turned and turned back: what `service_errors` and `service_slow` share.

The knob is read back each time: a fault that was only asked for has not landed, and a heal that was only asked for is
none. A world that is started again behaves: its knobs do not outlive it, and then the fault is over before its time.

Not covered: a service that is not there at all. The world is one process, so only a link can take one service away
(`link-cut` on ``application-SERVICE``, on a stack that has links).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaos.fault import strikes
from harness.errors import EnvironmentMissing, UsageError
from harness.journal import read_journal
from harness.record import Strike
from harness.site import Site
from harness.world import WorldControl


@dataclass
class ServiceKnob:
    """Sets ``broken`` at ``service`` and later ``whole`` (field of the knob → value), and keeps when."""

    service: str
    broken: Mapping[str, Any]
    whole: Mapping[str, Any]
    injected_seconds: float | None = None
    healed_seconds: float | None = None

    @property
    def struck(self) -> tuple[Strike, ...]:
        """The service, from before the knob was turned until it read back as turned back."""
        return strikes("service", [self.service], self.injected_seconds, self.healed_seconds)

    async def inject(self, site: Site) -> str:
        """Turn the knob.

        :raises UsageError: the world has no such service.
        :raises EnvironmentMissing: there is no world, or the knob does not read back as turned.
        """
        world = _world(site)
        services = await world.knobs()
        if self.service not in services:
            raise UsageError(f"the world has no service {self.service!r}; it has {', '.join(sorted(services))}")
        self.injected_seconds = time.monotonic()
        return await self._turn(world, self.broken)

    async def heal(self, site: Site) -> None:
        """Turn it back. Idempotent.

        :raises EnvironmentMissing: it does not read back.
        """
        if self.injected_seconds is None:
            return
        await self._turn(_world(site), self.whole)
        self.healed_seconds = self.healed_seconds or time.monotonic()

    def requests(self, site: Site) -> Sequence[Mapping[str, Any]]:
        """The requests of the service that were answered during the fault, as the world has them.

        Each is the line of the reply, with ``arrived_seconds`` beside its own time.
        """
        if self.injected_seconds is None or self.healed_seconds is None:
            return ()
        arrived: dict[str, float] = {}
        answered: list[Mapping[str, Any]] = []
        for line in read_journal(site.folder / "journal" / "world.jsonl"):
            if line["kind"] == "world-attempt" and line["service"] == self.service:
                arrived[line["attempt_id"]] = line["at_seconds"]
            elif line["kind"] == "world-reply" and line["attempt_id"] in arrived:
                answered.append({**line, "arrived_seconds": arrived[line["attempt_id"]]})
        return [line for line in answered if self.injected_seconds <= line["at_seconds"] <= self.healed_seconds]

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
