"""Statements over real sockets: paging, the instant, what was taken over, knobs, holds and a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenarios.world.in_process import Running, entry, running_world

LATER = "2100-01-01T00:00:00+00:00"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def old(number: int) -> dict[str, Any]:
    return {"entry_id": f"old-{number}", **entry(), "booked_at": (NOON + timedelta(hours=number)).isoformat()}


def paid(number: int, kind: str = "settled") -> dict[str, Any]:
    fields = {"kind": kind, "payment_id": f"PAY-{number}", "invoice_id": "INV-1", "amount": "1.00", "currency": "SAR"}
    return {**fields, "at": (NOON + timedelta(hours=number)).isoformat()}


async def post(running: Running, service: str, path: str, body: Any, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await running.client.post(running.url(service, path), json=body, headers=headers)


async def read(running: Running, **page: Any) -> Mapping[str, Any]:
    answer = await post(running, "accounting", "/statement", {"as_of": LATER, "after": None, "limit": 2, **page})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def read_all(running: Running, **page: Any) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        one = await read(running, after=after, **page)
        found += [each["entry_id"] for each in one["entries"]]
        after = one["after"]
        if after is None:
            return found


async def test_pages_hold_what_was_taken_over_and_what_was_booked_up_to_the_instant(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        opening = {"entries": [old(number) for number in range(5)]}
        assert (await post(running, "accounting", "/opening", opening, "k1")).json() == {"taken_over": 5}
        booked = (await post(running, "accounting", "/entries", entry(), "e1")).json()["entry_id"]
        ids = [f"old-{number}" for number in range(5)]
        assert await read_all(running) == [*ids, booked]
        assert await read_all(running, as_of=old(3)["booked_at"]) == ids[:4]
        assert await read_all(running, limit=6) == [*ids, booked]
        [last] = (await read(running, after="5"))["entries"]
        assert {**last, "booked_at": ""} == {"entry_id": booked, **entry(), "booked_at": ""}
        assert abs(datetime.fromisoformat(last["booked_at"]) - datetime.now(UTC)) < timedelta(minutes=5)
        assert [effect["effect_id"] for effect in running.records("effect")] == [booked]


async def test_an_opening_is_taken_over_once_whole_or_not_at_all_and_only_at_first(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        opening = {"entries": [old(1)]}
        assert (await post(running, "accounting", "/opening", opening)).status_code == 400
        assert (await post(running, "accounting", "/opening", {"entries": [old(1), {}]}, "k1")).status_code == 400
        assert (await post(running, "accounting", "/opening", opening, "k1")).status_code == 201
        assert (await post(running, "accounting", "/opening", opening, "k1")).headers["Idempotent-Replayed"] == "true"
        assert (await post(running, "accounting", "/opening", {"entries": [old(2)]}, "k1")).status_code == 422
        await post(running, "accounting", "/entries", entry(), "e1")
        assert (await post(running, "accounting", "/opening", {"entries": [old(2)]}, "k2")).status_code == 409
    async with running_world(tmp_path) as again:
        assert (await read_all(again))[:1] == ["old-1"]
        assert (await post(again, "accounting", "/opening", opening, "k1")).headers["Idempotent-Replayed"] == "true"


async def test_settlements_and_refunds_are_listed_each_once(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        opening = {"settlements": [paid(1), paid(1, "refund")]}
        assert (await post(running, "payments", "/opening", opening, "k1")).status_code == 201
        answer = await post(running, "payments", "/settlements", {"as_of": LATER, "after": None, "limit": 10})
        assert answer.json() == {"settlements": [paid(1), paid(1, "refund")], "after": None}
        for wrong in ({"kind": "lost"}, {"amount": "0.00"}, {"at": "2026-01-01T00:00:00"}, {"at": "soon"}):
            refused = await post(running, "payments", "/opening", {"settlements": [{**paid(2), **wrong}]}, "k2")
            assert refused.status_code == 400, wrong


@pytest.mark.parametrize(
    "page", [{"after": "x"}, {"limit": 0}, {"limit": 1001}, {"limit": True}, {"as_of": "2026-01-01"}, {"more": 1}]
)
async def test_a_page_that_cannot_be_is_refused_and_recorded(tmp_path: Path, page: Mapping[str, Any]) -> None:
    async with running_world(tmp_path) as running:
        body = {"as_of": LATER, "after": None, "limit": 2, **page}
        assert (await post(running, "accounting", "/statement", body)).status_code == 400
        assert [reply["outcome"] for reply in running.records("world-reply")] == ["refused"]


async def test_it_feels_the_knobs_and_can_be_held_and_cut_off(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold = await running.hold("accounting", "statement", "before_effect")
        reading = asyncio.create_task(read(running))
        assert (await running.held(hold))["state"] == "engaged"
        await running.client.post(running.url("control", f"/holds/{hold}/abandon"))
        with pytest.raises(httpx.RemoteProtocolError):
            await reading
        assert await read_all(running) == []
        assert [reply["outcome"] for reply in running.records("world-reply")] == ["abandoned", "answered"]
        assert {attempt["effect_kind"] for attempt in running.records("world-attempt")} == {None}
