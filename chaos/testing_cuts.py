"""A site of fakes on which cuts are made, and the story of what they did."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

import chaos
from chaos.cuts import HOW
from chaos.fault import Milestone
from chaos.nemesis import PlanNemesis
from chaos.plan import CutPoint, Plan, PlannedFault
from harness.errors import EnvironmentMissing
from harness.experiment.site import Site
from harness.experiment.world import Hold
from harness.record.record import Attempt

EFFECTS = ("mail:invoice", "mail:reminder", "refund")


@dataclass
class Story:
    """What happened in the order in which it did; also the journal."""

    told: list[str] = field(default_factory=list)
    records: list[Mapping[str, Any]] = field(default_factory=list)

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        self.records.append({"kind": kind, **fields})
        return self.records[-1]


@dataclass
class FakeWorld:
    """Arms hold after hold; each is engaged at once, with the reference that comes next, or never."""

    story: Story
    references: list[str | None]
    states: dict[str, Hold] = field(default_factory=dict)

    async def arm_next(self, effect: str, point: str, *, release_after_seconds: float) -> Hold:
        hold_id = f"h{len(self.states) + 1}"
        reference = self.references.pop(0) if self.references else None
        state = "armed" if reference is None else "engaged"
        attempt_id = f"attempt-{len(self.states) + 1}"
        self.states[hold_id] = Hold(hold_id, state, reference, "key", attempt_id, "smtp", 12.5)
        self.story.told.append(f"arm {hold_id} for {effect} at {point}")
        return Hold(hold_id, "armed")

    async def wait_for_hold(self, hold_id: str, *, wait_seconds: float) -> Hold:
        await asyncio.sleep(0)
        return self.states[hold_id]

    async def release(self, hold_id: str) -> None:
        self.story.told.append(f"release {hold_id}")

    async def abandon(self, hold_id: str) -> None:
        self.story.told.append(f"abandon {hold_id}")


@dataclass
class FakeFleet:
    """Two workers, of whom anybody can be in a fault's hands."""

    slots: tuple[int, ...] = (1, 2)
    locks: dict[int, asyncio.Lock] = field(default_factory=lambda: {1: asyncio.Lock(), 2: asyncio.Lock()})
    dead: frozenset[int] = frozenset()
    resumed: Mapping[int, float] = field(default_factory=dict)

    def resumed_seconds(self, slot: int) -> float | None:
        return self.resumed.get(slot)

    def lock(self, slot: int) -> asyncio.Lock:
        return self.locks[slot]

    def alive(self, slot: int) -> bool:
        return slot not in self.dead

    def worker_name(self, slot: int) -> str:
        return f"worker-{slot}.1"


@dataclass
class FakeSite:
    """What cuts touch of a site. ``asking`` says which references each worker waits for an answer for."""

    world: FakeWorld
    journal: Story
    asking: Mapping[int, Sequence[str]]
    fleet: FakeFleet = field(default_factory=FakeFleet)
    work_over: asyncio.Event = field(default_factory=asyncio.Event)

    def attempts(self, worker: str) -> tuple[Attempt, ...]:
        slot = int(worker.removeprefix("worker-").split(".")[0])
        return tuple(
            Attempt(worker, 1, "send", f"invoice-{reference}", "run", "1", 1, 0.0, subject=reference)
            for reference in self.asking.get(slot, ())
        )


@dataclass
class FakeFault:
    """Tells the story of what was done to it."""

    story: Story
    name: str
    fail: bool = False
    description: str = "strike"
    words: tuple[str, str] = ("thing was struck", "things were struck")
    lasts_seconds: float = 0.0
    milestone: Milestone | None = None

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        self.milestone = milestone
        if self.fail:
            raise EnvironmentMissing("it cannot be struck")
        self.story.told.append(f"strike {self.name}")
        return "it is gone"

    async def heal(self, site: Site) -> None:
        self.story.told.append(f"heal {self.name}")

    def felt(self, site: Site) -> str | None:
        return "held something"

    @property
    def struck(self) -> tuple[()]:
        return ()


@dataclass
class Tried:
    """What came of a plan."""

    story: Story
    faults: dict[str, FakeFault]
    site: FakeSite

    def events(self, fault_id: str) -> list[str]:
        return [r["event"] for r in self.story.records if r["kind"] == "fault" and r["fault_id"] == fault_id]


async def tried(
    monkeypatch: pytest.MonkeyPatch,
    cuts: Sequence[CutPoint],
    references: Sequence[str | None],
    asking: Mapping[int, Sequence[str]],
    *,
    fail: bool = False,
    held_slots: Sequence[int] = (),
    dead: frozenset[int] = frozenset(),
    resumed: Mapping[int, float] | None = None,
) -> Tried:
    """Carry a plan of these cuts out, each with a fault called by its number."""
    story, made = Story(), iter(range(1, len(cuts) + 1))
    faults: dict[str, FakeFault] = {}

    def make(kind: str, parameters: Mapping[str, Any]) -> FakeFault:
        number = str(next(made))
        return faults.setdefault(number, FakeFault(story, number, fail=fail))

    monkeypatch.setattr(chaos.nemesis, "make_fault", make)
    site = FakeSite(FakeWorld(story, list(references)), story, asking, FakeFleet(dead=dead, resumed=resumed or {}))
    if len(references) == references.count(None):
        site.work_over.set()
    planned = [PlannedFault(str(n), HOW[cut.way].fault, cut=cut) for n, cut in enumerate(cuts, start=1)]
    nemesis = PlanNemesis(Plan(tuple(planned)))
    for slot in held_slots:
        await site.fleet.lock(slot).acquire()
    await nemesis.prepare(cast(Site, site))
    async with asyncio.timeout(60):
        await nemesis.run(cast(Site, site))
    return Tried(story, faults, site)
