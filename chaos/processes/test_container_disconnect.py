"""A container is taken off its network and put back under its names; a stack without containers refuses by name."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from chaos.processes.container_disconnect import ContainerDisconnect
from chaos.processes.testing_processes import small_site
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.reach import Targets, out_of_reach
from harness.experiment.site import Site
from harness.stack.containers.network import ContainerNetwork


@dataclass
class FakeEngine:
    """One container on one network. ``stubborn`` keeps it there whatever it is asked."""

    stubborn: bool = False
    networks: dict[str, object] = field(default_factory=lambda: {"stack_default": {}})
    connected: list[tuple[str, ...]] = field(default_factory=list)

    def ask(self, *words: str, **_: Any) -> str:
        if words[:2] == ("network", "disconnect") and not self.stubborn:
            del self.networks[words[2]]
        elif words[:2] == ("network", "connect"):
            self.connected.append(words[2:])
            self.networks[words[-2]] = {}
        return json.dumps(self.networks)


@contextlib.asynccontextmanager
async def site_with(engine: FakeEngine, folder: Path) -> AsyncIterator[Site]:
    attachment = ContainerNetwork("stack-postgres-1", "stack_default", ("postgresql",), ask=engine.ask)
    async with small_site(folder, name="postgres") as site:
        yield replace(site, attachments={"postgres": attachment})


async def test_it_is_off_its_network_until_it_is_healed_under_its_old_name(tmp_path: Path) -> None:
    engine = FakeEngine()
    async with site_with(engine, tmp_path) as site:
        fault = ContainerDisconnect("postgres", 1.0)
        landed = await fault.inject(site, None)
        assert landed == "the engine has stack-postgres-1 on no network of the stack"
        assert engine.networks == {}
        assert [(strike.kind, strike.name, strike.until_seconds) for strike in fault.struck] == [
            ("process", "postgres", None)
        ]
        await fault.heal(site)
        await fault.heal(site)
        assert engine.connected == [("--alias", "postgresql", "stack_default", "stack-postgres-1")]
        assert not site.singles.lock("postgres").locked()
        assert fault.felt(site) is None


async def test_who_breaks_its_process_meanwhile_waits(tmp_path: Path) -> None:
    async with site_with(FakeEngine(), tmp_path) as site:
        fault = ContainerDisconnect("postgres", 1.0)
        await fault.inject(site, None)
        assert site.singles.lock("postgres").locked()
        await fault.heal(site)


async def test_one_that_stays_on_its_network_has_not_landed(tmp_path: Path) -> None:
    async with site_with(FakeEngine(stubborn=True), tmp_path) as site:
        with pytest.raises(EnvironmentMissing, match="stack-postgres-1 is still on the network stack_default"):
            await ContainerDisconnect("postgres", 1.0).inject(site, None)


async def test_one_that_does_not_run_is_missed_by_nobody(tmp_path: Path) -> None:
    async with site_with(FakeEngine(), tmp_path) as site:
        await site.singles.kill("postgres")
        with pytest.raises(EnvironmentMissing, match="postgres was not running when it was to be disconnected"):
            await ContainerDisconnect("postgres", 1.0).inject(site, None)


async def test_a_stack_without_containers_refuses(tmp_path: Path) -> None:
    async with small_site(tmp_path, name="postgres") as site:
        with pytest.raises(UsageError, match=r"no container 'postgres'.*only the stack `compose` has any"):
            await ContainerDisconnect("postgres", 1.0).inject(site, None)


def test_a_plan_for_another_stack_is_refused_before_anything_is_started() -> None:
    plan = [{"fault_id": "a", "kind": "container-disconnect", "parameters": {"process": "postgres", "for_seconds": 1}}]
    assert Targets(3, world=True, links=True, containers=True).lack(plan) == []
    [told] = Targets(3, world=True, links=True, containers=False).lack(plan)
    assert told.startswith(
        "a is a container-disconnect, for which this stack has no containers; say stacks=('compose',)"
    )
    assert out_of_reach([{**plan[0], "parameters": {}}], ()) == ["a is a container-disconnect"]
