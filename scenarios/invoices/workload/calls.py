"""The single calls of the workload, each with the outcome that its answer stands for.

A time-out or a broken connection on a write is UNKNOWN: it may have happened. Only an answer that says so is FAIL.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.experiment.site import Caller
from harness.experiment.workload import NOT_ASKED_YET, Answer
from harness.record.record import Outcome
from scenarios.invoices.workload.customers import PlannedPayment
from scenarios.kit.calls import Call, api_url, call

CANCEL_REASON = "ordered twice"


def ask_to_process(invoice_id: str) -> Call:
    """Have an invoice processed."""

    async def ask(caller: Caller) -> Answer:
        return await call(caller, "POST", f"{api_url(caller)}/invoices/{invoice_id}/process")

    return ask


def ask_to_cancel(invoice_id: str, payments: Sequence[PlannedPayment]) -> Call:
    """Cancel, once these payments have come to their end: however slow the machine is, there is something to undo.

    The answer says when the application was first really asked (``asked_seconds``, by the host's clock).
    """
    asked: dict[str, float] = {}

    async def ask(caller: Caller) -> Answer:
        if not asked:
            for payment in payments:
                if not await payment_ended(caller, payment):
                    return Answer(Outcome.UNKNOWN, {NOT_ASKED_YET: f"{payment.payment_id} is pending"})
            asked.update(asked_seconds=round(time.monotonic(), 6))
        answer = await call(
            caller, "POST", f"{api_url(caller)}/invoices/{invoice_id}/cancel", json={"reason": CANCEL_REASON}
        )
        return replace(answer, detail={**answer.detail, **asked})

    return ask


def ask_to_pay(invoice_id: str, payment: PlannedPayment) -> Call:
    """Pay at the provider, under the payment's own key."""

    async def ask(caller: Caller) -> Answer:
        return await call(caller, "POST", f"{provider_url(caller)}/payments", **payment_request(invoice_id, payment))

    return ask


def payment_request(invoice_id: str, payment: PlannedPayment) -> dict[str, Any]:
    """What the provider is sent for a payment: options of any client of HTTP."""
    body = {
        "payment_id": payment.payment_id,
        "invoice_id": invoice_id,
        "amount": payment.amount,
        "currency": payment.currency,
        "deliveries": payment.deliveries,
    }
    return {"json": body, "headers": {"Idempotency-Key": payment.payment_id}}


async def payment_ended(caller: Caller, payment: PlannedPayment) -> bool:
    """Whether the provider has nothing more to do for it; a payment that was never made is at its end, too."""
    answer = await call(caller, "GET", f"{provider_url(caller)}/payments/{payment.payment_id}")
    return answer.outcome is not Outcome.UNKNOWN and answer.detail.get("state") != "pending"


def provider_url(caller: Caller) -> str:
    """Where customers pay."""
    return f"http://127.0.0.1:{caller.world_ports['payments']}"
