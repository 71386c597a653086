"""The accounting provider over real sockets: keys, knobs, and what the journal says of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from scenarios.world.in_process import Running, entry, running_world


async def post(running: Running, key: str | None, **changes: object) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await running.client.post(running.url("accounting", "/entries"), json=entry() | changes, headers=headers)


async def test_a_key_books_once_and_is_answered_alike(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        first, second = await post(running, "k1"), await post(running, "k1")
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"
        [effect] = running.records("effect")
        assert (effect["key"], effect["reference"], effect["detail"]) == ("k1", "INV-0001", entry())
        assert effect["effect_id"] == first.json()["entry_id"]
        outcomes = [(reply["outcome"], reply["status"]) for reply in running.records("world-reply")]
        assert outcomes == [("accepted", 201), ("replayed", 201)]


async def test_white_space_and_order_do_not_make_another_body(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        url, headers = running.url("accounting", "/entries"), {"Idempotency-Key": "k1"}
        await post(running, "k1")
        shuffled = dict(reversed(entry().items()))
        assert (await running.client.post(url, json=shuffled, headers=headers)).status_code == 201


async def test_a_key_with_another_body_is_refused(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        await post(running, "k1")
        answer = await post(running, "k1", memo="something else")
        assert answer.status_code == 422
        assert "another body" in answer.json()["error"]
        assert len(running.records("effect")) == 1


async def test_without_a_key_every_request_books(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        assert (await post(running, None)).json() != (await post(running, None)).json()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"reference":"\\ud800"}', b'{"reference":"INV-1"}'])
async def test_a_malformed_body_is_refused_and_recorded(tmp_path: Path, body: bytes) -> None:
    async with running_world(tmp_path) as running:
        answer = await running.client.post(running.url("accounting", "/entries"), content=body)
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
        assert [reply["outcome"] for reply in running.records("world-reply")] == ["refused"]
        assert running.records("effect") == []


async def test_a_knob_makes_it_fail_before_any_effect(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        knob = running.url("control", "/knobs/accounting")
        await running.client.put(knob, json={"error_rate": 1.0, "error_status": 502})
        assert (await post(running, "k1")).status_code == 502
        await running.client.put(knob, json={"refuse": True})
        assert (await post(running, "k1")).status_code == 400
        assert running.records("effect") == []
        await running.client.delete(running.url("control", "/knobs"))
        assert (await post(running, "k1")).status_code == 201


async def test_a_request_held_before_its_effect_is_in_flight(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("accounting", "book", "before_effect")
        held = asyncio.create_task(post(running, "k1"))
        hold = await running.held(hold_id)
        assert (hold["state"], hold["reference"], hold["key"]) == ("engaged", "INV-0001", "k1")
        assert running.records("effect") == []
        assert (await post(running, "k1")).status_code == 409
        assert (await running.release(hold_id))["state"] == "released"
        assert (await held).status_code == 201
        assert (await post(running, "k1")).headers["Idempotent-Replayed"] == "true"
        assert len(running.records("effect")) == 1


async def test_a_request_held_after_its_commit_is_answered_to_others(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("accounting", "book", "after_commit", nth=2)
        await post(running, "k1")
        held = asyncio.create_task(post(running, "k2"))
        assert (await running.held(hold_id))["key"] == "k2"
        assert [effect["key"] for effect in running.records("effect")] == ["k1", "k2"]
        assert (await post(running, "k2")).headers["Idempotent-Replayed"] == "true"
        assert not held.done()
        await running.release(hold_id)
        assert (await held).status_code == 201


async def test_a_dropped_acknowledgement_leaves_the_effect_and_says_nothing(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("accounting", "book", "drop_ack")
        with pytest.raises(httpx.TransportError):
            await post(running, "k1")
        assert (await running.held(hold_id))["state"] == "engaged"
        [reply] = running.records("world-reply")
        assert (reply["outcome"], reply["status"], reply["effect_id"]) == ("dropped", None, "effect-1")
        assert (await post(running, "k1")).json() == {"entry_id": "effect-1"}


async def test_a_held_request_whose_client_has_gone_still_takes_effect(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("accounting", "book", "before_effect")
        held = asyncio.create_task(post(running, "k1"))
        await running.held(hold_id)
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)
        await running.release(hold_id)
    assert len(running.records("effect")) == 1


async def test_leaving_releases_what_is_held(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold("accounting", "book", "after_commit")
        held = asyncio.create_task(post(running, "k1"))
        await running.held(hold_id)
    assert (await held).status_code == 201


async def test_it_answers_healthz(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        for service in ("accounting", "payments", "control"):
            assert (await running.client.get(running.url(service, "/healthz"))).status_code == 200
