"""What the payment provider lists: money that customers paid and it settled, and what it gave back to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.record.record import Effect
from scenarios.world.bodies import Malformed, require_fields, text_field
from scenarios.world.providers.amounts import parse_amount
from scenarios.world.providers.statements import Listing

_FIELDS = ("kind", "payment_id", "invoice_id", "amount", "currency")
_KINDS = ("settled", "refund")


def _old(fields: Mapping[str, Any]) -> dict[str, Any]:
    require_fields(fields, frozenset(_FIELDS))
    if fields["kind"] not in _KINDS:
        raise Malformed(f"kind must be one of {', '.join(_KINDS)}, not {fields['kind']!r}")
    if not parse_amount(fields["amount"], text_field(fields, "currency"), "amount"):
        raise Malformed("amount must be more than zero")
    return {name: text_field(fields, name) for name in _FIELDS}


def _of_effect(effect: Effect) -> dict[str, Any] | None:
    if effect.operation not in _KINDS:
        return None
    return {"kind": effect.operation, **{name: effect.detail[name] for name in _FIELDS[1:]}}


SETTLEMENTS = Listing("payments", "settlements", "settlements", "at", _old, _of_effect)
"""All money that came for good and all that went back, each once."""
