"""The faults of the world's services land, heal and are refused as they should be: against a made-up control port."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

import chaos
from chaos.fault import Fault
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.experiment.world import WorldControl

WHOLE = {"latency_seconds": 0.0, "error_rate": 0.0, "error_status": 503, "refuse": False}
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "service-errors": {"error_rate": 0.5, "status": 429},
    "service-refuses": {},
    "service-slow": {"latency_seconds": 0.25},
}
BROKEN = {
    "service-errors": {**WHOLE, "error_rate": 0.5, "error_status": 429},
    "service-refuses": {**WHOLE, "refuse": True},
    "service-slow": {**WHOLE, "latency_seconds": 0.25},
}


@dataclass
class FakeControl:
    """A control port that keeps knobs; in trouble it fails, or says yes and does nothing."""

    knobs: dict[str, dict[str, Any]] = field(default_factory=lambda: {"smtp": dict(WHOLE), "accounting": dict(WHOLE)})
    trouble: str = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.trouble == "error":
            return httpx.Response(500, text="out of order")
        if request.method == "PUT" and self.trouble != "lie":
            self.knobs[request.url.path.rpartition("/")[2]] = json.loads(request.content)
        return httpx.Response(200, json=self.knobs)


@dataclass(frozen=True)
class FakeSite:
    """What such a fault touches of a site."""

    folder: Path
    world: WorldControl | None


@pytest.fixture
def control() -> FakeControl:
    return FakeControl()


@pytest.fixture
async def site(control: FakeControl, tmp_path: Path) -> AsyncIterator[Site]:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "world.jsonl").touch()
    client = httpx.AsyncClient(base_url="http://world", transport=httpx.MockTransport(control))
    world = WorldControl("http://world", client)
    yield cast(Site, FakeSite(tmp_path, world))
    await world.close()


def fault_of(kind: str, service: str = "smtp") -> Fault:
    return chaos.make_fault(kind, {"service": service, "for_seconds": 5.0, **FAULTS[kind]})


def test_every_fault_of_a_service_is_tried_here() -> None:
    assert set(FAULTS) == {kind for kind in chaos.FAULTS if kind.startswith("service-")}


@pytest.mark.parametrize("kind", FAULTS)
async def test_it_reads_back_broken_and_then_whole(site: Site, control: FakeControl, kind: str) -> None:
    fault = fault_of(kind)
    await fault.heal(site)
    evidence = await fault.inject(site, None)
    assert control.knobs == {"smtp": BROKEN[kind], "accounting": WHOLE}
    assert evidence.startswith("the knob of smtp: ")
    assert "smtp" in fault.description
    for _ in range(2):
        await fault.heal(site)
        assert {**control.knobs["smtp"], "error_status": 503} == WHOLE
    assert fault.felt(site) is None
    (strike,) = fault.struck
    assert (strike.kind, strike.name) == ("service", "smtp")
    assert strike.since_seconds < (strike.until_seconds or 0.0)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("trouble", ["error", "lie"])
async def test_a_fault_that_does_not_land_raises(site: Site, control: FakeControl, kind: str, trouble: str) -> None:
    control.trouble = trouble
    with pytest.raises(EnvironmentMissing, match={"error": "out of order", "lie": "reads back as"}[trouble]):
        await fault_of(kind).inject(site, None)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("trouble", ["error", "lie"])
async def test_a_heal_that_does_nothing_raises(site: Site, control: FakeControl, kind: str, trouble: str) -> None:
    fault = fault_of(kind)
    await fault.inject(site, None)
    control.trouble = trouble
    with pytest.raises(EnvironmentMissing):
        await fault.heal(site)
    assert fault.felt(site) is None
    control.trouble = ""
    await fault.heal(site)
    assert {**control.knobs["smtp"], "error_status": 503} == WHOLE


async def test_two_faults_of_one_service_do_not_undo_each_other(site: Site, control: FakeControl) -> None:
    slow, errors = fault_of("service-slow"), fault_of("service-errors")
    await slow.inject(site, None)
    await errors.inject(site, None)
    assert control.knobs["smtp"] == {**BROKEN["service-errors"], "latency_seconds": 0.25}
    await slow.heal(site)
    assert control.knobs["smtp"] == BROKEN["service-errors"]


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_service_that_the_world_does_not_have_is_refused_by_name(site: Site, kind: str) -> None:
    fault = fault_of(kind, "fax")
    with pytest.raises(UsageError, match="no service 'fax'; it has accounting, smtp"):
        await fault.inject(site, None)
    await fault.heal(site)
    with pytest.raises(EnvironmentMissing, match="needs a world"):
        await fault_of(kind).inject(cast(Site, FakeSite(site.folder, None)), None)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("service-slow", {"latency_seconds": 0.0}),
        ("service-slow", {"latency_seconds": -1.0}),
        ("service-slow", {"latency_seconds": 61.0, "for_seconds": 100.0}),
        ("service-slow", {"latency_seconds": 5.0}),
        ("service-errors", {"error_rate": 0.0}),
        ("service-errors", {"error_rate": 1.5}),
        ("service-errors", {"error_rate": 1.0, "status": 200}),
    ],
)
def test_parameters_that_make_no_sense_are_refused_when_the_fault_is_made(
    kind: str, parameters: Mapping[str, Any]
) -> None:
    with pytest.raises(UsageError):
        chaos.make_fault(kind, {"service": "smtp", "for_seconds": 5.0, **parameters})
