"""The provider's webhooks: signed, tried again with back-off, and taken up where a killed world left them.

payment committed → one piece of work per delivery → ``webhook-try`` line per try → ``payments/settled`` or
``payments/returned`` effect once the money's fate is known. A world killed after an answer and before its line asks
again: deliveries are at least once, as every provider's are.

No sockets, no clock, no event loop: how a try is sent, what time it is and who does the work are given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.world.clock import Clock
from scenarios.world.providers.provider import Payment, Provider, pause_seconds
from scenarios.world.providers.signature import HEADER, sign
from scenarios.world.recorder import Recorder, WebhookTry
from scenarios.world.register import New, Register, Request

LARGEST_ANSWER_BYTES = 4 * 1024
"""A longer answer to a webhook is not kept: it is no receipt, and the journal is no place for it."""


@dataclass(frozen=True)
class Heard:
    """What came back for one try: ``status`` and ``content``, or why nothing did (``error``)."""

    status: int | None
    content: bytes = b""
    error: str | None = None


Post = Callable[[bytes, Mapping[str, str]], Awaitable[Heard]]
"""Sends the body and headers of one try to the application."""

Spawn = Callable[[Coroutine[Any, Any, None]], None]
"""Sees to it that this is done while others go on."""


class Deliverer:
    """Delivers the webhooks of one provider."""

    def __init__(
        self,
        provider: Provider,
        register: Register,
        recorder: Recorder,
        *,
        post: Post,
        secret: str,
        clock: Clock,
        spawn: Spawn,
    ) -> None:
        self._provider = provider
        self._register = register
        self._recorder = recorder
        self._post = post
        self._secret = secret
        self._clock = clock
        self._spawn = spawn

    def resume(self) -> None:
        """Take up what an earlier process left: effects that were known but not written, deliveries not ended."""
        for payment in self._provider.payments:
            self._settle(payment)
            self.start(payment)

    def start(self, payment: Payment) -> None:
        """Start the deliveries of this payment that have not ended."""
        for delivery in self._provider.unfinished(payment):
            self._spawn(self._deliver(payment, delivery))

    async def _deliver(self, payment: Payment, delivery: int) -> None:
        while True:
            number = self._provider.next_try(payment.payment_id, delivery)
            sent_seconds = round(self._clock.monotonic(), 6)
            heard = await self._try(payment)
            told = (heard.status, heard.error, sent_seconds, _receipt(heard))
            webhook_try = WebhookTry(payment.payment_id, payment.invoice_id, delivery, number, *told)
            self._recorder.tried(webhook_try)
            if self._provider.tried(webhook_try) is not None:
                self._settle(payment)
                return
            await self._clock.sleep(pause_seconds(number))

    async def _try(self, payment: Payment) -> Heard:
        body = json.dumps(payment.body(), separators=(",", ":")).encode()
        signature = sign(self._secret, int(self._clock.unix()), body)
        return await self._post(body, {"Content-Type": "application/json", HEADER: signature})

    def _settle(self, payment: Payment) -> None:
        """Write down what has become of the money, once."""
        operation = self._provider.money(payment)
        if operation is None:
            return
        detail = payment.body()
        digest = hashlib.sha256(json.dumps(detail, sort_keys=True).encode()).hexdigest()
        request = Request("payments", operation, payment.payment_id, payment.invoice_id, digest, detail)
        if isinstance(self._register.begin(request), New):
            self._recorder.committed(request, None)


def _receipt(heard: Heard) -> Mapping[str, Any] | None:
    """What a 2xx says, ``None`` when that is no JSON object, or none that could be written down."""
    if heard.status is None or not 200 <= heard.status < 300 or len(heard.content) > LARGEST_ANSWER_BYTES:
        return None
    try:
        answer = json.loads(heard.content)
        # What cannot be written (half a surrogate, NaN, a hundred brackets in each other) would stop the deliveries.
        json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
