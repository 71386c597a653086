"""A site, a world, a journal and faults for tests of the nemesis: each remembers what was done to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

import chaos
from chaos.fault import Milestone
from chaos.nemesis import PlanNemesis
from chaos.plan import Plan, PlannedFault
from harness.errors import EnvironmentMissing
from harness.experiment.site import Site
from harness.experiment.world import Hold
from harness.record.record import Strike


@dataclass
class ListJournal:
    """Keeps the records in memory."""

    records: list[Mapping[str, Any]] = field(default_factory=list)

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        self.records.append({"kind": kind, **fields})
        return self.records[-1]

    def events(self, fault_id: str) -> list[str]:
        return [r["event"] for r in self.records if r["kind"] == "fault" and r["fault_id"] == fault_id]


@dataclass
class FakeWorld:
    """A control port with one hold point, which is engaged with this reference at once."""

    state: str = "engaged"
    released: list[str] = field(default_factory=list)

    async def arm_hold(
        self, service: str, operation: str, nth: int, point: str, *, release_after_seconds: float
    ) -> Hold:
        return Hold("h1", "armed")

    async def wait_for_hold(self, hold_id: str, *, wait_seconds: float) -> Hold:
        return Hold(hold_id, self.state, "INV-1", "key")

    async def release(self, hold_id: str) -> None:
        self.released.append(hold_id)


@dataclass
class FakeSite:
    """What the nemesis touches of a site."""

    journal: ListJournal = field(default_factory=ListJournal)
    world: FakeWorld = field(default_factory=FakeWorld)
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class FakeFault:
    """Remembers what was done to it, and fails where it is told to; ``unhealable`` so many times."""

    fail: str = ""
    unhealable: int = 0
    unhealed: Exception = field(default_factory=lambda: EnvironmentMissing("it stays broken"))
    description: str = "break it"
    words: tuple[str, str] = ("thing was broken", "things were broken")
    lasts_seconds: float = 0.0
    done: list[str] = field(default_factory=list)
    milestone: Milestone | None = None
    struck: tuple[Strike, ...] = ()

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        self.milestone = milestone
        if self.fail:
            raise EnvironmentMissing(self.fail)
        self.done.append("inject")
        self.struck = (Strike("link", "a-b", 1.0, None, ("a", "b")),)
        return "it is gone"

    async def heal(self, site: Site) -> None:
        self.done.append("heal")
        if self.unhealable:
            self.unhealable -= 1
            raise self.unhealed
        self.struck = tuple(replace(strike, until_seconds=2.0) for strike in self.struck)

    def felt(self, site: Site) -> str | None:
        return "held something"


@dataclass
class FakeGradualFault(FakeFault):
    """May have struck before it landed."""

    since_seconds: float | None = 12.5


async def tried(
    fault: FakeFault, planned: PlannedFault, monkeypatch: pytest.MonkeyPatch, world: FakeWorld | None = None
) -> FakeSite:
    monkeypatch.setattr(chaos.nemesis, "make_fault", lambda kind, parameters: fault)
    site = FakeSite(world=world or FakeWorld())
    nemesis = PlanNemesis(Plan((planned,)))
    await nemesis.prepare(cast(Site, site))
    await nemesis.run(cast(Site, site))
    await nemesis.heal(cast(Site, site))
    return site
