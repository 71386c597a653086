"""Healing goes on whatever ends one of it, and names all that stays broken: with fakes."""

from __future__ import annotations

from typing import cast

import httpx
import psutil
import pytest

import chaos
from chaos.nemesis import PlanNemesis
from chaos.plan import HoldPoint, Plan, PlannedFault
from chaos.testing_nemesis import FakeFault, FakeSite, FakeWorld
from harness.errors import EnvironmentMissing
from harness.experiment.site import Site


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
