"""Single entries and settlements of opening books, as the world takes them: plain JSON, amounts as canonical texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

Part = tuple[str, Decimal]
"""An account and what is posted to it: a debit above zero, a credit below."""


def entry(
    reference: str, kind: str, memo: str, currency: str, parts: Sequence[Part], booked_at: datetime
) -> dict[str, Any]:
    """One balanced entry."""
    return {
        "entry_id": f"OLD-{memo.replace(' ', '-')}",
        "reference": reference,
        "kind": kind,
        "memo": memo,
        "currency": currency,
        "lines": [
            {
                "account": account,
                "debit": text_of(max(amount, Decimal(0)), currency),
                "credit": text_of(max(-amount, Decimal(0)), currency),
            }
            for account, amount in parts
        ],
        "booked_at": booked_at.isoformat(),
    }


def settlement(
    kind: str, payment_id: str, reference: str, amount: Decimal, currency: str, at: datetime
) -> dict[str, Any]:
    """What the provider received, or gave back."""
    return {
        "kind": kind,
        "payment_id": payment_id,
        "invoice_id": reference,
        "amount": text_of(amount, currency),
        "currency": currency,
        "at": at.isoformat(),
    }


def digits_of(currency: str) -> int:
    """After the point (ISO 4217)."""
    return {"KWD": 3, "JPY": 0}.get(currency, 2)


def text_of(amount: Decimal, currency: str) -> str:
    """The amount with the digits of its currency."""
    return f"{amount:.{digits_of(currency)}f}"
