"""Money: a decimal amount quantised to the minor unit of its currency. There are no floats anywhere.

Every amount of the application, from the CSV file to the accounting entry, passes through here. It knows the digits of
the currencies we bill in (ISO 4217) and nothing of exchange rates or of formatting for a locale.
"""

# Annotations are real types here: the payload converter reads them inside the workflow sandbox, which does not know
# this module by name unless the workflow itself imports it.

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce

MINOR_DIGITS = {"SAR": 2, "AED": 2, "USD": 2, "EUR": 2, "KWD": 3, "BHD": 3, "JPY": 0}
"""Currency code -> digits after the point (ISO 4217)."""

LARGEST_MINOR_UNITS = 10**15
"""Bound on every amount, so that it fits a 64-bit column and a mistyped figure is noticed."""

# Wide enough for the product of three bounded factors: the only rounding is the one that is asked for.
_CONTEXT = Context(prec=120, rounding=ROUND_HALF_UP)
_BOUNDS = {
    digits: (Decimal(1).scaleb(-digits), _CONTEXT.scaleb(Decimal(LARGEST_MINOR_UNITS), -digits))
    for digits in MINOR_DIGITS.values()
}
"""Digits after the point -> the minor unit, the largest amount."""
_PLAIN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(frozen=True)
class Money:
    """An exact amount in one currency; the amount always carries exactly the currency's digits.

    :param amount: a finite ``Decimal`` that the minor unit can express (``12.5`` SAR becomes ``12.50``).
    :param currency: a code of :data:`MINOR_DIGITS`.
    :raises TypeError: when the amount is not a ``Decimal``; a float is never money.
    :raises ValueError: when the currency is unknown or the amount is not finite, too fine or too large.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"money takes a Decimal, not {type(self.amount).__name__} {self.amount!r}; parse the text")
        rounded = _quantise(self.amount, self.currency)
        if rounded != self.amount:
            raise ValueError(f"{self.amount} is finer than the minor unit of {self.currency}; use Money.rounded")
        # A frozen value normalises itself once, here.
        object.__setattr__(self, "amount", rounded)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a plain decimal such as ``12.50``: no exponent, no grouping, no NaN.

        :raises ValueError: when the text is not one, or is finer than the currency's minor unit.
        """
        return cls(parse_decimal(text), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> "Money":
        """Round half-up (away from zero at exactly one half) to the currency's minor unit."""
        if not isinstance(amount, Decimal):
            raise TypeError(f"money takes a Decimal, not {type(amount).__name__} {amount!r}")
        return cls(_quantise(amount, currency), currency)

    @classmethod
    def product(cls, *factors: Decimal, currency: str) -> "Money":
        """Multiply exactly, then round half-up once: ``quantity * unit_price`` or ``net * tax_rate``."""
        return cls.rounded(reduce(_CONTEXT.multiply, factors), currency)

    @classmethod
    def of_minor_units(cls, units: int, currency: str) -> "Money":
        """The reverse of :attr:`minor_units`: 1250 SAR halalas are 12.50 SAR."""
        return cls(_CONTEXT.scaleb(Decimal(units), -minor_digits(currency)), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in this currency."""
        return cls(Decimal(0), currency)

    @property
    def minor_units(self) -> int:
        """The amount as a whole number of minor units, for storage."""
        return int(_CONTEXT.scaleb(self.amount, minor_digits(self.currency)))

    def __add__(self, other: "Money") -> "Money":
        return Money(_CONTEXT.add(self.amount, self._same(other).amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_CONTEXT.subtract(self.amount, self._same(other).amount), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other).amount

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other).amount

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other).amount

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"cannot combine {self} with {other}: the currencies differ")
        return other


def minor_digits(currency: str) -> int:
    """How many digits the currency has after the point.

    :raises ValueError: when we do not bill in it.
    """
    if currency not in MINOR_DIGITS:
        raise ValueError(f"unknown currency {currency!r}; known: {', '.join(MINOR_DIGITS)}")
    return MINOR_DIGITS[currency]


def parse_decimal(text: str) -> Decimal:
    """Read a plain decimal such as ``12.50`` or ``-3``: ASCII digits, at most 18 on either side of the point.

    :raises ValueError: when it is anything else, ``1e5``, ``NaN`` and ``Infinity`` included.
    """
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a plain decimal number such as 12.50")
    return Decimal(text)


def _quantise(amount: Decimal, currency: str) -> Decimal:
    unit, largest = _BOUNDS[minor_digits(currency)]
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount of money")
    size = abs(amount)
    if size.adjusted() > 20 or size > largest:
        raise ValueError(f"{amount} {currency} is larger than the largest amount we handle")
    rounded = _CONTEXT.quantize(amount, unit)
    return abs(rounded) if rounded.is_zero() else rounded  # no negative zero
