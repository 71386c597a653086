"""Rounding, by hand and against ``Decimal``'s own."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.invoices.oracle.arithmetic import DECIMALS, plain_number, round_half_up


@pytest.mark.parametrize(
    ("value", "currency", "rounded"),
    [
        ("0.005", "SAR", "0.01"),
        ("0.0049999", "SAR", "0.00"),
        ("2.5", "JPY", "3"),
        ("1.0005", "KWD", "1.001"),
        ("1.00049", "BHD", "1.000"),
        ("7", "USD", "7.00"),
    ],
)
def test_it_rounds_half_up_to_the_minor_unit(value: str, currency: str, rounded: str) -> None:
    assert str(round_half_up(Fraction(value), currency)) == rounded


@given(st.decimals(0, 10**9, places=7), st.sampled_from(sorted(DECIMALS)))
def test_it_agrees_with_decimal(value: Decimal, currency: str) -> None:
    quantized = value.quantize(Decimal(1).scaleb(-DECIMALS[currency]), ROUND_HALF_UP)
    assert round_half_up(Fraction(value), currency) == quantized


@pytest.mark.parametrize("text", ["", "-1", "+1", "1e3", "1,000", ".5", "5.", "NaN", "1/2", "\u0661", "0x1", " 1"])
def test_only_plain_decimals_are_numbers(text: str) -> None:
    assert plain_number(text) is None


@pytest.mark.parametrize("digits", [18, 19, 5_000])
@pytest.mark.parametrize("shape", ["{0}", "{0}.5", "0.{0}"])
def test_a_number_has_at_most_18_digits_on_either_side_of_the_point(shape: str, digits: int) -> None:
    text = shape.format("7" * digits)
    assert plain_number(text) == (Fraction(text) if digits == 18 else None)
