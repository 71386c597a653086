from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.kit.money import MINOR_DIGITS, Money, parse_decimal

currencies = st.sampled_from(sorted(MINOR_DIGITS))
units = st.integers(min_value=-(10**12), max_value=10**12)
factors = st.decimals(min_value=0, max_value=10**5, places=6, allow_nan=False, allow_infinity=False)


@given(units, currencies)
def test_minor_units_and_text_come_back(count: int, currency: str) -> None:
    money = Money.of_minor_units(count, currency)
    assert money.minor_units == count
    assert Money.parse(f"{money.amount:f}", currency) == money
    assert -money.amount.as_tuple().exponent == MINOR_DIGITS[currency]  # type: ignore[operator]


@given(units, units, currencies)
def test_addition_is_exact(left: int, right: int, currency: str) -> None:
    one, other = Money.of_minor_units(left, currency), Money.of_minor_units(right, currency)
    assert (one + other).minor_units == left + right
    assert one + other - other == one
    assert (one < other, one <= other, one > other, one >= other) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
    )


@given(factors, factors, currencies)
def test_a_product_is_rounded_once_to_the_nearest(one: Decimal, other: Decimal, currency: str) -> None:
    rounded, exact = Money.product(one, other, currency=currency), Fraction(one) * Fraction(other)
    distance = Fraction(rounded.amount) - exact
    half = Fraction(1, 2 * 10 ** MINOR_DIGITS[currency])
    assert -half < distance <= half  # a half goes up


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "SAR", "0.01"),
        ("2.675", "SAR", "2.68"),
        ("-0.005", "SAR", "-0.01"),
        ("0.0004", "KWD", "0.000"),
        ("0.5", "JPY", "1"),
        ("-0.001", "SAR", "0.00"),
    ],
)
def test_rounding_is_half_up(amount: str, currency: str, expected: str) -> None:
    assert str(Money.rounded(Decimal(amount), currency).amount) == expected
    digits = Decimal(1).scaleb(-MINOR_DIGITS[currency])
    assert Money.rounded(Decimal(amount), currency).amount == Decimal(amount).quantize(digits, ROUND_HALF_UP)


@pytest.mark.parametrize("wrong", [12.5, 12, "12.50", None])
def test_only_decimals_are_money(wrong: object) -> None:
    with pytest.raises(TypeError, match="takes a Decimal"):
        Money(wrong, "SAR")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes a Decimal"):
        Money.rounded(wrong, "SAR")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["0.001", "NaN", "Infinity", "1E+30", "10000000000000.01"])
def test_an_amount_that_is_not_one_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"minor unit|not an amount|larger"):
        Money(Decimal(wrong), "SAR")


@pytest.mark.parametrize("wrong", ["", "1e5", "NaN", "1,000", " 1", "1.", ".5", "+1", "\u0661", "1" * 19])
def test_only_plain_decimals_are_read(wrong: str) -> None:
    with pytest.raises(ValueError, match="plain decimal"):
        parse_decimal(wrong)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="currencies differ"):
        Money.zero("SAR") + Money.zero("USD")
    with pytest.raises(ValueError, match="currencies differ"):
        assert Money.zero("SAR") < Money.zero("USD")
    assert Money.zero("SAR") != Money.zero("USD")
    with pytest.raises(ValueError, match="unknown currency 'XXX'"):
        Money.zero("XXX")
