"""What the documentation shows of chaos by hand, on the real Toxiproxy: each call works there, and is seen to work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from toxiproxy.exceptions import ProxyExists

from harness.record.journal import FileJournal
from harness.stack.links.links import Link
from harness.stack.links.proxies import Proxy
from harness.stack.links.read_back import WHOLE, Condition, read_back
from harness.stack.links.strict_toxiproxy import strict_toxiproxy
from harness.stack.links.strict_types import StrictToxiproxy
from harness.stack.links.toxics import Latency
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError
from harness.stack.links.toxiproxy_server import ToxiproxyServer, start_toxiproxy
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes

pytestmark = pytest.mark.full

NAME = "server-postgres"


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    api_port, listen_port = free_ports(2)
    processes = Processes(f"test-{tmp_path.name}", tmp_path / "logs", FileJournal(tmp_path / "journal.jsonl", "test"))
    server = ToxiproxyServer(api_port, [Proxy(NAME, f"127.0.0.1:{listen_port}", "127.0.0.1:9")])
    toxiproxy = Toxiproxy(server.url)
    try:
        await start_toxiproxy(server, processes, folder=tmp_path)
        yield Link(NAME, "server", "postgres", toxiproxy)
    finally:
        await toxiproxy.close()
        await processes.stop_all(grace_seconds=2.0)


async def test_a_link_is_broken_and_healed_by_hand(link: Link) -> None:
    toxiproxy = strict_toxiproxy(link.toxiproxy.url)

    async def blocking(call: Callable[[], object]) -> None:
        await asyncio.to_thread(call)

    proxy = await asyncio.to_thread(toxiproxy.get_proxy, NAME)
    assert proxy is not None
    await blocking(proxy.disable)
    await read_back(link, Condition(enabled=False))
    await blocking(proxy.enable)
    await read_back(link, WHOLE)
    await blocking(lambda: proxy.add_toxic(type="latency", stream="downstream", attributes={"latency": 300}))
    await read_back(link, Condition(toxics=[Latency(300)]))
    await blocking(lambda: proxy.destroy_toxic("latency_downstream"))
    await read_back(link, WHOLE)
    await blocking(lambda: proxy.add_toxic(type="timeout", attributes={"timeout": 0}))
    await blocking(proxy.disable)
    await blocking(toxiproxy.reset)
    await read_back(link, WHOLE)


async def test_what_the_server_refuses_is_told_in_its_words(link: Link) -> None:
    def refused(toxiproxy: StrictToxiproxy) -> None:
        proxy = toxiproxy.get_proxy(NAME)
        assert proxy is not None
        with pytest.raises(ToxiproxyError, match="invalid toxic type"):
            proxy.add_toxic(type="earthquake")
        with pytest.raises(ProxyExists):
            toxiproxy.create("127.0.0.1:9", NAME)
        with pytest.raises(ToxiproxyError, match=r"answered 500: .*address already in use"):
            toxiproxy.create("127.0.0.1:9", "second", proxy.listen)
        made = toxiproxy.create("127.0.0.1:9", "third")
        assert toxiproxy.proxies().keys() == {NAME, "third"}
        toxiproxy.destroy(made)
        assert toxiproxy.get_proxy("third") is None

    await asyncio.to_thread(refused, strict_toxiproxy(link.toxiproxy.url))
