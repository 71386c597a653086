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
from collections.abc import Awaitable, Callable

import httpx

from scenarios.world.ledger import Ledger, New, Request
from scenarios.world.provider import Payment, Provider, pause_seconds
from scenarios.world.recorder import Recorder, WebhookTry
from scenarios.world.signature import HEADER, sign

TRY_TIMEOUT_SECONDS = 10.0


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
            status, error = await self._try(payment)
            webhook_try = WebhookTry(
                payment.payment_id, payment.invoice_id, delivery, number, status, error, sent_seconds
            )
            self._recorder.tried(webhook_try)
            if self._provider.tried(webhook_try) is not None:
                self._settle(payment)
                return
            await self._sleep(pause_seconds(number))

    async def _try(self, payment: Payment) -> tuple[int | None, str | None]:
        body = json.dumps(payment.body(), separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", HEADER: sign(self._secret, int(time.time()), body)}
        try:
            async with asyncio.timeout(TRY_TIMEOUT_SECONDS):
                response = await self._client.post(self._webhook_url, content=body, headers=headers)
        except (httpx.HTTPError, TimeoutError) as error:
            return None, repr(error)
        return response.status_code, None

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
