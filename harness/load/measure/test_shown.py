"""Numbers are written so that none reads as more than it is."""

from __future__ import annotations

import math

import pytest

from harness.load.measure.shown import duration, share, shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (math.inf, "unknown"),
        (0.00000987, "9.87 µs"),
        (0.000999, "999 µs"),
        (0.0123, "12.3 ms"),
        (0.9996, "1.00 s"),
        (1.518, "1.52 s"),
        (99.96, "100 s"),
        (3600.0, "3,600 s"),
    ],
)
def test_a_duration_has_three_digits(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("part", "text"), [(0, "0 %"), (0.00001, "<0.01 %"), (0.0025, "0.25 %"), (0.99999, ">99.99 %"), (1, "100 %")]
)
def test_a_share_is_all_or_nothing_only_when_it_is(part: float, text: str) -> None:
    assert share(part) == text


def test_counts_and_rates_are_grouped() -> None:
    assert (shown("count", 12_000), shown("rate", 1_234.56)) == ("12,000", "1,234.6/s")
