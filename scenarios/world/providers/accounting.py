"""The accounting provider: ``POST /entries`` books one balanced entry.

The promise it makes: with an ``Idempotency-Key`` an entry is booked once and its answer is repeated
(``Idempotent-Replayed: true``); without one every request is a new entry. It books what it is given, provided that the
entry balances; which accounts are right for an invoice is the oracle's business.

``POST /withdrawals`` with the ``Idempotency-Key`` of an entry stops it: the answer's ``entry_id`` names the entry when
it was booked before, which then stands; with ``null`` it was not, and a booking under that key is refused from then on.
So a client that does not know what has become of its booking learns it for good, as one that stops a payment by its
reference does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
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
from scenarios.world.kinds import ENTRY_KINDS
from scenarios.world.providers.amounts import parse_amount
from scenarios.world.providers.statements import Listing
from scenarios.world.register import Request

_ENTRY_FIELDS = frozenset({"reference", "kind", "memo", "currency", "lines"})
_LINE_FIELDS = frozenset({"account", "debit", "credit"})


def parse_entry(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The entry in a body, as it is posted.

    :raises Malformed: a field is missing, unknown or malformed, or debits and credits differ.
    """
    require_fields(fields, _ENTRY_FIELDS)
    reference, currency = text_field(fields, "reference"), text_field(fields, "currency")
    if fields["kind"] not in ENTRY_KINDS:
        raise Malformed(f"kind must be one of {', '.join(ENTRY_KINDS)}, not {fields['kind']!r}")
    if not isinstance(fields["memo"], str):
        raise Malformed(f"memo must be a text, not {fields['memo']!r}")
    if not isinstance(fields["lines"], list) or len(fields["lines"]) < 2:
        raise Malformed("lines must be a list of two or more")
    difference = Decimal(0)
    for number, line in enumerate(fields["lines"]):
        difference += _parse_line(line, currency, f"lines[{number}]")
    if difference:
        raise Malformed(f"{reference}: the entry does not balance: debits exceed credits by {difference} {currency}")
    lines = [{name: line[name] for name in ("account", "debit", "credit")} for line in fields["lines"]]
    return {
        "reference": reference,
        "kind": fields["kind"],
        "memo": fields["memo"],
        "currency": currency,
        "lines": lines,
    }


def _parse_line(line: Any, currency: str, where: str) -> Decimal:
    """Debit less credit of one line."""
    if not isinstance(line, dict):
        raise Malformed(f"{where} is not an object")
    require_fields(line, _LINE_FIELDS)
    text_field(line, "account")
    debit = parse_amount(line["debit"], currency, f"{where}.debit")
    credit = parse_amount(line["credit"], currency, f"{where}.credit")
    if debit and credit:
        raise Malformed(f"{where} has a debit and a credit")
    return debit - credit


@dataclass(frozen=True)
class AccountingDesk:
    """The endpoints."""

    intake: Intake

    def endpoints(self) -> Mapping[str, Endpoint]:
        """By their paths."""
        return {"/entries": self.book, "/withdrawals": self.withdraw}

    async def book(self, body: bytes, key: str | None) -> Reply:
        """An entry is booked."""
        request, problem = _read(body, key)
        answer = await self.intake.handle(request, HTTP, problem=problem)
        return reply_of(answer, {"entry_id": answer.effect.effect_id if answer.effect else None})

    async def withdraw(self, body: bytes, key: str | None) -> Reply:
        """An entry is stopped, unless it is booked."""
        request, problem = _read_withdrawal(body, key)
        answer = await self.intake.withdraw(request, "book", problem=problem)
        if answer.outcome not in ("accepted", "replayed"):
            return error(answer.status or HTTP.refused, answer.message)
        return Reply(HTTP.accepted, {"entry_id": answer.effect.effect_id if answer.effect else None})


def _old_entry(fields: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in fields.items() if name != "entry_id"}
    return {"entry_id": text_field(fields, "entry_id"), **parse_entry(rest)}


def _entry_of(effect: Effect) -> dict[str, Any] | None:
    return {"entry_id": effect.effect_id, **effect.detail} if effect.operation == "book" else None


STATEMENT = Listing("accounting", "statement", "entries", "booked_at", _old_entry, _entry_of)
"""All entries, as they were booked."""


def _read_withdrawal(body: bytes, key: str | None) -> tuple[Request, str | None]:
    """The request in a body, and what is wrong with it."""
    reference, digest = "", hashlib.sha256(body).hexdigest()
    try:
        fields = parse_object(body)
        require_fields(fields, frozenset({"reference"}))
        reference, digest = text_field(fields, "reference"), canonical_digest(fields)
        problem = None if key else "the header Idempotency-Key is missing"
    except Malformed as malformed:
        problem = str(malformed)
    return Request("accounting", "withdraw", key, reference, digest), problem


def _read(body: bytes, key: str | None) -> tuple[Request, str | None]:
    """The request in a body, and what is wrong with it."""
    reference, digest = "", hashlib.sha256(body).hexdigest()
    try:
        fields = parse_object(body)
        reference, digest = str(fields.get("reference", "")), canonical_digest(fields)
        return Request("accounting", "book", key, reference, digest, parse_entry(fields)), None
    except Malformed as malformed:
        return Request("accounting", "book", key, reference, digest), str(malformed)
