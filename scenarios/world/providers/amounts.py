"""Amounts of money as the providers take them: canonical texts, checked with ``Decimal``.

Canonical means: no sign, no exponent, no leading zeros, and exactly as many decimals as the currency has (ISO 4217).
"""

from __future__ import annotations

import re
from decimal import Decimal

from scenarios.world.bodies import Malformed

MINOR_DIGITS = {"SAR": 2, "AED": 2, "USD": 2, "EUR": 2, "KWD": 3, "BHD": 3, "JPY": 0}


def parse_amount(value: object, currency: str, where: str) -> Decimal:
    """The amount in ``value``, which must be a canonical text.

    :param where: what it is, for the message ("lines[0].debit").
    :raises Malformed: unknown currency, or not canonical.
    """
    if currency not in MINOR_DIGITS:
        raise Malformed(f"unknown currency {currency!r}; known: {', '.join(sorted(MINOR_DIGITS))}")
    digits = MINOR_DIGITS[currency]
    fraction = rf"\.[0-9]{{{digits}}}" if digits else ""
    if not isinstance(value, str) or not re.fullmatch(rf"(0|[1-9][0-9]*){fraction}", value):
        raise Malformed(f"{where} must be a text with {digits} decimals and no sign ({currency}), not {value!r}")
    return Decimal(value)
