"""The faults of services on the world itself: what its callers get meanwhile, and that they feel it."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx
import pytest

import chaos
from harness.experiment.site import Site
from harness.experiment.world import WorldControl
from scenarios.world import world
from scenarios.world.in_process import Running, entry, running_world


@dataclass(frozen=True)
class SmallSite:
    """What a fault of a service touches of a site."""

    folder: Path
    world: WorldControl


@contextlib.asynccontextmanager
async def world_with_site(folder: Path) -> AsyncIterator[tuple[Running, Site]]:
    async with running_world(folder / "journal") as running:
        control = WorldControl(world.control_url(running.ports))
        yield running, cast(Site, SmallSite(folder, control))
        await control.close()


async def book(running: Running) -> httpx.Response:
    return await running.client.post(running.url("accounting", "/entries"), json=entry())


@pytest.mark.parametrize("status", [429, 503])
async def test_errors_are_answered_with_the_status_and_felt(tmp_path: Path, status: int) -> None:
    async with world_with_site(tmp_path) as (running, site):
        parameters = {"service": "accounting", "error_rate": 1.0, "for_seconds": 1.0, "status": status}
        fault = chaos.make_fault("service-errors", parameters)
        landed = await fault.inject(site, None)
        assert f"error_status reads back as {status}" in landed
        assert [(await book(running)).status_code for _ in range(2)] == [status, status]
        await fault.heal(site)
        assert (await book(running)).status_code == 201
        assert fault.felt(site) == "2 requests to accounting were answered with an error"


async def test_slowness_is_waited_out_and_felt(tmp_path: Path) -> None:
    async with world_with_site(tmp_path) as (running, site):
        parameters = {"service": "accounting", "latency_seconds": 0.2, "for_seconds": 1.0}
        fault = chaos.make_fault("service-slow", parameters)
        assert (await book(running)).status_code == 201
        await fault.inject(site, None)
        began = time.monotonic()
        assert (await book(running)).status_code == 201
        assert time.monotonic() - began >= 0.2
        await fault.heal(site)
        assert (await book(running)).status_code == 201
        felt = re.fullmatch(
            r"1 requests to accounting waited (\d+\.\d\d) s or longer for their answer", fault.felt(site) or ""
        )
        assert felt is not None
        assert float(felt[1]) >= 0.2


async def test_a_caller_that_gives_up_leaves_a_late_effect_and_is_evidence_too(tmp_path: Path) -> None:
    async with world_with_site(tmp_path) as (running, site):
        parameters = {"service": "accounting", "latency_seconds": 0.3, "for_seconds": 1.0}
        fault = chaos.make_fault("service-slow", parameters)
        await fault.inject(site, None)
        # However long it takes on a busy machine to ask: only the answer is not waited for.
        patience = httpx.Timeout(60, read=0.05)
        with pytest.raises(httpx.TimeoutException):
            await running.client.post(running.url("accounting", "/entries"), json=entry(), timeout=patience)
        assert (await book(running)).status_code == 201
        await fault.heal(site)
        assert len(running.records("effect")) == 2
        assert (fault.felt(site) or "").startswith("2 requests")


async def test_a_service_that_nobody_asked_is_not_felt(tmp_path: Path) -> None:
    async with world_with_site(tmp_path) as (running, site):
        fault = chaos.make_fault("service-slow", {"service": "smtp", "latency_seconds": 0.1, "for_seconds": 1.0})
        await fault.inject(site, None)
        assert (await book(running)).status_code == 201
        await fault.heal(site)
        assert fault.felt(site) is None
