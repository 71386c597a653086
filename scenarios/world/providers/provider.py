"""How a payment stands with its provider: pure, rebuilt from the journal after a restart.

A customer pays (effect ``payments/pay``); the provider tells the application by webhook, in one or two concurrent
deliveries of the same payment, as providers do. A delivery ends with a 2xx (delivered), with a 4xx other than 408 and
429 (rejected), or after its last try (exhausted). The payment is *settled* with its first delivered delivery,
*returned* when all have ended, none delivered and one rejected: the money goes back. With neither it is *given-up*.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.record.record import Effect
from scenarios.world.recorder import WebhookTry

TRIES_AT_MOST = 60
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 4.0
_AGAIN = (408, 429)


class DeliveryEnd(enum.Enum):
    """How a delivery of a webhook ended."""

    DELIVERED = "delivered"
    REJECTED = "rejected"
    EXHAUSTED = "exhausted"


def end_of(status: int | None, number: int) -> DeliveryEnd | None:
    """How a delivery ended with its try ``number``, answered with ``status``; ``None``: it goes on."""
    if status is not None and 200 <= status < 300:
        return DeliveryEnd.DELIVERED
    if status is not None and 400 <= status < 500 and status not in _AGAIN:
        return DeliveryEnd.REJECTED
    return DeliveryEnd.EXHAUSTED if number >= TRIES_AT_MOST else None


def pause_seconds(number: int) -> float:
    """The pause after try ``number`` (from 1): 0.5 s, doubled up to 4 s, without jitter."""
    return float(min(FIRST_PAUSE_SECONDS * 2 ** min(number - 1, 10), LONGEST_PAUSE_SECONDS))


@dataclass(frozen=True)
class Payment:
    """What a customer paid, as the webhook tells it."""

    payment_id: str
    invoice_id: str
    amount: str
    currency: str
    deliveries: int

    def body(self) -> dict[str, str]:
        """The webhook's content."""
        return {
            "payment_id": self.payment_id,
            "invoice_id": self.invoice_id,
            "amount": self.amount,
            "currency": self.currency,
        }


def payment_of(detail: Mapping[str, Any]) -> Payment:
    """The payment in the detail of a ``payments/pay`` effect."""
    return Payment(**{name: detail[name] for name in Payment.__dataclass_fields__})


class Provider:
    """All payments and how far their deliveries are."""

    def __init__(self, effects: Iterable[Effect] = (), tries: Iterable[WebhookTry] = ()) -> None:
        self._payments: dict[str, Payment] = {}
        self._tries: dict[tuple[str, int], int] = {}
        self._ends: dict[tuple[str, int], DeliveryEnd] = {}
        for effect in effects:
            if (effect.service, effect.operation) == ("payments", "pay"):
                self.paid(payment_of(effect.detail))
        for webhook_try in tries:
            self.tried(webhook_try)

    @property
    def payments(self) -> tuple[Payment, ...]:
        """All payments, in the order they were made."""
        return tuple(self._payments.values())

    def paid(self, payment: Payment) -> None:
        """A customer paid."""
        self._payments[payment.payment_id] = payment

    def get(self, payment_id: str) -> Payment | None:
        """The payment of this id."""
        return self._payments.get(payment_id)

    def tried(self, webhook_try: WebhookTry) -> DeliveryEnd | None:
        """A try has ended. Returns how its delivery ended with it, ``None`` when it goes on."""
        slot = (webhook_try.payment_id, webhook_try.delivery)
        self._tries[slot] = webhook_try.number
        end = end_of(webhook_try.status, webhook_try.number)
        if end is not None:
            self._ends[slot] = end
        return end

    def next_try(self, payment_id: str, delivery: int) -> int:
        """The number of this delivery's next try, from 1."""
        return self._tries.get((payment_id, delivery), 0) + 1

    def unfinished(self, payment: Payment) -> list[int]:
        """The deliveries of this payment that have not ended."""
        numbers = range(1, payment.deliveries + 1)
        return [number for number in numbers if (payment.payment_id, number) not in self._ends]

    def money(self, payment: Payment) -> str | None:
        """What has become of the money: "settled", "returned", or ``None`` while it is not known."""
        ends = self._ends_of(payment)
        if DeliveryEnd.DELIVERED in ends:
            return "settled"
        if not self.unfinished(payment) and DeliveryEnd.REJECTED in ends:
            return "returned"
        return None

    def state(self, payment: Payment) -> str:
        """ "pending" until every delivery has ended, then "settled", "returned" or "given-up"."""
        return "pending" if self.unfinished(payment) else self.money(payment) or "given-up"

    def _ends_of(self, payment: Payment) -> set[DeliveryEnd]:
        slots = ((payment.payment_id, number) for number in range(1, payment.deliveries + 1))
        return {self._ends[slot] for slot in slots if slot in self._ends}
