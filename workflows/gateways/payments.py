"""Refunds at the payment provider, over HTTP.

Promise: *exactly once*. Every refund carries an ``Idempotency-Key`` made of the workflow id and the payment's; the
provider commits the key with the refund and replays its answer, as accounting does. The other direction, payments that
come in, is a webhook: ``workflows.api.payments``.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from temporalio.exceptions import ApplicationError

from workflows.ports import Refund

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""Seconds; well below the activity's start-to-close time-out."""

_TRY_AGAIN = frozenset({408, 409, 429})
"""Client errors that mean "not now": time-out, in flight, too many requests."""


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
        try:
            answer = await self.http.post("/refunds", json=body, headers=headers, timeout=TIMEOUT)
        except httpx.TransportError as error:
            raise _unavailable(refund, f"{type(error).__name__} {error}") from error
        if answer.status_code == httpx.codes.CREATED:
            return _refund_id(answer, refund)
        if 400 <= answer.status_code < 500 and answer.status_code not in _TRY_AGAIN:
            raise ApplicationError(
                f"the provider refused to refund {refund.payment_id} of {refund.reference} ({answer.status_code}): "
                f"{answer.text[:500]}",
                type="RefundRefused",
                non_retryable=True,
            )
        raise _unavailable(refund, f"status {answer.status_code}: {answer.text[:200]}")


def _refund_id(answer: httpx.Response, refund: Refund) -> str:
    try:
        return str(answer.json()["refund_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise _unavailable(refund, f"an answer without refund_id: {answer.text[:200]!r}") from error


def _unavailable(refund: Refund, what: str) -> ApplicationError:
    return ApplicationError(
        f"the provider did not refund {refund.payment_id} of {refund.reference}: {what}", type="PaymentsUnavailable"
    )
