"""The nemesis strikes at its moments, journals the evidence, and heals whatever happens: with fakes."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import httpx
import psutil
import pytest

import chaos
from chaos.fault import Milestone
from chaos.nemesis import PlanNemesis
from chaos.plan import HoldPoint, Plan, PlannedFault, plan_from_json
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


async def test_every_step_is_journalled_with_its_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FakeFault()
    site = await tried(fault, PlannedFault("f1", "fake", after_seconds=0.0), monkeypatch)
    assert site.journal.events("f1") == ["injected", "landed", "healed", "felt"]
    assert fault.done == ["inject", "heal", "heal"]
    assert fault.milestone is None
    struck = {line["event"]: line["struck"] for line in site.journal.records if "struck" in line}
    strike = {"kind": "link", "name": "a-b", "since_seconds": 1.0, "ends": ["a", "b"]}
    assert struck == {"landed": [{**strike, "until_seconds": None}], "healed": [{**strike, "until_seconds": 2.0}]}


async def test_a_fault_that_only_the_last_healing_healed_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FakeFault(unhealable=1)
    monkeypatch.setattr(chaos.nemesis, "make_fault", lambda kind, parameters: fault)
    site = FakeSite()
    nemesis = PlanNemesis(Plan((PlannedFault("f1", "fake", after_seconds=0.0),)))
    await nemesis.prepare(cast(Site, site))
    with pytest.raises(ExceptionGroup):
        await nemesis.run(cast(Site, site))
    for _ in range(2):
        await nemesis.heal(cast(Site, site))
    assert site.journal.events("f1") == ["injected", "landed", "healed"]
    assert site.journal.records[-1]["struck"][0]["until_seconds"] == 2.0


async def test_a_fault_whose_turn_never_came_is_not_said_to_be_healed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos.nemesis, "make_fault", lambda kind, parameters: FakeFault())
    site = FakeSite()
    nemesis = PlanNemesis(Plan((PlannedFault("f1", "fake", after_seconds=0.0),)))
    await nemesis.prepare(cast(Site, site))
    await nemesis.heal(cast(Site, site))
    assert site.journal.events("f1") == []


async def test_a_milestone_tells_the_fault_whose_request_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FakeFault()
    planned = PlannedFault("f1", "fake", hold=HoldPoint("smtp", "mail", 3, "after_commit"))
    site = await tried(fault, planned, monkeypatch)
    assert fault.milestone == Milestone("INV-1")
    assert "h1" in site.world.released


async def test_a_fault_that_cannot_be_injected_is_an_error_and_is_healed(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FakeFault(fail="no such worker")
    site = await tried(fault, PlannedFault("f1", "fake", after_seconds=0.0), monkeypatch)
    assert site.journal.events("f1")[0] == "error"
    assert "landed" not in site.journal.events("f1")
    assert fault.done == ["heal", "heal"]


async def test_what_stays_broken_is_told_and_everything_else_is_healed(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = {"stays": FakeFault(unhealable=2), "heals": FakeFault()}
    monkeypatch.setattr(chaos.nemesis, "make_fault", lambda kind, parameters: faults[kind])
    site = FakeSite()
    hold = HoldPoint("smtp", "mail", 3, "after_commit")
    nemesis = PlanNemesis(
        Plan((PlannedFault("stays", "stays", after_seconds=0.0), PlannedFault("heals", "heals", hold=hold)))
    )
    await nemesis.prepare(cast(Site, site))
    with pytest.raises(ExceptionGroup):
        await nemesis.run(cast(Site, site))
    assert site.journal.events("stays") == ["injected", "landed"]
    faults["heals"].done.clear()
    site.world.released.clear()
    with pytest.raises(EnvironmentMissing, match=r"could not be healed: stays \(stays\): it stays broken"):
        await nemesis.heal(cast(Site, site))
    assert faults["heals"].done[-1] == "heal"
    assert site.world.released[-1] == "h1"


async def test_whatever_ends_one_healing_the_others_are_healed_and_all_that_are_not_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = {
        "gone": FakeFault(unhealable=1, unhealed=psutil.NoSuchProcess(7)),
        "stays": FakeFault(unhealable=1),
        "heals": FakeFault(),
    }
    monkeypatch.setattr(chaos.nemesis, "make_fault", lambda kind, parameters: faults[kind])
    world = FakeWorld()
    nemesis = PlanNemesis(
        Plan(tuple(PlannedFault(kind, kind, hold=HoldPoint("smtp", "mail", 3, "after_commit")) for kind in faults))
    )
    site = FakeSite(world=world)
    await nemesis.prepare(cast(Site, site))
    monkeypatch.setattr(world, "release", raises_connect_error)

    told = (
        r"healed: gone \(gone\): NoSuchProcess: process no longer exists \(pid=7\); stays \(stays\): it stays broken; "
        r"gone \(the request that it held\): ConnectError: refused; "
    )
    with pytest.raises(EnvironmentMissing, match=told):
        await nemesis.heal(cast(Site, site))
    assert faults["heals"].done == ["heal"]


async def raises_connect_error(hold_id: str) -> None:
    raise httpx.ConnectError("refused")


async def test_a_hold_that_expired_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = PlannedFault("f1", "fake", hold=HoldPoint("smtp", "mail", 3, "after_commit"))
    site = await tried(FakeFault(), planned, monkeypatch, FakeWorld(state="expired"))
    assert site.journal.events("f1")[0] == "error"


async def test_a_milestone_that_never_comes_is_waited_for_only_as_long_as_there_is_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned = PlannedFault("f1", "fake", hold=HoldPoint("smtp", "mail", 3, "after_commit"))
    monkeypatch.setattr(chaos.nemesis, "make_fault", lambda kind, parameters: FakeFault())
    site = FakeSite(world=FakeWorld(state="armed"))
    site.work_over.set()
    nemesis = PlanNemesis(Plan((planned,)))
    await nemesis.prepare(cast(Site, site))
    await nemesis.run(cast(Site, site))
    assert site.journal.events("f1") == ["error", "healed", "felt"]


def test_a_plan_survives_its_own_json() -> None:
    plan = Plan(
        (
            PlannedFault("f1", "worker-kill", {"down_seconds": 1.0, "slot": 2}, after_seconds=3.0),
            PlannedFault("f2", "worker-pause", {"slot": 1, "paused_seconds": 7.0}, hold=HoldPoint("s", "o", 4, "p")),
        )
    )
    assert plan_from_json(plan.to_json()) == plan


@pytest.mark.parametrize("kind", sorted(chaos.FAULTS))
def test_a_fault_of_a_plan_is_refused_with_parameters_it_does_not_have(kind: str) -> None:
    taken = next(iter(inspect.signature(chaos.FAULTS[kind]).parameters))
    with pytest.raises(TypeError, match=rf"^{kind}: .*; it takes {taken}"):
        chaos.make_fault(kind, {"nonsense": 1})
    with pytest.raises(TypeError) as refused:
        chaos.make_fault(kind, {"nonsense": 1})
    assert " _" not in str(refused.value)


def test_a_fault_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"^no fault is called 'worker-kil'; there are ack-drop, .*, worker-kill, "):
        chaos.make_fault("worker-kil", {})


async def test_a_fault_that_may_have_struck_before_it_landed_says_since_when(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = PlannedFault("gradual", "worker-kill", after_seconds=0.0)
    site = await tried(FakeGradualFault(), planned, monkeypatch)
    [injected] = [line for line in site.journal.records if line.get("event") == "injected"]
    assert injected["since_seconds"] == 12.5
    site = await tried(FakeFault(), planned, monkeypatch)
    [injected] = [line for line in site.journal.records if line.get("event") == "injected"]
    assert "since_seconds" not in injected


async def test_a_fault_brings_the_words_of_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    site = await tried(FakeFault(), PlannedFault("f1", "fake", after_seconds=0.0), monkeypatch)
    [planned] = [line for line in site.journal.records if line["kind"] == "fault-planned"]
    assert planned["words"] == FakeFault().words
