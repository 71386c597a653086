"""Refunds over real sockets: keys, refusals, and a provider that was restarted in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from scenarios.world.in_process import Running, running_world
from scenarios.world.providers.test_payments import pay

REFUND = {"payment_id": "PAY-1", "invoice_id": "INV-0001", "amount": "12.50", "currency": "SAR"}


async def refund(running: Running, key: str | None = "r1", **changes: Any) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await running.client.post(running.url("payments", "/refunds"), json=REFUND | changes, headers=headers)


async def test_a_key_refunds_once_and_is_answered_alike(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await pay(running)
        first, second = await refund(running), await refund(running)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second.headers["Idempotent-Replayed"] == "true"
        assert (await refund(running, amount="1.00")).status_code == 422
        [effect] = [each for each in running.records("effect") if each["operation"] == "refund"]
        assert (effect["service"], effect["key"], effect["reference"]) == ("payments", "r1", "INV-0001")
        assert effect["detail"] == REFUND
        assert effect["effect_id"] == first.json()["refund_id"]


async def test_without_a_key_every_request_is_a_refund(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await pay(running)
        assert (await refund(running, None)).json() != (await refund(running, None)).json()


async def test_a_restarted_provider_remembers_payments_and_keys(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await pay(running)
        first = await refund(running)
    async with running_world(tmp_path) as running:
        assert (await refund(running)).json() == first.json()
        assert (await refund(running, "r2", amount="0.01")).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_id": "PAY-9"},
        {"invoice_id": "INV-0002"},
        {"currency": "USD"},
        {"currency": "XXX"},
        {"amount": "12.51"},
        {"amount": "0.00"},
        {"amount": 12.5},
        {"tip": "1.00"},
    ],
    ids=str,
)
async def test_what_cannot_go_back_is_refused_and_recorded(tmp_path: Path, changes: dict[str, Any]) -> None:
    async with running_world(tmp_path) as running:
        await pay(running)
        assert (await refund(running, **changes)).status_code == 400
        assert [effect["operation"] for effect in running.records("effect")] == ["pay"]


async def test_a_refund_can_be_held_between_its_effect_and_its_answer(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await pay(running)
        hold_id = await running.hold("payments", "refund", "drop_ack")
        with pytest.raises(httpx.TransportError):
            await refund(running)
        assert (await running.held(hold_id))["key"] == "r1"
        assert (await refund(running)).headers["Idempotent-Replayed"] == "true"
