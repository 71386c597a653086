"""Webhooks against a fake application: the signature, trying again, and the money's fate."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import httpx
import pytest

from scenarios.world.clock import Clock
from scenarios.world.host import Tasks
from scenarios.world.providers.deliverer import Deliverer
from scenarios.world.providers.provider import TRIES_AT_MOST, Payment, Provider
from scenarios.world.providers.webhooks import HttpWebhook
from scenarios.world.recorder import Past, Recorder, past_of
from scenarios.world.register import Register

Handler = Callable[[httpx.Request], httpx.Response] | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


class ListJournal:
    """A journal in memory."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        self.records.append({"kind": kind, "at_seconds": 1.0, **fields})
        return self.records[-1]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.records if record["kind"] == kind]


NO_PAST = Past()


async def no_pause(seconds: float) -> None:
    await asyncio.sleep(0)


def payment(deliveries: int = 1) -> Payment:
    return Payment("PAY-1", "INV-0001", "12.50", "SAR", deliveries)


async def deliver(handler: Handler, paid: Payment, *, past: Past = NO_PAST) -> tuple[ListJournal, Provider]:
    """Deliver one payment's webhooks to the end."""
    journal, register = ListJournal(), Register(past.effects)
    provider = Provider(past.effects, past.tries)
    provider.paid(paid)
    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as client:
        tasks = Tasks()
        deliverer = Deliverer(
            provider,
            register,
            Recorder(journal, register, past),
            post=HttpWebhook(client, "http://app/webhooks/payments"),
            secret="secret",
            clock=Clock(lambda: 1.0, lambda: 1.0, no_pause),
            spawn=tasks.spawn,
        )
        deliverer.resume()
        await tasks.finished()
    return journal, provider


def answers(*statuses: int | None) -> Handler:
    """A handler that gives these statuses in turn, ``None`` being no connection; the last one again and again."""
    left = list(statuses)

    def handler(request: httpx.Request) -> httpx.Response:
        status = left.pop(0) if len(left) > 1 else left[0]
        if status is None:
            raise httpx.ConnectError("refused")
        return httpx.Response(status)

    return handler


async def test_a_delivered_webhook_settles_the_payment() -> None:
    journal, provider = await deliver(answers(200), payment())
    [effect] = journal.of("effect")
    assert (effect["service"], effect["operation"], effect["key"]) == ("payments", "settled", "PAY-1")
    assert (effect["reference"], effect["attempt_id"]) == ("INV-0001", None)
    assert effect["detail"] == payment().body()
    assert provider.state(payment()) == "settled"


async def test_a_webhook_is_tried_again_until_it_is_answered() -> None:
    journal, _ = await deliver(answers(None, 503, 429, 200), payment())
    tries = [(record["number"], record["status"]) for record in journal.of("webhook-try")]
    assert tries == [(1, None), (2, 503), (3, 429), (4, 200)]
    assert "refused" in journal.of("webhook-try")[0]["error"]


async def test_a_final_refusal_returns_the_money() -> None:
    journal, _ = await deliver(answers(409), payment())
    assert [effect["operation"] for effect in journal.of("effect")] == ["returned"]


async def test_a_webhook_is_given_up_after_the_last_try_without_an_effect() -> None:
    journal, provider = await deliver(answers(503), payment())
    assert len(journal.of("webhook-try")) == TRIES_AT_MOST
    assert journal.of("effect") == []
    assert provider.state(payment()) == "given-up"


async def test_two_deliveries_are_open_at_once_and_settle_once() -> None:
    both = asyncio.Barrier(2)

    async def handler(request: httpx.Request) -> httpx.Response:
        await both.wait()  # passes only when both deliveries are here
        return httpx.Response(200)

    journal, _ = await deliver(handler, payment(2))
    assert sorted(record["delivery"] for record in journal.of("webhook-try")) == [1, 2]
    assert len(journal.of("effect")) == 1


async def test_each_try_is_signed_over_its_time_and_raw_body() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    await deliver(handler, payment())
    header = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", seen[0].headers["Payment-Signature"])
    assert header is not None
    expected = hmac.new(b"secret", header[1].encode() + b"." + seen[0].content, hashlib.sha256).hexdigest()
    assert header[2] == expected
    assert json.loads(seen[0].content) == payment().body()


async def test_an_answer_that_was_written_but_not_its_effect_is_made_good() -> None:
    journal, _ = await deliver(answers(200), payment())
    killed_before_the_effect = past_of([*_paid(payment()), *journal.of("webhook-try")])
    again, provider = await deliver(answers(500), payment(), past=killed_before_the_effect)
    assert [record["kind"] for record in again.records] == ["effect"]
    assert provider.state(payment()) == "settled"


async def test_a_delivery_goes_on_with_its_next_try() -> None:
    journal, _ = await deliver(answers(503, 200), payment())
    killed_after_the_first = past_of([*_paid(payment()), journal.of("webhook-try")[0]])
    again, _ = await deliver(answers(200), payment(), past=killed_after_the_first)
    assert [record["number"] for record in again.of("webhook-try")] == [2]


def _paid(paid: Payment) -> list[dict[str, Any]]:
    detail = {**paid.body(), "deliveries": paid.deliveries}
    effect = {"effect_id": "effect-1", "service": "payments", "operation": "pay", "key": "k", "digest": "d"}
    return [{"kind": "effect", "at_seconds": 1.0, "reference": paid.invoice_id, "detail": detail, **effect}]


RECEIPT = {"payment_id": "PAY-1", "outstanding": "0.00", "currency": "SAR"}


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (json.dumps(RECEIPT).encode(), RECEIPT),
        (b"{}", {}),
        (b"", None),
        (b"<html>", None),
        (b'["PAY-1"]', None),
        (b"\xff", None),
        (b'{"outstanding": NaN}', None),
        (b'{"payment_id": "\\ud800"}', None),
        (b'{"a":' * 700 + b"1" + b"}" * 700, None),
        (b'{"a": "' + b"a" * 5000 + b'"}', None),
    ],
)
async def test_what_a_webhook_is_answered_is_kept_where_it_can_be(body: bytes, kept: Any) -> None:
    journal, provider = await deliver(lambda request: httpx.Response(200, content=body), payment())
    [tried] = journal.of("webhook-try")
    assert (tried["answer"], provider.state(payment())) == (kept, "settled")
    assert past_of([tried]).tries[0].answer == kept


async def test_what_is_said_with_a_refusal_is_not_kept() -> None:
    journal, _ = await deliver(lambda request: httpx.Response(409, json=RECEIPT), payment())
    assert journal.of("webhook-try")[0]["answer"] is None
