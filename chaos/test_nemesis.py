"""The nemesis strikes at its moments, journals the evidence, and heals whatever happens: with fakes."""

from __future__ import annotations

import inspect
from typing import cast

import pytest

import chaos
from chaos.fault import Milestone
from chaos.nemesis import PlanNemesis
from chaos.plan import HoldPoint, Plan, PlannedFault, plan_from_json
from chaos.testing_nemesis import FakeFault, FakeGradualFault, FakeSite, FakeWorld, tried
from harness.experiment.site import Site


async def test_every_step_is_journalled_with_its_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FakeFault()
    site = await tried(fault, PlannedFault("f1", "fake", after_seconds=0.0), monkeypatch)
    assert site.journal.events("f1") == ["injected", "landed", "healed", "felt"]
    assert fault.done == ["inject", "heal", "heal"]
    assert fault.milestone is None
    struck = {line["event"]: line["struck"] for line in site.journal.records if "struck" in line}
    strike = {"kind": "link", "name": "a-b", "since_seconds": 1.0, "ends": ["a", "b"]}
    assert struck == {"landed": [{**strike, "until_seconds": None}], "healed": [{**strike, "until_seconds": 2.0}]}


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
    with pytest.raises(ValueError, match=r"^no fault is called 'worker-kil'; there are worker-kill, .*, ack-drop, "):
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
