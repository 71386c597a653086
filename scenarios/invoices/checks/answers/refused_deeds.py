"""What the world has seen of what was refused: record → **deeds** → *answers*, which says that none may be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harness.judge.checks.effects import story_of
from harness.record.record import Record
from harness.verdict import Finding
from scenarios.invoices.checks.facts.identities import payment_id_of
from scenarios.invoices.oracle.adverse import Facts, Permitted

Json = Mapping[str, Any]

PAID_BY = ("pay", "returned")
"""What a payment that was refused leaves with the provider: it was made, and it went back."""


@dataclass(frozen=True)
class Deeds:
    """What the world has seen of payments: what was done, by payment, and by payment, amount and currency."""

    moved: Mapping[tuple[str, Decimal, str], str]
    done: Mapping[str, str]


def deeds(record: Record) -> Deeds:
    """Bookings, settlements and refunds. A payment that was made and went back is none."""
    moved: dict[tuple[str, Decimal, str], str] = {}
    done: dict[str, str] = {}
    for effect in record.effects:
        amount: Decimal | None = None
        if (effect.service, effect.operation) == ("accounting", "book"):
            payment_id, deed = payment_id_of(effect), f"booked as {effect.detail['kind']}"
            amount = max((Decimal(line["debit"]) for line in effect.detail["lines"]), default=None)
        elif effect.service == "payments" and effect.operation not in PAID_BY:
            payment_id, deed = str(effect.detail.get("payment_id", "")), effect.operation
            amount = Decimal(effect.detail["amount"]) if "amount" in effect.detail else None
        else:
            continue
        done[payment_id] = deed
        if amount is not None:
            moved[payment_id, amount, effect.detail["currency"]] = deed
    return Deeds(moved, done)


def deeds_of(
    adverse: Json, allowed: Permitted, answers: Mapping[int, Json], facts: Facts, done: Deeds
) -> Iterator[str]:
    """What came of requests of which nothing may come."""
    for number, sending in enumerate(adverse["sends"]):
        payment = sending.get("webhook") or sending.get("pay")
        if payment is None or payment["amount"] is None or "200" in allowed.answers[number]:
            continue
        payment_id = payment["payment_id"]
        deed = done.done.get(payment_id)
        if facts.payment(payment["invoice_id"], payment_id) is not None:
            won = allowed.once == "200" and (number not in answers or answers[number]["status"] == 200)
            deed = None if won else done.moved.get((payment_id, Decimal(payment["amount"]), payment["currency"]))
        if deed is not None:
            yield f"{in_words(sending)} was {deed}; nothing may come of it"


def effects_of_nothing(record: Record, listed: Sequence[Json]) -> Iterator[Finding]:
    """What was done for an invoice that was refused as a whole, and that nobody may know."""
    refused = {
        sending["show"]: adverse["id"] for adverse in listed for sending in adverse["sends"] if "show" in sending
    }
    for effect in record.effects:
        if effect.reference in refused:
            message = f"{effect.service}/{effect.operation} of {effect.reference}, which was refused"
            yield Finding(refused[effect.reference], message, story_of(record, effect.reference))


def in_words(sending: Json) -> str:
    """The request as a reader needs it."""
    payment = sending.get("webhook") or sending.get("pay")
    if payment is not None:
        signed = sending.get("signed", "well")
        how = "" if signed == "well" else f" ({signed})"
        how += " without its last byte" if sending.get("cut") else ""
        return f"{payment['payment_id']} of {payment['amount'] or 'the amount that won'} {payment['currency']}{how}"
    if "process" in sending:
        return f"processing {sending['process']}"
    if "cancel" in sending:
        return f"cancelling {sending['cancel']}"
    if "show" in sending:
        return f"showing {sending['show']}"
    size = f" that holds {sending['holds']}" if "holds" in sending else ""
    size += f" of {sending['bytes']} bytes" if "bytes" in sending else ""
    return f"an upload of {sending['content_type'] or 'no media type'}{size}"
