"""Refunds at the payment provider, over HTTP.

Promise: *exactly once*. Every refund carries an ``Idempotency-Key`` made of the workflow id and the payment's; what the
provider does with it stands in ``workflows.gateways.keyed_post``. The other direction, payments that come in, is a
webhook: ``workflows.invoices.routes.payments``.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from workflows.gateways.keyed_post import KeyedPost
from workflows.gateways.ports import Refund

REFUND = KeyedPost("/refunds", id_field="refund_id", refused="RefundRefused", unavailable="PaymentsUnavailable")


@dataclass(frozen=True)
class HttpPayments:
    """Refunds payments.

    :param http: the one client of this process, with the provider as its base URL.
    """

    http: httpx.AsyncClient

    async def refund(self, refund: Refund, *, idempotency_key: str) -> str:
        """Refund the payment, or find it refunded, and return the refund's id.

        :raises ApplicationError: not retryable and of type ``RefundRefused`` when the provider refuses it; retryable
            and of type ``PaymentsUnavailable`` when another attempt may succeed.
        """
        body = {
            "payment_id": refund.payment_id,
            "invoice_id": refund.reference,
            "amount": f"{refund.amount.amount:f}",
            "currency": refund.amount.currency,
        }
        headers = {"Idempotency-Key": idempotency_key}
        what = f"the refund of {refund.payment_id} for {refund.reference}"
        return await REFUND.send(self.http, body, what=what, headers=headers)
