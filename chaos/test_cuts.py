"""Cuts come one after the other in each lane, strike the worker that sent the request, and let it go: with fakes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chaos
from chaos.cuts import HOW, draw_cuts
from chaos.fault import Milestone
from chaos.nemesis import PlanNemesis
from chaos.plan import CutPoint, Plan, PlannedFault, plan_from_json
from harness.cuts import ACK_DROPPED, KILLED_AFTER, KILLED_BEFORE, STOPPED, WAYS
from harness.errors import EnvironmentMissing
from harness.record import Attempt
from harness.seed import Seed
from harness.site import Site
from harness.world import Hold

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
    async with asyncio.timeout(5):
        await nemesis.run(cast(Site, site))
    return Tried(story, faults, site)


@pytest.mark.parametrize(
    ("way", "point", "then"),
    [
        (KILLED_BEFORE, "before_effect", "abandon"),
        (KILLED_AFTER, "after_commit", "release"),
        (ACK_DROPPED, "drop_ack", "release"),
        (STOPPED, "after_commit", "release"),
    ],
)
async def test_a_cut_strikes_the_worker_that_asked_and_lets_the_request_go_at_once(
    monkeypatch: pytest.MonkeyPatch, way: str, point: str, then: str
) -> None:
    done = await tried(monkeypatch, [CutPoint("refund", way, 1)], ["INV-1"], {2: ["INV-1"]})
    assert done.story.told == [f"arm h1 for refund at {point}", "strike 1", f"{then} h1", "heal 1"]
    assert done.events("1") == ["engaged", "injected", "landed", "healed", "felt"]
    engaged = next(record for record in done.story.records if record.get("event") == "engaged")
    assert engaged["attempt_id"] == "attempt-1"
    assert done.faults["1"].milestone == Milestone("INV-1", None if way == ACK_DROPPED else 2, "smtp", 12.5)


async def test_the_cuts_of_a_lane_come_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = [CutPoint("refund", KILLED_AFTER, 1), CutPoint("mail:reminder", KILLED_AFTER, 1)]
    done = await tried(monkeypatch, cuts, ["INV-1", "INV-2"], {1: ["INV-1", "INV-2"]})
    assert done.story.told == [
        *("arm h1 for refund at after_commit", "strike 1", "release h1", "heal 1"),
        *("arm h2 for mail:reminder at after_commit", "strike 2", "release h2", "heal 2"),
    ]


async def test_lanes_run_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = [CutPoint("refund", KILLED_AFTER, 1), CutPoint("mail:reminder", KILLED_AFTER, 2)]
    done = await tried(monkeypatch, cuts, ["INV-1", "INV-2"], {1: ["INV-1"], 2: ["INV-2"]})
    assert [line for line in done.story.told if line.startswith("arm")] == done.story.told[:2]


@pytest.mark.parametrize(
    ("asking", "fleet"),
    [
        ({1: ["INV-1"], 2: ["INV-2"]}, {"held_slots": [1]}),
        ({1: ["INV-1"], 2: ["INV-2"]}, {"dead": frozenset({1})}),
        ({1: ["INV-1"], 2: ["INV-2"]}, {"resumed": {1: 11.0}}),
        ({1: ["INV-1"], 2: ["INV-1", "INV-2"]}, {"resumed": {2: 10.0}}),
        ({2: ["INV-2"]}, {}),
    ],
    ids=["in another fault's hands", "dead", "just woken up", "one of two", "nobody"],
)
async def test_a_request_whose_worker_is_not_to_be_had_goes_on_and_the_next_is_taken(
    monkeypatch: pytest.MonkeyPatch, asking: Mapping[int, Sequence[str]], fleet: Mapping[str, Any]
) -> None:
    cut = CutPoint("refund", KILLED_BEFORE, 1)
    done = await tried(monkeypatch, [cut], ["INV-1", "INV-2"], asking, **fleet)
    assert done.story.told == [
        *("arm h1 for refund at before_effect", "release h1"),
        *("arm h2 for refund at before_effect", "strike 1", "abandon h2", "heal 1"),
    ]
    assert done.faults["1"].milestone == Milestone("INV-2", 2, "smtp", 12.5)


@pytest.mark.parametrize("way", WAYS)
async def test_a_request_of_an_attempt_that_another_has_followed_is_not_cut(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def attempts(self: FakeSite, worker: str) -> tuple[Attempt, ...]:
        late = Attempt(worker, 1, "send", "invoice-INV-1", "run", "1", 1, 0.0, subject="INV-1")
        done = replace(late, attempt=2, ended_seconds=5.0, outcome="completed")
        other = replace(late, run_id="other", subject="INV-2")
        return {"worker-1.1": (late,), "worker-2.1": (done, other)}[worker]

    monkeypatch.setattr(FakeSite, "attempts", attempts)
    done = await tried(monkeypatch, [CutPoint("refund", way, 1)], ["INV-1", "INV-2"], {})
    assert [line for line in done.story.told if line.startswith(("arm", "strike"))] == [
        f"arm h1 for refund at {HOW[way].point}",
        f"arm h2 for refund at {HOW[way].point}",
        "strike 1",
    ]


async def test_what_never_comes_is_waited_for_only_as_long_as_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    done = await tried(monkeypatch, [CutPoint("refund", KILLED_AFTER, 1)], [None], {})
    assert done.events("1")[0] == "error"
    assert "landed" not in done.events("1")
    assert "release h1" in done.story.told


async def test_a_request_is_let_go_when_its_worker_cannot_be_struck(monkeypatch: pytest.MonkeyPatch) -> None:
    done = await tried(monkeypatch, [CutPoint("refund", KILLED_BEFORE, 1)], ["INV-1"], {1: ["INV-1"]}, fail=True)
    assert done.events("1")[:2] == ["engaged", "error"]
    assert done.story.told[1:] == ["abandon h1", "heal 1"]


@given(seed=st.integers(), lanes=st.integers(1, 4))
def test_every_cell_is_dealt_once_and_evenly_and_the_same_for_the_same_seed(seed: int, lanes: int) -> None:
    def draw() -> tuple[PlannedFault, ...]:
        return draw_cuts(Seed(seed).stream("faults"), EFFECTS, lanes=lanes, paused_seconds=(7.0, 8.0))

    faults = draw()
    assert faults == draw()
    cuts = [fault.cut for fault in faults if fault.cut is not None]
    assert sorted((cut.effect, cut.way) for cut in cuts) == sorted((effect, way) for effect in EFFECTS for way in WAYS)
    sizes = Counter(cut.lane for cut in cuts)
    assert set(sizes) <= set(range(1, lanes + 1))
    assert max(sizes.values()) - min(sizes.values()) <= len(WAYS)
    assert plan_from_json(Plan(faults).to_json()) == Plan(faults)
    for fault in faults:
        chaos.make_fault(fault.kind, fault.parameters)


def test_a_plan_without_cuts_says_nothing_of_them() -> None:
    [fault] = Plan((PlannedFault("f1", "worker-kill", {"down_seconds": 1.0}, after_seconds=3.0),)).to_json()
    assert sorted(fault) == ["after_seconds", "fault_id", "kind", "parameters"]
