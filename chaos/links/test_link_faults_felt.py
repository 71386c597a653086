"""Each link fault is felt by who is on the line, and is gone after the heal: with the real Toxiproxy."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

import chaos
from harness.experiment.site import Site
from harness.record.journal import FileJournal
from harness.stack.links.links import Link, by_name
from harness.stack.links.proxies import Proxy
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_server import ToxiproxyServer, start_toxiproxy
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes

pytestmark = pytest.mark.full

CONTENT = b"x" * 4000
SLOW_SECONDS = 0.3


@dataclass(frozen=True)
class FakeSite:
    """What a link fault touches of a site."""

    links: Mapping[str, Link]


async def call(port: int) -> str:
    """Say something to the echo server and tell how it went."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(2.0):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                writer.write(CONTENT)
                assert await reader.readexactly(len(CONTENT)) == CONTENT
    except (TimeoutError, OSError) as error:
        return type(error).__name__
    return "slow" if time.monotonic() - began >= SLOW_SECONDS else "fine"


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()


@pytest.fixture
async def link(tmp_path: Path) -> AsyncIterator[Link]:
    api_port, listen_port = free_ports(2)
    processes = Processes(f"test-{tmp_path.name}", tmp_path / "logs", FileJournal(tmp_path / "journal.jsonl", "test"))
    async with await asyncio.start_server(echo, "127.0.0.1", 0) as target:
        upstream = f"127.0.0.1:{target.sockets[0].getsockname()[1]}"
        server = ToxiproxyServer(api_port, [Proxy("us-echo", f"127.0.0.1:{listen_port}", upstream)])
        toxiproxy = Toxiproxy(server.url)
        try:
            await start_toxiproxy(server, processes, folder=tmp_path)
            yield Link("us-echo", "us", "echo", toxiproxy)
        finally:
            await toxiproxy.close()
            await processes.stop_all(grace_seconds=2.0)


@pytest.mark.parametrize(
    ("kind", "parameters", "felt"),
    [
        ("link-blackhole", {}, "TimeoutError"),
        ("link-cut", {}, "ConnectionRefusedError"),
        ("link-reset", {"stream": "downstream"}, "ConnectionResetError"),
        ("link-reset", {"stream": "upstream"}, "ConnectionResetError"),
        ("link-sliced", {"slice_bytes": 500, "delay_us": 50_000}, "slow"),
        ("link-slow", {"latencies_ms": [250, 200], "step_seconds": 3.0}, "slow"),
        ("link-throttled", {"rate_kb": 10}, "slow"),
    ],
)
async def test_it_is_felt_and_then_gone(link: Link, kind: str, parameters: Mapping[str, Any], felt: str) -> None:
    port = int((await link.toxiproxy.proxy(link.name)).proxy.listen.rpartition(":")[2])
    site = cast(Site, FakeSite(by_name([link])))
    fault = chaos.make_fault(kind, {"link": link.name, "for_seconds": 0.0, **parameters})
    assert await call(port) == "fine"
    await fault.inject(site, None)
    assert await call(port) == felt
    for _ in range(2):
        await fault.heal(site)
        assert await call(port) == "fine"
