"""Holds by kind of effect, over real sockets: what is abandoned never happened, and each thing is cut but once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from scenarios.world.in_process import Running, entry, running_world
from scenarios.world.test_smtp import mail, send

REMINDER = "Reminder 1 of invoice INV-0001"


async def book(running: Running, key: str, kind: str = "payment") -> httpx.Response:
    headers = {"Idempotency-Key": key}
    return await running.client.post(
        running.url("accounting", "/entries"), json=entry() | {"kind": kind}, headers=headers
    )


async def mailed(running: Running, subject: str, message_id: str) -> str:
    message = mail(message_id)
    del message["Subject"]
    message["Subject"] = subject
    return await send(running, message)


async def test_an_abandoned_booking_has_no_effect_and_its_key_is_free(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold_next("booking:payment", "before_effect")
        held = asyncio.create_task(book(running, "k1"))
        hold = await running.held(hold_id)
        assert (hold["state"], hold["attempt_id"]) == ("engaged", "attempt-1")
        assert (await running.abandon(hold_id))["state"] == "abandoned"
        with pytest.raises(httpx.TransportError):
            await held
        assert running.records("effect") == []
        assert (await running.abandon(hold_id))["state"] == "abandoned"
        assert (await running.release(hold_id))["state"] == "abandoned"
        assert (await book(running, "k1")).status_code == 201
        [effect] = running.records("effect")
        assert (effect["attempt_id"], effect["effect_kind"]) == ("attempt-2", "booking:payment")
        outcomes = [(reply["outcome"], reply["status"], reply["effect_id"]) for reply in running.records("world-reply")]
        assert outcomes == [("abandoned", None, None), ("accepted", 201, effect["effect_id"])]


async def test_an_abandoned_request_whose_client_has_gone_has_no_effect_either(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold_next("booking:payment", "before_effect")
        held = asyncio.create_task(book(running, "k1"))
        await running.held(hold_id)
        held.cancel()
        await asyncio.gather(held, return_exceptions=True)
        await running.abandon(hold_id)
    assert running.records("effect") == []


async def test_an_abandoned_mail_is_in_nobody_s_inbox(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold_next("mail:reminder", "before_effect")
        held = asyncio.create_task(mailed(running, REMINDER, "<r1>"))
        await running.held(hold_id)
        await running.abandon(hold_id)
        with pytest.raises(aiosmtplib.SMTPException):
            await held
        assert running.records("effect") == []


async def test_what_has_had_its_effect_cannot_be_abandoned(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        hold_id = await running.hold_next("booking:payment", "after_commit")
        held = asyncio.create_task(book(running, "k1"))
        await running.held(hold_id)
        assert "only what is before its effect" in (await running.abandon(hold_id))["error"]
        await running.release(hold_id)
        assert (await held).status_code == 201


async def test_a_hold_by_kind_lets_every_other_kind_pass(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        credit_note = await running.hold_next("booking:credit-note", "after_commit")
        reminder = await running.hold_next("mail:reminder", "after_commit")
        assert (await book(running, "k1", "invoice")).status_code == 201
        assert await mailed(running, "Invoice INV-0001", "<m1>") == "OK"
        held = [
            asyncio.create_task(book(running, "k2", "credit-note")),
            asyncio.create_task(mailed(running, REMINDER, "<r1>")),
        ]
        assert (await running.held(credit_note))["key"] == "k2"
        assert (await running.held(reminder))["key"] == "<r1>"
        await running.release(credit_note)
        await running.release(reminder)
        await asyncio.gather(*held)


async def test_what_was_cut_once_and_comes_again_is_left_alone(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        first = await running.hold_next("mail:reminder", "drop_ack")
        with pytest.raises(aiosmtplib.SMTPException):
            await mailed(running, REMINDER, "<r1>")
        assert (await running.held(first))["reference"] == "INV-0001"
        second = await running.hold_next("mail:reminder", "drop_ack")
        assert await mailed(running, REMINDER, "<r1>") == "OK"
        with pytest.raises(aiosmtplib.SMTPException):
            await mailed(running, "Reminder 2 of invoice INV-0001", "<r2>")
        assert (await running.held(second))["key"] == "<r2>"


async def test_what_has_come_before_is_left_alone(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        assert await mailed(running, REMINDER, "<r1>") == "OK"
        hold_id = await running.hold_next("mail:reminder", "drop_ack")
        assert await mailed(running, REMINDER, "<r1>") == "OK"
        assert (await running.held(hold_id, wait_seconds=0))["state"] == "armed"


async def test_one_request_is_cut_at_one_point_only(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        first = await running.hold_next("booking:payment", "before_effect")
        second = await running.hold_next("booking:payment", "after_commit")
        held = asyncio.create_task(book(running, "k1"))
        await running.held(first)
        await running.release(first)
        assert (await held).status_code == 201
        assert (await running.held(second, wait_seconds=0))["state"] == "armed"


async def test_two_holds_of_one_kind_take_one_request_each(tmp_path: Path) -> None:
    async with running_world(tmp_path) as running:
        holds = [await running.hold_next("booking:payment", "after_commit") for _ in range(2)]
        held = [asyncio.create_task(book(running, key)) for key in ("k1", "k2")]
        taken = {(await running.held(hold_id))["key"] for hold_id in holds}
        assert taken == {"k1", "k2"}
        for hold_id in holds:
            await running.release(hold_id)
        await asyncio.gather(*held)
