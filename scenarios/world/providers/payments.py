"""The payment provider: ``POST /payments`` is a customer who pays; the application hears of it by webhook.

The promise it makes: one payment per ``Idempotency-Key`` and per ``payment_id``, its webhook at least once
(``deliverer``), and the money settled or returned exactly once. Giving money back later is ``refunds``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from harness.record.record import Effect
from scenarios.world.bodies import (
    Endpoint,
    Malformed,
    Reply,
    canonical_digest,
    error,
    parse_object,
    reply_of,
    require_fields,
    text_field,
)
from scenarios.world.intake import HTTP, Intake
from scenarios.world.providers.amounts import parse_amount
from scenarios.world.providers.provider import Payment, Provider, payment_of
from scenarios.world.providers.refunds import RefundsDesk
from scenarios.world.register import Request

_FIELDS = frozenset({"payment_id", "invoice_id", "amount", "currency", "deliveries"})


def parse_payment(fields: Mapping[str, Any]) -> Payment:
    """The payment in a body; ``deliveries`` may be left out and is then 1.

    :raises Malformed: a field is missing, unknown or malformed.
    """
    fields = {"deliveries": 1, **fields}
    require_fields(fields, _FIELDS)
    currency = text_field(fields, "currency")
    if not parse_amount(fields["amount"], currency, "amount"):
        raise Malformed("amount must be more than zero")
    if fields["deliveries"] not in (1, 2) or isinstance(fields["deliveries"], bool | float):
        raise Malformed(f"deliveries must be 1 or 2, not {fields['deliveries']!r}")
    return Payment(
        text_field(fields, "payment_id"),
        text_field(fields, "invoice_id"),
        fields["amount"],
        currency,
        fields["deliveries"],
    )


class PaymentsDesk:
    """The endpoints, bound to one provider.

    :param deliver: starts the webhooks of a payment that was committed.
    :param effects: those of earlier processes.
    """

    def __init__(
        self,
        intake: Intake,
        provider: Provider,
        deliver: Callable[[Payment], None],
        effects: tuple[Effect, ...] = (),
    ) -> None:
        self._intake = intake
        self._provider = provider
        self._deliver = deliver
        self._keys = {
            effect.detail["payment_id"]: effect.key
            for effect in effects
            if (effect.service, effect.operation) == ("payments", "pay") and effect.key
        }

    def endpoints(self) -> Mapping[str, Endpoint]:
        """By their paths, without the one that only asks (``get``)."""
        return {"/payments": self.pay, "/refunds": RefundsDesk(self._intake, self._provider).refund}

    async def pay(self, body: bytes, key: str | None) -> Reply:
        """A customer pays."""
        request, problem = self._read(body, key)
        answer = await self._intake.handle(request, HTTP, problem=problem, committed=self._committed)
        return reply_of(answer, {"payment_id": request.detail.get("payment_id")})

    def get(self, payment_id: str) -> Reply:
        """How a payment stands: ``GET /payments/<id>``."""
        payment = self._provider.get(payment_id)
        if payment is None:
            return error(404, f"no payment {payment_id!r}")
        return Reply(200, {"state": self._provider.state(payment)})

    def _committed(self, effect: Effect) -> None:
        payment = payment_of(effect.detail)
        self._provider.paid(payment)
        self._deliver(payment)

    def _read(self, body: bytes, key: str | None) -> tuple[Request, str | None]:
        """The request in a body, and what is wrong with it."""
        reference, digest = "", hashlib.sha256(body).hexdigest()
        try:
            fields = parse_object(body)
            reference, digest = str(fields.get("invoice_id", "")), canonical_digest(fields)
            payment = parse_payment(fields)
            if key is None:
                raise Malformed("the header Idempotency-Key is missing")
            # Remembered before the commit, so that two keys in flight cannot both make this payment.
            if self._keys.setdefault(payment.payment_id, key) != key:
                raise Malformed(f"payment_id {payment.payment_id!r} was used with another Idempotency-Key")
            detail = {**payment.body(), "deliveries": payment.deliveries}
            return Request("payments", "pay", key, reference, digest, detail), None
        except Malformed as malformed:
            return Request("payments", "pay", key, reference, digest), str(malformed)
