"""Each toxic is felt by who is on the line: the real Toxiproxy before a real echo server."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.record.journal import FileJournal
from harness.stack.links.proxies import Proxy
from harness.stack.links.toxics import Bandwidth, Latency, LimitData, ResetPeer, Slicer, SlowClose, Stream, Timeout
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError
from harness.stack.links.toxiproxy_server import ToxiproxyServer, start_toxiproxy
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes

pytestmark = pytest.mark.full

PATIENCE_SECONDS = 10.0


class Line:
    """A connection to the echo server through a proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def echo(self, content: bytes = b"ping", timeout_seconds: float = PATIENCE_SECONDS) -> bytes:
        """Say it and return what comes back, which is shorter when the connection ends before."""
        self.writer.write(content)
        answered = b""
        async with asyncio.timeout(timeout_seconds):
            while len(answered) < len(content) and (piece := await self.reader.read(65536)):
                answered += piece
        return answered


class Bench:
    """An echo server behind a proxy of a real Toxiproxy."""

    def __init__(self, toxiproxy: Toxiproxy, proxy: Proxy) -> None:
        self.toxiproxy, self.proxy = toxiproxy, proxy

    @contextlib.asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.proxy.listen.rpartition(":")[2]))
        try:
            yield Line(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def rest(self) -> None:
        """Heal, and see that bytes pass again."""
        assert (await self.toxiproxy.heal("echo")).whole
        async with self.line() as line:
            assert await line.echo() == b"ping"


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def processes_in(folder: Path) -> AsyncIterator[Processes]:
    processes = Processes(f"test-{folder.name}", folder / "logs", FileJournal(folder / "journal.jsonl", "test"))
    try:
        yield processes
    finally:
        await processes.stop_all(grace_seconds=2.0)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    api_port, listen_port = free_ports(2)
    async with await asyncio.start_server(echo, "127.0.0.1", 0) as target, processes_in(tmp_path) as processes:
        upstream = f"127.0.0.1:{target.sockets[0].getsockname()[1]}"
        proxy = Proxy("echo", f"127.0.0.1:{listen_port}", upstream)
        server = ToxiproxyServer(api_port, [proxy])
        await start_toxiproxy(server, processes, folder=tmp_path)
        toxiproxy = Toxiproxy(server.url)
        yield Bench(toxiproxy, proxy)
        await toxiproxy.close()


async def test_a_cut_ends_connections_and_refuses_new_ones(bench: Bench) -> None:
    async with bench.line() as line:
        assert await line.echo() == b"ping"
        state = await bench.toxiproxy.disable("echo")
        assert state.evidence() == "proxy echo reads back disabled"
        assert await line.reader.read() == b""
    with pytest.raises(ConnectionRefusedError):
        async with bench.line():
            pass
    await bench.rest()


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
async def test_a_black_hole_takes_connections_and_answers_nothing(bench: Bench, stream: Stream) -> None:
    await bench.toxiproxy.add_toxic("echo", Timeout(0, stream))
    async with bench.line() as line:
        with pytest.raises(TimeoutError):
            await line.echo(timeout_seconds=0.5)
        # Bytes are missing in this connection, so healing ends it.
        await bench.toxiproxy.heal("echo")
        assert await line.echo() == b""
    await bench.rest()


async def test_a_timeout_closes_the_connection(bench: Bench) -> None:
    await bench.toxiproxy.add_toxic("echo", Timeout(200))
    async with bench.line() as line:
        began = time.monotonic()
        assert await line.echo() == b""
        assert time.monotonic() - began >= 0.15


async def test_latency_is_felt_and_changes_on_a_connection_that_is_open(bench: Bench) -> None:
    async with bench.line() as line:
        for latency_ms in (400, 0):
            toxic = Latency(latency_ms)
            change = bench.toxiproxy.add_toxic if latency_ms else bench.toxiproxy.update_toxic
            state = await change("echo", toxic)
            assert state.toxics["latency_downstream"]["attributes"] == {"latency": latency_ms, "jitter": 0}
            began = time.monotonic()
            assert await line.echo() == b"ping"
            took_seconds = time.monotonic() - began
            assert took_seconds >= 0.39 if latency_ms else took_seconds < 0.39
        await bench.toxiproxy.heal("echo")
        assert await line.echo() == b"ping"


async def test_bandwidth_limits(bench: Bench) -> None:
    await bench.toxiproxy.add_toxic("echo", Bandwidth(100))
    async with bench.line() as line:
        began = time.monotonic()
        assert await line.echo(b"x" * 100_000) == b"x" * 100_000
        assert time.monotonic() - began >= 0.5
    await bench.rest()


async def test_slices_are_many_and_nothing_is_missing(bench: Bench) -> None:
    content = bytes(range(256)) * 8
    await bench.toxiproxy.add_toxic("echo", Slicer(average_size_bytes=64, delay_us=2000))
    async with bench.line() as line:
        line.writer.write(content)
        pieces = [await line.reader.read(65536)]
        while sum(map(len, pieces)) < len(content):
            pieces.append(await line.reader.read(65536))
    assert b"".join(pieces) == content
    assert len(pieces) > 4
    await bench.rest()


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
async def test_a_reset_is_a_reset_on_connections_made_under_it(bench: Bench, stream: Stream) -> None:
    async with bench.line() as before:
        assert await before.echo() == b"ping"
        await bench.toxiproxy.add_toxic("echo", ResetPeer(0, stream))
        with contextlib.suppress(ConnectionResetError):
            assert await before.echo() == b""
    async with bench.line() as line:
        with pytest.raises(ConnectionResetError):
            await line.echo()
    await bench.rest()


async def test_a_limit_closes_once_so_many_bytes_have_passed(bench: Bench) -> None:
    await bench.toxiproxy.add_toxic("echo", LimitData(10))
    async with bench.line() as line:
        assert await line.echo(b"x" * 25) == b"x" * 10
    await bench.rest()


async def test_a_slow_close_holds_the_end_back(bench: Bench) -> None:
    await bench.toxiproxy.add_toxic("echo", SlowClose(400))
    async with bench.line() as line:
        assert await line.echo() == b"ping"
        began = time.monotonic()
        line.writer.write_eof()
        assert await line.reader.read() == b""
        assert time.monotonic() - began >= 0.39
    await bench.rest()


async def test_resetting_and_populating_again_make_everything_whole(bench: Bench) -> None:
    for mend in (bench.toxiproxy.reset(), bench.toxiproxy.populate([bench.proxy])):
        await bench.toxiproxy.add_toxic("echo", Timeout(0))
        await bench.toxiproxy.add_toxic("echo", Latency(10, stream="upstream"))
        await bench.toxiproxy.disable("echo")
        await mend
        assert (await bench.toxiproxy.proxy("echo")).whole
    await bench.rest()


async def test_a_port_that_was_taken_during_the_cut_is_an_error_and_not_a_heal(bench: Bench) -> None:
    await bench.toxiproxy.disable("echo")
    host, _, port = bench.proxy.listen.rpartition(":")
    async with await asyncio.start_server(echo, host, int(port)):
        with pytest.raises(ToxiproxyError, match="address already in use") as caught:
            await bench.toxiproxy.heal("echo")
        assert caught.value.status == 500
    await bench.rest()


async def test_two_servers_do_not_disturb_each_other(bench: Bench, tmp_path: Path) -> None:
    api_port, listen_port = free_ports(2)
    server = ToxiproxyServer(api_port, [Proxy("echo", f"127.0.0.1:{listen_port}", bench.proxy.upstream)], "second")
    async with processes_in(tmp_path / "second") as processes:
        await start_toxiproxy(server, processes, folder=tmp_path)
        second = Toxiproxy(server.url)
        await second.disable("echo")
        await bench.rest()
        await bench.toxiproxy.disable("echo")
        assert (await second.heal("echo")).whole
        assert not (await bench.toxiproxy.proxy("echo")).enabled
        await second.close()


async def test_a_server_that_is_started_again_has_its_proxies_again(tmp_path: Path) -> None:
    api_port, listen_port = free_ports(2)
    server = ToxiproxyServer(api_port, [Proxy("echo", f"127.0.0.1:{listen_port}", "127.0.0.1:9")])
    async with processes_in(tmp_path) as processes:
        toxiproxy = Toxiproxy(server.url)
        for _ in range(2):
            process = await start_toxiproxy(server, processes, folder=tmp_path)
            assert (await toxiproxy.proxy("echo")).whole
            await toxiproxy.disable("echo")
            with pytest.raises(EnvironmentMissing, match=f"port {api_port}"):
                await start_toxiproxy(server, processes, folder=tmp_path)
            await processes.kill(process)
        await toxiproxy.close()
