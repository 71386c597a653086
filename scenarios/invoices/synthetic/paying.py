"""A payment of a synthetic run: the customer pays, the provider tells the application, the money stays or goes back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.invoices.synthetic.asked import ask
from scenarios.invoices.synthetic.case import Case
from scenarios.invoices.synthetic.deeds import money_went, paid
from scenarios.invoices.synthetic.lines import Lines
from scenarios.invoices.synthetic.timeline import API_SECONDS, PROVIDER_SECONDS
from workflows.invoices.model import Payment
from workflows.kit.money import Money


@dataclass(frozen=True)
class Open:
    """When an invoice takes payments: it answers none before ``since_seconds``, and takes none from the end on.

    ``since_seconds`` is ``None`` for an invoice that never comes to be sent, which answers at ``refuses_seconds``.
    """

    since_seconds: float | None
    refuses_seconds: float
    until_seconds: float = math.inf


@dataclass(frozen=True)
class Booked:
    """A payment that counts, and when it began to. ``answered_seconds`` is when its provider heard of it."""

    payment: Payment
    at_seconds: float
    answered_seconds: float


def pay(case: Case, payment: Mapping[str, Any], asked_seconds: float, opened: Open, owed: Money) -> Booked | None:
    """The customer pays at this instant; ``None`` when the application does not take it, and the money goes back.

    :param owed: what is open before it.
    """
    lines, payment_id = case.stage.lines, str(payment["payment_id"])
    reply = case.stage.outside.ask(asked_seconds + PROVIDER_SECONDS, paid(payment, case.invoice_id))
    detail = {"status": reply.status, "payment_id": payment_id}
    ask(lines, f"pay/{payment_id}", case.invoice_id, asked_seconds, reply.at_seconds + PROVIDER_SECONDS, "OK", detail)
    arrives = reply.at_seconds + 2 * PROVIDER_SECONDS
    if opened.since_seconds is None or arrives >= opened.until_seconds:
        _told(case, payment, arrives, max(arrives, opened.refuses_seconds) + API_SECONDS, 409)
        return None
    value = Payment(payment_id, Money.parse(payment["amount"], payment["currency"]))
    booking = case.deeds.payment_booked(value)
    done = case.perform("book_payment", max(arrives, opened.since_seconds), booking)
    answered = done.ended_seconds + API_SECONDS
    _told(case, payment, arrives, answered, 200, receipt_of(value, owed - value.amount))
    return Booked(value, done.ended_seconds, answered)


def receipt_of(payment: Payment, owed: Money) -> dict[str, str]:
    """What is answered to a payment that counts, after which so much is owed."""
    return {"payment_id": payment.payment_id, "outstanding": f"{owed.amount:f}", "currency": owed.currency}


def skip(lines: Lines, operation_id: str, subject: str, at_seconds: float, needs: str) -> None:
    """An operation that is not made, because what it needs did not come out OK."""
    ask(lines, operation_id, subject, at_seconds, at_seconds, "FAIL", {"skipped": f"needs {needs}"})


def _told(
    case: Case,
    payment: Mapping[str, Any],
    sent: float,
    answered: float,
    status: int,
    receipt: Mapping[str, str] | None = None,
) -> None:
    for delivery in range(1, payment["deliveries"] + 1):
        case.stage.lines.add(
            "world",
            answered + delivery * PROVIDER_SECONDS / 10,
            "webhook-try",
            subject=payment["payment_id"],
            reference=case.invoice_id,
            delivery=delivery,
            number=1,
            status=status,
            error=None,
            sent_seconds=round(sent, 6),
            answer=receipt,
        )
    fate = "settled" if status == 200 else "returned"
    case.stage.outside.accept(answered + PROVIDER_SECONDS, money_went(payment, case.invoice_id, fate))
