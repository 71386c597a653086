"""A world that is killed and started again on the same ports and journal, as real processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from harness.poll import eventually
from harness.record.journal import read_journal
from scenarios.world import world
from scenarios.world.in_process import entry

ROOT = Path(__file__).parents[2]


def free_ports(*names: str) -> dict[str, int]:
    with contextlib.ExitStack() as stack:
        sockets = {name: stack.enter_context(socket.socket()) for name in names}
        for listener in sockets.values():
            listener.bind(("127.0.0.1", 0))
        return {name: int(listener.getsockname()[1]) for name, listener in sockets.items()}


async def start(ports: dict[str, int], folder: Path) -> asyncio.subprocess.Process:
    environment = {"TRAF3LI_API_ADDRESS": f"127.0.0.1:{ports['api']}"}
    return await asyncio.create_subprocess_exec(
        *world.command(ports, folder / "world.jsonl", folder / "attachments", 1, environment),
        cwd=ROOT,
        env={**os.environ, **world.environment(ports, folder)},
        stderr=asyncio.subprocess.PIPE,
    )


@contextlib.asynccontextmanager
async def running(ports: dict[str, int], folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A world process that is ready; killed on leaving, however the block ends."""
    process = await start(ports, folder)
    try:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def ready() -> bool:
                return (await client.get(world.ready_url(ports))).status_code == 200

            await eventually(ready, what="the world to be ready", timeout_seconds=60, ignore=(httpx.TransportError,))
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [record for record in read_journal(folder / "world.jsonl") if record["kind"] == kind]


async def post(url: str, body: dict[str, Any]) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=90) as client:
        return await client.post(url, json=body, headers={"Idempotency-Key": "k1"})


async def test_keys_survive_a_kill_even_of_an_effect_that_was_not_acknowledged(tmp_path: Path) -> None:
    ports = free_ports(*world.services, "api")
    url = f"http://127.0.0.1:{ports['accounting']}/entries"
    async with running(ports, tmp_path) as process:
        hold = {"service": "accounting", "operation": "book", "nth": 1}
        hold |= {"point": "after_commit", "release_after_seconds": 60}
        hold_id = (await post(f"{world.control_url(ports)}/holds", hold)).json()["hold_id"]
        held = asyncio.create_task(post(url, entry()))
        async with httpx.AsyncClient(trust_env=False, timeout=90) as client:
            await client.get(f"{world.control_url(ports)}/holds/{hold_id}", params={"wait_seconds": 60})
        process.kill()
        [answer] = await asyncio.gather(held, return_exceptions=True)
        assert isinstance(answer, httpx.TransportError)
    async with running(ports, tmp_path):
        again = await post(url, entry())
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert (await post(url, entry(total="1.00"))).status_code == 422
    assert len(records(tmp_path, "effect")) == 1
    assert len({record["attempt_id"] for record in records(tmp_path, "world-attempt")}) == 3


async def test_pending_webhooks_survive_a_kill(tmp_path: Path) -> None:
    ports = free_ports(*world.services, "api")
    body = {"payment_id": "PAY-1", "invoice_id": "INV-0001", "amount": "12.50", "currency": "SAR"}
    async with running(ports, tmp_path) as process:
        assert (await post(f"{world.payments_url(ports)}/payments", body)).status_code == 201
        await eventually(lambda: records(tmp_path, "webhook-try"), what="a try nobody answers", timeout_seconds=60)
        process.kill()
    before = len(records(tmp_path, "webhook-try"))
    async with _answering(ports["api"]), running(ports, tmp_path):
        await eventually(
            lambda: [effect for effect in records(tmp_path, "effect") if effect["operation"] == "settled"],
            what="the payment to settle",
            timeout_seconds=60,
        )
    tries = records(tmp_path, "webhook-try")
    assert [record["number"] for record in tries] == list(range(1, len(tries) + 1))
    assert len(tries) > before
    assert tries[-1]["status"] == 200


async def test_sigterm_ends_it_cleanly_while_a_request_is_held(tmp_path: Path) -> None:
    ports = free_ports(*world.services, "api")
    async with running(ports, tmp_path) as process:
        hold = {"service": "accounting", "operation": "book", "nth": 1}
        hold |= {"point": "before_effect", "release_after_seconds": 60}
        await post(f"{world.control_url(ports)}/holds", hold)
        held = asyncio.create_task(post(f"http://127.0.0.1:{ports['accounting']}/entries", entry()))
        await eventually(lambda: records(tmp_path, "world-attempt"), what="the request", timeout_seconds=60)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 60) == 0
        assert (await held).status_code == 201


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    ports = free_ports(*world.services, "api")
    with socket.create_server(("127.0.0.1", ports["payments"])):
        process = await start(ports, tmp_path)
        _, stderr = await process.communicate()
    assert process.returncode == 3
    assert f"port {ports['payments']} (payments) is taken" in stderr.decode()


@contextlib.asynccontextmanager
async def _answering(port: int) -> AsyncIterator[None]:
    """An application that takes every webhook."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield
