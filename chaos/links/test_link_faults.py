"""Link faults land, heal and are refused as they should be: against a Toxiproxy that does not proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

import chaos
from chaos.fault import Fault
from chaos.links.link_slow import LinkSlow
from chaos.nemesis import PlanNemesis
from chaos.plan import Plan, PlannedFault
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.journal import FileJournal, read_journal
from harness.stack.links.fake_toxiproxy import FakeToxiproxy, Trouble, fake_toxiproxy
from harness.stack.links.links import Link, by_name
from harness.stack.links.proxies import Proxy
from harness.stack.links.toxiproxy_api import ToxiproxyError
from harness.stack.processes.ports import free_ports

NAME = "server-postgres"
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "link-blackhole": {},
    "link-cut": {},
    "link-reset": {"stream": "upstream"},
    "link-sliced": {"slice_bytes": 64, "delay_us": 100},
    "link-slow": {"latencies_ms": [2, 9], "step_seconds": 0.02},
    "link-throttled": {"rate_kb": 8},
}
EVIDENCE = {
    "link-blackhole": "enabled with timeout (timeout 0) on its upstream and timeout (timeout 0) on its downstream",
    "link-cut": "disabled",
    "link-reset": "enabled with reset_peer (timeout 0) on its upstream",
    "link-sliced": "enabled with slicer (average_size 64, size_variation 0, delay 100) on its upstream",
    "link-slow": "enabled with latency (latency 2, jitter 0) on its upstream",
    "link-throttled": "enabled with bandwidth (rate 8) on its upstream",
}


@dataclass
class FakeSite:
    """What a link fault and the nemesis touch of a site."""

    folder: Path
    links: Mapping[str, Link]
    journal: FileJournal
    world: None = None
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
async def fake() -> AsyncIterator[FakeToxiproxy]:
    async with fake_toxiproxy() as server:
        yield server


@pytest.fixture
async def site(fake: FakeToxiproxy, tmp_path: Path) -> AsyncIterator[Site]:
    toxiproxy = fake.client()
    listen, upstream = free_ports(2)
    await toxiproxy.populate([Proxy(NAME, f"127.0.0.1:{listen}", f"127.0.0.1:{upstream}")])
    journal = FileJournal(tmp_path / "journal" / "harness.jsonl", "harness")
    link = Link(NAME, "history", "postgres", toxiproxy)
    yield cast(Site, FakeSite(tmp_path, by_name([link]), journal))
    await toxiproxy.close()
    journal.close()


def fault_of(kind: str, link: str = NAME) -> Fault:
    return chaos.make_fault(kind, {"link": link, "for_seconds": 0.0, **FAULTS[kind]})


def test_every_link_fault_is_tried_here() -> None:
    assert set(FAULTS) == {kind for kind in chaos.FAULTS if kind.startswith("link-")}


@pytest.mark.parametrize("kind", FAULTS)
async def test_it_reads_back_broken_and_then_whole(site: Site, kind: str) -> None:
    fault = fault_of(kind)
    evidence = await fault.inject(site, None)
    assert evidence.startswith("link server-postgres (from history to postgres): proxy server-postgres reads back ")
    assert EVIDENCE[kind] in evidence
    assert NAME in fault.description
    for _ in range(2):
        await fault.heal(site)
        assert (await site.links[NAME].toxiproxy.proxy(NAME)).whole
    assert not site.links[NAME].lock.locked()
    assert fault.felt(site) is None
    (strike,) = fault.struck
    assert (strike.kind, strike.name, strike.ends) == ("link", NAME, ("history", "postgres"))
    assert strike.since_seconds <= (strike.until_seconds or 0.0)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("trouble", ["error", "lie", "hang"])
async def test_a_fault_that_does_not_land_raises(site: Site, fake: FakeToxiproxy, kind: str, trouble: Trouble) -> None:
    fake.trouble = trouble
    with pytest.raises(ToxiproxyError):
        await fault_of(kind).inject(site, None)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("trouble", ["error", "lie", "hang"])
async def test_a_heal_that_does_nothing_raises(site: Site, fake: FakeToxiproxy, kind: str, trouble: Trouble) -> None:
    fault = fault_of(kind)
    await fault.inject(site, None)
    fake.trouble = trouble
    with pytest.raises(ToxiproxyError):
        await fault.heal(site)
    fake.trouble = ""
    await fault.heal(site)
    assert (await site.links[NAME].toxiproxy.proxy(NAME)).whole


async def test_a_cut_that_only_reads_back_is_no_cut(site: Site) -> None:
    port = int((await site.links[NAME].toxiproxy.proxy(NAME)).proxy.listen.rpartition(":")[2])
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port)
    async with server:
        with pytest.raises(EnvironmentMissing, match="takes connections all the same"):
            await fault_of("link-cut").inject(site, None)


async def test_the_latency_follows_the_plan_while_it_lasts(site: Site, fake: FakeToxiproxy) -> None:
    fault = fault_of("link-slow")
    await fault.inject(site, None)
    seen: list[int] = []

    def changed() -> bool:
        seen.extend(toxic["attributes"]["latency"] for toxic in fake.proxies[NAME]["toxics"])
        return {2, 9} <= set(seen)

    await eventually(changed, what="both latencies", timeout_seconds=60.0, interval_seconds=0.002)
    await fault.heal(site)


async def test_a_latency_that_could_not_be_changed_is_told_once_and_healed(site: Site, fake: FakeToxiproxy) -> None:
    fault = LinkSlow(NAME, 0.0, [2, 9], step_seconds=0.02)
    await fault.inject(site, None)
    assert fault._steps is not None
    fake.proxies[NAME]["toxics"].clear()
    await eventually(fault._steps.done, what="the next change", timeout_seconds=60.0)
    # Which of the two it is decides who came first.
    with pytest.raises(ToxiproxyError, match=r"toxic not found|reads back enabled, and was to be"):
        await fault.heal(site)
    assert (await site.links[NAME].toxiproxy.proxy(NAME)).whole
    await fault.heal(site)


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_link_that_the_stack_does_not_have_is_refused_by_name(site: Site, kind: str) -> None:
    fault = fault_of(kind, "worker-moon")
    with pytest.raises(UsageError, match="no link 'worker-moon'; it has server-postgres"):
        await fault.inject(site, None)
    await fault.heal(site)
    none = FakeSite(site.folder, {}, cast(FileJournal, site.journal))
    with pytest.raises(UsageError, match="none at all; the stack `full` has"):
        await fault_of(kind).inject(cast(Site, none), None)


async def test_two_faults_never_share_a_link(site: Site) -> None:
    first, second = fault_of("link-cut"), fault_of("link-blackhole")
    await first.inject(site, None)
    waiting = asyncio.create_task(second.inject(site, None))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    await first.heal(site)
    assert "timeout" in await asyncio.wait_for(waiting, 60.0)
    await second.heal(site)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("link-slow", {"latencies_ms": []}),
        ("link-slow", {"latencies_ms": [-1]}),
        ("link-slow", {"latencies_ms": [0, 9]}),  # It would have landed before anything is late.
        ("link-slow", {"latencies_ms": [10, 500], "step_seconds": 0.5}),
        ("link-throttled", {"rate_kb": 0}),
        ("link-sliced", {"slice_bytes": 0, "delay_us": 0}),
        ("link-reset", {"stream": "sideways"}),
    ],
)
def test_parameters_that_make_no_sense_are_refused_when_the_fault_is_made(
    kind: str, parameters: Mapping[str, Any]
) -> None:
    with pytest.raises(UsageError):
        chaos.make_fault(kind, {"link": NAME, "for_seconds": 1.0, **parameters})


async def test_a_toxiproxy_that_answers_500_is_an_error_in_the_record(site: Site, fake: FakeToxiproxy) -> None:
    planned = PlannedFault("f1", "link-throttled", {"link": NAME, "for_seconds": 0.0, "rate_kb": 8}, after_seconds=0.0)
    nemesis = PlanNemesis(Plan((planned,)))
    await nemesis.prepare(site)
    fake.trouble = "error"
    await nemesis.run(site)
    events = [r for r in read_journal(site.folder / "journal" / "harness.jsonl") if r["kind"] == "fault"]
    assert events[0]["event"] == "error"
    assert "500" in events[0]["evidence"]
    assert "landed" not in [event["event"] for event in events]


async def test_nobody_tries_a_cut_link_of_a_network_that_is_not_ours(site: Site, fake: FakeToxiproxy) -> None:
    """Its proxy's own address is another host's; here somebody else may listen on that port, or nobody."""
    here = site.links[NAME]
    inner = cast(Site, FakeSite(site.folder, by_name([replace(here, inside=True)]), cast(FakeSite, site).journal))
    fault = fault_of("link-cut")
    assert (await fault.inject(inner, None)).endswith(
        "reads back disabled, which nobody outside of its network can try"
    )
    await fault.heal(inner)
