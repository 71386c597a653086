"""What became of each customer's money, by the world's own record: paid, told to the application, booked, given back.

Data flow: record → **money** → letters, refunds, shown, results. All of it is measured outside the application;
where its own state is unknown for a while (booked, but not yet answered), both ends of that while are here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from harness.record.record import Effect, Record
from scenarios.invoices.checks.facts.identities import PAY


@dataclass(frozen=True)
class Money:
    """One payment. All times are seconds of the host's clock, ``None`` for what never happened.

    ``booked_seconds`` is when accounting first took its entry: the application cannot have counted it before.
    ``answered_seconds`` is when the application first answered the provider's webhook with 2xx: it counted it before
    that. ``settled`` is whether the provider kept the money for us, ``refunded_seconds`` when it first gave it back.
    """

    payment_id: str
    invoice_id: str
    amount: Decimal
    currency: str
    booked_seconds: float | None = None
    answered_seconds: float | None = None
    settled: bool = False
    refunded_seconds: float | None = None


def money_by_invoice(record: Record) -> Mapping[str, Sequence[Money]]:
    """Every payment that a customer made, by invoice and in the order of paying. Ask with ``record.once``."""
    made = [effect for effect in record.effects if (effect.service, effect.operation) == PAY]
    ids: dict[str, set[str]] = {}
    for effect in made:
        ids.setdefault(effect.detail["invoice_id"], set()).add(effect.detail["payment_id"])
    first: dict[tuple[str, str], float] = {}
    for effect in record.effects:
        deed = effect.operation if effect.service == "payments" else _booked(effect)
        payment_id = _named(effect, ids) if deed == "booked" else effect.detail.get("payment_id")
        if deed is not None and payment_id is not None:
            first[deed, payment_id] = min(effect.at_seconds, first.get((deed, payment_id), effect.at_seconds))
    for each in record.webhooks:
        if each.status is not None and 200 <= each.status < 300:
            key = "answered", each.subject
            first[key] = min(each.ended_seconds, first.get(key, each.ended_seconds))
    found: dict[str, list[Money]] = {}
    for effect in made:
        money = _money(effect, first)
        found.setdefault(money.invoice_id, []).append(money)
    return found


def _money(paid: Effect, first: Mapping[tuple[str, str], float]) -> Money:
    payment_id = paid.detail["payment_id"]
    return Money(
        payment_id=payment_id,
        invoice_id=paid.detail["invoice_id"],
        amount=Decimal(paid.detail["amount"]),
        currency=paid.detail["currency"],
        booked_seconds=first.get(("booked", payment_id)),
        answered_seconds=first.get(("answered", payment_id)),
        settled=("settled", payment_id) in first,
        refunded_seconds=first.get(("refund", payment_id)),
    )


def _booked(effect: Effect) -> str | None:
    is_booking = (effect.service, effect.operation) == ("accounting", "book")
    return "booked" if is_booking and effect.detail["kind"] == "payment" else None


def _named(booking: Effect, ids: Mapping[str, set[str]]) -> str | None:
    """The payment that a booking is for: the word of its memo that is the id of a payment of its invoice."""
    known = ids.get(booking.reference, set())
    return next((word for word in str(booking.detail["memo"]).split() if word in known), None)
