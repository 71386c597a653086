"""The oracle's own arithmetic of money: exact fractions, rounded once, half up, to the currency's minor unit.

The application calculates with ``Decimal`` and quantizes; this goes another way on purpose.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction

DECIMALS = {"SAR": 2, "AED": 2, "USD": 2, "EUR": 2, "KWD": 3, "BHD": 3, "JPY": 0}
"""Digits after the point per currency (ISO 4217)."""

DEFAULT_CURRENCY = "SAR"

TOLD_APART_AT_MOST = 16
"""Of so many amounts every sum is tried; of more, any amount up to the sum of all is taken for one of some of them."""


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


def is_sum_of_some(amount: Decimal, parts: Collection[Decimal]) -> bool:
    """Whether an amount is what some of the parts come to, or none of them; the parts are more than zero."""
    if not 0 <= amount <= sum(parts):
        return False
    if len(parts) > TOLD_APART_AT_MOST:
        return True
    sums = {Decimal(0)}
    for part in parts:
        sums |= {known + part for known in sums if known + part <= amount}
    return amount in sums


def amount_in(text: str, currency: str) -> Decimal | None:
    """The amount that a text says with exactly the decimals of its currency, ``None`` when it says none so."""
    number = plain_number(text)
    amount = None if number is None else round_half_up(number, currency)
    return amount if amount is not None and f"{amount:f}" == text else None
