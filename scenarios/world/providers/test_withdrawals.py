"""Withdrawing what was asked for under a key: it names what was booked, or keeps it from ever being booked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenarios.world.in_process import Running, entry, running_world


async def book(running: Running, key: str = "k1") -> httpx.Response:
    url = running.url("accounting", "/entries")
    return await running.client.post(url, json=entry(), headers={"Idempotency-Key": key})


async def withdraw(running: Running, key: str | None = "k1", body: Any = None) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    content = {"reference": "INV-0001"} if body is None else body
    return await running.client.post(running.url("accounting", "/withdrawals"), json=content, headers=headers)


async def test_what_is_booked_stands_and_is_named(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        booked = (await book(running)).json()
        for _ in range(2):
            answer = await withdraw(running)
            assert (answer.status_code, answer.json()) == (201, booked)
        assert (await book(running)).json() == booked
        assert len(running.records("effect")) == 1
        assert running.records("withdrawn") == []


async def test_what_is_not_booked_never_will_be_also_after_a_restart(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        for _ in range(2):
            answer = await withdraw(running)
            assert (answer.status_code, answer.json()) == (201, {"entry_id": None})
        late = await book(running)
        assert (late.status_code, "withdrawn" in late.json()["error"]) == (422, True)
        assert (await book(running, "k2")).status_code == 201
    async with running_world(tmp_path) as running:
        assert (await book(running)).status_code == 422
        assert (await withdraw(running)).json() == {"entry_id": None}
        assert [effect["key"] for effect in running.records("effect")] == ["k2"]


async def test_what_is_in_flight_is_not_known_yet(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("accounting", "book", "before_effect")
        held = asyncio.create_task(book(running))
        await running.held(hold_id)
        assert (await withdraw(running)).status_code == 409
        await running.release(hold_id)
        assert (await withdraw(running)).json() == (await held).json()


@pytest.mark.parametrize(("key", "body"), [(None, {"reference": "INV-1"}), ("k1", {}), ("k1", []), ("k1", {"x": 1})])
async def test_without_key_or_reference_it_is_refused(tmp_path: Path, key: str | None, body: Any) -> None:
    async with running_world(tmp_path) as running:
        assert (await withdraw(running, key, body)).status_code == 400
        assert running.records("withdrawn") == []


async def test_a_knob_makes_it_fail_too(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        knob = running.url("control", "/knobs/accounting")
        for knobs, status in (({"error_rate": 1.0, "error_status": 502}, 502), ({"refuse": True}, 400)):
            await running.client.put(knob, json=knobs)
            assert (await withdraw(running)).status_code == status
        await running.client.delete(running.url("control", "/knobs"))
        assert (await book(running)).status_code == 201
        outcomes = [(asked["operation"], asked["key"]) for asked in running.records("world-attempt")]
        assert outcomes == [("withdraw", "k1"), ("withdraw", "k1"), ("book", "k1")]
