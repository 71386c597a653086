"""The payment provider over real sockets, with a real application's end of the webhook."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.poll import eventually
from scenarios.world.in_process import Running, running_world


@contextlib.asynccontextmanager
async def application(status: int) -> AsyncIterator[str]:
    """An HTTP server that answers every request with this status; its webhook URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    listener = socket.create_server(("127.0.0.1", 0))
    async with await asyncio.start_server(answer, sock=listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/webhooks/payments"


async def pay(running: Running, key: str | None = "k1", **changes: Any) -> httpx.Response:
    body = {"payment_id": "PAY-1", "invoice_id": "INV-0001", "amount": "12.50", "currency": "SAR", "deliveries": 2}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await running.client.post(running.url("payments", "/payments"), json=body | changes, headers=headers)


async def state(running: Running) -> str:
    async def ended() -> str | None:
        answer = (await running.client.get(running.url("payments", "/payments/PAY-1"))).json()["state"]
        return None if answer == "pending" else str(answer)

    return await eventually(ended, what="the deliveries to end", timeout_seconds=60)


@pytest.mark.parametrize(("status", "fate"), [(200, "settled"), (409, "returned")])
async def test_a_payment_is_announced_and_its_money_has_one_fate(tmp_path: Path, status: int, fate: str) -> None:
    async with application(status) as url, running_world(tmp_path, webhook_url=url) as running:
        first, again = await pay(running), await pay(running)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert await state(running) == fate
        assert [effect["operation"] for effect in running.records("effect")] == ["pay", fate]
        assert len(running.records("webhook-try")) == 2


async def test_the_effect_of_a_payment_has_all_that_checks_need(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await pay(running)
        [effect] = running.records("effect")
        assert (effect["service"], effect["operation"], effect["key"]) == ("payments", "pay", "k1")
        assert effect["detail"] == {
            "payment_id": "PAY-1",
            "invoice_id": "INV-0001",
            "amount": "12.50",
            "currency": "SAR",
            "deliveries": 2,
        }


async def test_a_dropped_acknowledgement_does_not_stop_the_webhook(tmp_path: Path) -> None:
    async with application(200) as url, running_world(tmp_path, webhook_url=url) as running:
        await running.hold("payments", "pay", "drop_ack")
        with pytest.raises(httpx.TransportError):
            await pay(running)
        assert await state(running) == "settled"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "0.00"},
        {"amount": "-1.00"},
        {"amount": 12.5},
        {"amount": "12.5"},
        {"currency": "XXX"},
        {"deliveries": 3},
        {"deliveries": True},
        {"payment_id": ""},
        {"tip": "1.00"},
    ],
)
async def test_a_malformed_payment_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    async with running_world(tmp_path) as running:
        assert (await pay(running, **changes)).status_code == 400
        assert running.records("effect") == []


async def test_a_payment_needs_a_key_and_keeps_it(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        assert (await pay(running, None)).status_code == 400
        assert (await pay(running)).status_code == 201
        assert (await pay(running, "k2")).status_code == 400
        assert (await pay(running, amount="1.00")).status_code == 422


async def test_an_unknown_payment_is_not_found(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        assert (await running.client.get(running.url("payments", "/payments/PAY-9"))).status_code == 404
