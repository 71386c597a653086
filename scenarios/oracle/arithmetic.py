"""The oracle's own arithmetic of money: exact fractions, rounded once, half up, to the currency's minor unit.

The application calculates with ``Decimal`` and quantizes; this goes another way on purpose.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

DECIMALS = {"SAR": 2, "AED": 2, "USD": 2, "EUR": 2, "KWD": 3, "BHD": 3, "JPY": 0}
"""Digits after the point per currency (ISO 4217)."""

DEFAULT_CURRENCY = "SAR"


def plain_number(text: str) -> Fraction | None:
    """The number that a plain decimal without sign stands for, ``None`` for anything else.

    An invoice has at most 18 digits on either side of the point; longer ones are refused, however small their value.
    """
    return Fraction(text) if re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,18})?", text) else None


def round_half_up(value: Fraction, currency: str) -> Decimal:
    """A value of zero or more, rounded to the currency's minor unit."""
    return from_minor(minor_units(value, currency), currency)


def minor_units(value: Fraction, currency: str) -> int:
    """The rounded value as a whole number of minor units (halalas, fils, yen)."""
    scale: int = 10 ** DECIMALS[currency]
    return math.floor(value * scale + Fraction(1, 2))


def from_minor(units: int, currency: str) -> Decimal:
    """The amount that a number of minor units is, with the decimals of its currency."""
    return Decimal(units).scaleb(-DECIMALS[currency])
