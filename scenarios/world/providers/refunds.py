"""Refunds at the payment provider: ``POST /refunds`` gives a customer's payment back, whole or in part.

The promise it makes is that of accounting: with an ``Idempotency-Key`` a refund is made once and its answer is repeated
(``Idempotent-Replayed: true``); without one every request is a new refund. A refund of a payment that nobody made, of
another invoice or currency, or of more than was paid is refused. Whether the webhook has been answered by then does not
matter: the money is there since the customer paid.

Not covered: adding up several refunds of one payment; a doubled one must show in the record, not be mended here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from scenarios.world.bodies import (
    Malformed,
    Reply,
    canonical_digest,
    parse_object,
    reply_of,
    require_fields,
    text_field,
)
from scenarios.world.intake import HTTP, Intake
from scenarios.world.providers.amounts import parse_amount
from scenarios.world.providers.provider import Provider
from scenarios.world.register import Request

_FIELDS = frozenset({"payment_id", "invoice_id", "amount", "currency"})


class RefundsDesk:
    """The endpoint, bound to one provider."""

    def __init__(self, intake: Intake, provider: Provider) -> None:
        self._intake = intake
        self._provider = provider

    async def refund(self, body: bytes, key: str | None) -> Reply:
        """A payment goes back."""
        request, problem = self._read(body, key)
        answer = await self._intake.handle(request, HTTP, problem=problem)
        return reply_of(answer, {"refund_id": answer.effect.effect_id if answer.effect else None})

    def _read(self, body: bytes, key: str | None) -> tuple[Request, str | None]:
        """The request in a body, and what is wrong with it."""
        reference, digest = "", hashlib.sha256(body).hexdigest()
        try:
            fields = parse_object(body)
            reference, digest = str(fields.get("invoice_id", "")), canonical_digest(fields)
            return Request("payments", "refund", key, reference, digest, self._parse(fields)), None
        except Malformed as malformed:
            return Request("payments", "refund", key, reference, digest), str(malformed)

    def _parse(self, fields: Mapping[str, Any]) -> dict[str, str]:
        require_fields(fields, _FIELDS)
        payment_id, currency = text_field(fields, "payment_id"), text_field(fields, "currency")
        amount = parse_amount(fields["amount"], currency, "amount")
        payment = self._provider.get(payment_id)
        if payment is None:
            raise Malformed(f"no payment {payment_id!r}")
        if (payment.invoice_id, payment.currency) != (fields["invoice_id"], currency):
            raise Malformed(f"{payment_id} was for {payment.invoice_id} in {payment.currency}")
        if not 0 < amount <= parse_amount(payment.amount, currency, "the payment"):
            raise Malformed(f"{payment_id} was {payment.amount}; {fields['amount']} cannot go back")
        return {name: fields[name] for name in sorted(_FIELDS)}
