"""The provider's webhooks: signed, tried again with back-off, and taken up where a killed world left them.

payment committed → one task per delivery → ``webhook-try`` line per try → ``payments/settled`` or ``payments/returned``
effect once the money's fate is known. A world killed after an answer and before its line asks again: deliveries are at
least once, as every provider's are.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from scenarios.world.ledger import Ledger, New, Request
from scenarios.world.provider import Payment, Provider, pause_seconds
from scenarios.world.recorder import Recorder, WebhookTry
from scenarios.world.signature import HEADER, sign

TRY_TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER_BYTES = 4 * 1024
"""A longer answer to a webhook is not kept: it is no receipt, and the journal is no place for it."""


class Deliverer:
    """Delivers the webhooks of one provider.

    :param client: with the time-out of one try; closing it is the caller's business.
    :param sleep: waits for the pause between two tries; tests pass one that does not.
    """

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        recorder: Recorder,
        client: httpx.AsyncClient,
        *,
        webhook_url: str,
        secret: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._provider = provider
        self._ledger = ledger
        self._recorder = recorder
        self._client = client
        self._webhook_url = webhook_url
        self._secret = secret
        self._sleep = sleep
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Take up what an earlier process left: effects that were known but not written, deliveries not ended."""
        for payment in self._provider.payments:
            self._settle(payment)
            self.start(payment)

    def start(self, payment: Payment) -> None:
        """Start the deliveries of this payment that have not ended."""
        for delivery in self._provider.unfinished(payment):
            task = asyncio.create_task(self._deliver(payment, delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Break off all deliveries; a later process takes them up."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finished(self) -> None:
        """Wait until every delivery has ended."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _deliver(self, payment: Payment, delivery: int) -> None:
        while True:
            number = self._provider.next_try(payment.payment_id, delivery)
            sent_seconds = round(time.monotonic(), 6)
            status, error, answer = await self._try(payment)
            webhook_try = WebhookTry(
                payment.payment_id, payment.invoice_id, delivery, number, status, error, sent_seconds, answer
            )
            self._recorder.tried(webhook_try)
            if self._provider.tried(webhook_try) is not None:
                self._settle(payment)
                return
            await self._sleep(pause_seconds(number))

    async def _try(self, payment: Payment) -> tuple[int | None, str | None, Mapping[str, Any] | None]:
        """Status, error and receipt of one try, each ``None`` where there is none."""
        body = json.dumps(payment.body(), separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", HEADER: sign(self._secret, int(time.time()), body)}
        try:
            async with asyncio.timeout(TRY_TIMEOUT_SECONDS):
                response = await self._client.post(self._webhook_url, content=body, headers=headers)
        except (httpx.HTTPError, TimeoutError) as error:
            return None, repr(error), None
        return response.status_code, None, _receipt(response)

    def _settle(self, payment: Payment) -> None:
        """Write down what has become of the money, once."""
        operation = self._provider.money(payment)
        if operation is None:
            return
        detail = payment.body()
        digest = hashlib.sha256(json.dumps(detail, sort_keys=True).encode()).hexdigest()
        request = Request("payments", operation, payment.payment_id, payment.invoice_id, digest, detail)
        if isinstance(self._ledger.begin(request), New):
            self._recorder.committed(request, None)


def _receipt(response: httpx.Response) -> Mapping[str, Any] | None:
    """What a 2xx says, ``None`` when that is no JSON object, or none that could be written down."""
    if not response.is_success or len(response.content) > LARGEST_ANSWER_BYTES:
        return None
    try:
        answer = json.loads(response.content)
        # What cannot be written (half a surrogate, NaN, a hundred brackets in each other) would stop the deliveries.
        json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
