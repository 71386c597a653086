"""Of what was done to a link nobody who did it is believed: clients that lie, and readers that see something else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

import chaos
from chaos.links.test_link_faults import FAULTS, NAME, FakeSite
from chaos.nemesis import PlanNemesis
from chaos.plan import Plan, PlannedFault
from harness.errors import EnvironmentMissing
from harness.experiment.site import Site
from harness.record.journal import FileJournal, read_journal
from harness.stack.links.fake_toxiproxy import FakeToxiproxy, fake_toxiproxy
from harness.stack.links.links import Link, by_name
from harness.stack.links.proxies import Proxy, ProxyState
from harness.stack.links.toxics import Toxic
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError
from harness.stack.processes.ports import free_ports


@dataclass
class Liar:
    """A client with the defect that the real one must never have: it says what it was asked to do, and does nothing.

    ``honest`` does what is not lied about.
    """

    honest: Toxiproxy
    lies_of: frozenset[str]
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.honest.url

    async def disable(self, name: str) -> ProxyState:
        state = await self.honest.proxy(name)
        return ProxyState(state.proxy, False) if "disable" in self.lies_of else await self.honest.disable(name)

    async def add_toxic(self, name: str, toxic: Toxic) -> ProxyState:
        if "add_toxic" in self.lies_of:
            return await self.honest.proxy(name)
        return await self.honest.add_toxic(name, toxic)

    async def heal(self, name: str) -> ProxyState:
        if "heal" in self.lies_of:
            return ProxyState((await self.honest.proxy(name)).proxy, True)
        return await self.honest.heal(name)


@pytest.fixture
async def fake() -> AsyncIterator[FakeToxiproxy]:
    async with fake_toxiproxy() as server:
        yield server


async def populated(fake: FakeToxiproxy) -> Toxiproxy:
    client = fake.client()
    listen, upstream = free_ports(2)
    await client.populate([Proxy(NAME, f"127.0.0.1:{listen}", f"127.0.0.1:{upstream}")])
    return client


def site_with(client: object, folder: Path) -> Site:
    journal = FileJournal(folder / "journal" / "harness.jsonl", "harness")
    return cast(Site, FakeSite(folder, by_name([Link(NAME, "history", "postgres", cast(Toxiproxy, client))]), journal))


def planned(kind: str) -> PlannedFault:
    return PlannedFault("f1", kind, {"link": NAME, "for_seconds": 0.0, **FAULTS[kind]}, after_seconds=0.0)


def events_of(site: Site) -> list[Mapping[str, Any]]:
    return [line for line in read_journal(site.folder / "journal" / "harness.jsonl") if line["kind"] == "fault"]


async def tried(kind: str, site: Site) -> list[Mapping[str, Any]]:
    """What the journal says of the fault after a run."""
    nemesis = PlanNemesis(Plan((planned(kind),)))
    await nemesis.prepare(site)
    await nemesis.run(site)
    return events_of(site)


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_client_that_only_says_that_it_broke_a_link_has_shown_nothing(
    fake: FakeToxiproxy, tmp_path: Path, kind: str
) -> None:
    client = await populated(fake)
    lies = frozenset({"disable", "add_toxic"})
    events = await tried(kind, site_with(Liar(client, lies), tmp_path))
    await client.close()
    told = {event["event"]: event["evidence"] for event in events}
    assert "landed" not in told
    assert f"proxy {NAME} reads back enabled, and was to be " in told["error"]
    assert "through toxiproxy-python" in told["error"]


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_client_that_only_says_that_it_healed_a_link_is_found_out(
    fake: FakeToxiproxy, tmp_path: Path, kind: str
) -> None:
    client = await populated(fake)
    site = site_with(Liar(client, frozenset({"heal"})), tmp_path)
    with pytest.RaisesGroup(pytest.RaisesExc(ToxiproxyError, match="and was to be enabled$")):
        await tried(kind, site)
    await client.close()
    assert "healed" not in [event["event"] for event in events_of(site)]


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_reader_that_sees_another_link_shows_nothing(fake: FakeToxiproxy, tmp_path: Path, kind: str) -> None:
    """Whoever of the two is wrong."""
    async with fake_toxiproxy() as other:
        client, elsewhere = await populated(fake), await populated(other)
        reader = Liar(client, frozenset())
        reader.url = elsewhere.url
        events = await tried(kind, site_with(reader, tmp_path))
        await client.close()
        await elsewhere.close()
    assert [event["event"] for event in events if event["event"] in ("landed", "error")] == ["error"]


async def test_a_reader_whom_nobody_answers_shows_nothing(fake: FakeToxiproxy, tmp_path: Path) -> None:
    client = await populated(fake)
    reader = Liar(client, frozenset())
    reader.url = f"http://127.0.0.1:{free_ports(1)[0]}"
    fault = chaos.make_fault("link-cut", {"link": NAME, "for_seconds": 0.0})
    with pytest.raises(ToxiproxyError, match="no answer"):
        await fault.inject(site_with(reader, tmp_path), None)
    await client.close()


async def test_a_toxic_that_somebody_else_put_there_is_no_part_of_the_fault(
    fake: FakeToxiproxy, tmp_path: Path
) -> None:
    client = await populated(fake)
    fake.proxies[NAME]["toxics"].append(
        {"name": "x", "type": "timeout", "stream": "upstream", "toxicity": 1.0, "attributes": {"timeout": 0}}
    )
    events = await tried("link-throttled", site_with(client, tmp_path))
    await client.close()
    (told,) = [event["evidence"] for event in events if event["event"] == "error"]
    assert "timeout (timeout 0) on its upstream and bandwidth (rate 8)" in told


def test_without_a_reader_no_fault_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EnvironmentMissing, match=r"pip install 'temporal-assay\[full\]'"):
        chaos.make_fault("link-cut", {"link": NAME, "for_seconds": 0.0})
