"""How adverse operations are asked: webhooks signed well or badly, and several requests at once under one name.

Every answer is kept, in ``answers`` of the detail, because it is the answer that is judged. A request that nobody
answered for sure (a time-out, a 5xx) is sent again until somebody does; those that were answered are not.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from harness.experiment.site import Caller
from harness.experiment.workload import Answer
from harness.record.record import NOT_ASKED_YET, Outcome
from scenarios.invoices.workload.calls import payment_ended
from scenarios.invoices.workload.customers import PlannedPayment
from scenarios.kit.calls import Call, api_url, call, outcome_of
from scenarios.world.providers.signature import HEADER, sign

STALE_SECONDS = 330
"""Signed so long ago or so far ahead that the tolerance (300 s) does not cover it, whenever it arrives."""

FRESH_SECONDS = 200.0
"""A signature that is to be good is not older than this: the tolerance, and time to be answered in."""

WRONG_SECRET = "guessed"
CLOSED = frozenset({"paid", "overdue", "invalid", "cancelled"})
MOST_AT_ONCE = 20


@dataclass(frozen=True)
class Reply:
    """One answer: ``status`` is ``None`` when there was none."""

    status: int | None
    body: Any

    @property
    def definite(self) -> bool:
        """Whether it says for sure what became of the request."""
        return self.status is not None and outcome_of(self.status) is not Outcome.UNKNOWN


Request = Callable[[Caller], Awaitable[Reply]]
Wait = Callable[[Caller], Awaitable[str | None]]
"""Says what it still waits for, ``None`` when there is nothing."""


async def request(caller: Caller, method: str, url: str, **options: Any) -> Reply:
    """Send one request and keep what is answered."""
    try:
        response = await caller.http.request(method, url, **options)
    except httpx.HTTPError as error:
        return Reply(None, repr(error))
    try:
        return Reply(response.status_code, response.json())
    except ValueError:
        return Reply(response.status_code, response.text[:500])


class Webhook:
    """A webhook whose signed bytes are made once, so that a replay is the very same.

    :param payment: its content: payment_id, invoice_id, amount and currency.
    :param signed: "well", "wrong-secret", "stale", "ahead", or "changed" (the amount is, after signing).
    :param cut: whether its last byte is missing, before it is signed: it is no JSON then.
    """

    def __init__(self, payment: Mapping[str, str], signed: str = "well", *, cut: bool = False) -> None:
        self._payment = payment
        self._signed = signed
        self._cut = cut
        self._made: tuple[float, bytes, str] | None = None

    async def __call__(self, caller: Caller) -> Reply:
        """Send it to the application."""
        body, header = self._bytes(caller.environment["TRAF3LI_WEBHOOK_SECRET"])
        headers = {"Content-Type": "application/json", HEADER: header}
        return await request(caller, "POST", f"{api_url(caller)}/webhooks/payments", content=body, headers=headers)

    def _bytes(self, secret: str) -> tuple[bytes, str]:
        """Made anew only when the signature has become too old to be a good one."""
        if self._made is None or time.monotonic() - self._made[0] > FRESH_SECONDS:
            body = json.dumps(dict(self._payment), separators=(",", ":")).encode()
            body = body[:-1] if self._cut else body
            key = WRONG_SECRET if self._signed == "wrong-secret" else secret
            off = {"stale": -STALE_SECONDS, "ahead": STALE_SECONDS}.get(self._signed, 0)
            header = sign(key, int(time.time()) + off, body)
            if self._signed == "changed":
                body = body.replace(b'"amount":"', b'"amount":"1', 1)
            self._made = (time.monotonic(), body, header)
        return self._made[1], self._made[2]


class Asking:
    """Requests made at once under one operation's name, each until it is answered for sure.

    :param wait: nothing is asked before it has nothing to wait for.
    """

    def __init__(self, requests: Sequence[Request], wait: Wait | None = None) -> None:
        self._requests = requests
        self._wait = wait
        self._replies: dict[int, Reply] = {}

    @property
    def replies(self) -> Mapping[int, Reply]:
        """The answers that are sure, by the number of their request from 0."""
        return self._replies

    async def __call__(self, caller: Caller) -> Answer:
        """Ask what is not answered yet."""
        waits_for = await self._wait(caller) if self._wait is not None else None
        if waits_for is not None:
            return Answer(Outcome.UNKNOWN, {NOT_ASKED_YET: waits_for})
        numbers = [number for number in range(len(self._requests)) if number not in self._replies]
        at_once = asyncio.Semaphore(MOST_AT_ONCE)

        async def one(number: int) -> Reply:
            async with at_once:
                return await self._requests[number](caller)

        replies = dict(zip(numbers, await asyncio.gather(*map(one, numbers)), strict=True))
        self._replies |= {number: reply for number, reply in replies.items() if reply.definite}
        return Answer(self._outcome(), {"answers": self._told()}, _worst(replies.values()))

    def _outcome(self) -> Outcome:
        if len(self._replies) < len(self._requests):
            return Outcome.UNKNOWN
        return Outcome.OK if any(200 <= (r.status or 0) < 300 for r in self._replies.values()) else Outcome.FAIL

    def _told(self) -> list[dict[str, Any]]:
        """The sure answers, each with the number of its request."""
        return [
            {"request": number, "status": reply.status, "body": reply.body}
            for number, reply in sorted(self._replies.items())
        ]


def _worst(replies: Any) -> int | None:
    """The status that says most of what is wrong: an unexpected error, then the highest."""
    statuses = [reply.status for reply in replies if reply.status is not None]
    return 500 if 500 in statuses else max(statuses, default=None)


def closed(invoice_id: str) -> Wait:
    """Waits until the application shows that an invoice has ended."""

    async def wait(caller: Caller) -> str | None:
        shown = await call(caller, "GET", f"{api_url(caller)}/invoices/{invoice_id}")
        return None if shown.detail.get("status") in CLOSED else f"{invoice_id} has not ended"

    return wait


def ended(payments: Sequence[PlannedPayment]) -> Wait:
    """Waits until the provider has nothing more to do for any of them."""

    async def wait(caller: Caller) -> str | None:
        for payment in payments:
            if not await payment_ended(caller, payment):
                return f"{payment.payment_id} is pending"
        return None

    return wait


def post(path: str, **options: Any) -> Request:
    """A request to the application; ``path`` begins with a slash."""

    async def send(caller: Caller) -> Reply:
        return await request(caller, "POST", f"{api_url(caller)}{path}", **options)

    return send


def get(path: str) -> Request:
    """Ask the application to show something."""

    async def look(caller: Caller) -> Reply:
        return await request(caller, "GET", f"{api_url(caller)}{path}")

    return look


def asking(*requests: Request, wait: Wait | None = None) -> Call:
    """The call of an operation that is these requests."""
    return Asking(requests, wait)
