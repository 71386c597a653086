"""Which entries the accounting provider takes."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.world.bodies import Malformed
from scenarios.world.in_process import entry
from scenarios.world.providers.accounting import parse_entry


def lines(*amounts: tuple[str, str]) -> list[dict[str, str]]:
    return [{"account": f"a{n}", "debit": debit, "credit": credit} for n, (debit, credit) in enumerate(amounts)]


def test_a_balanced_entry_is_taken_as_it_is() -> None:
    assert parse_entry(entry()) == entry()


@pytest.mark.parametrize(
    ("currency", "total", "none"), [("SAR", "0.10", "0.00"), ("KWD", "1.500", "0.000"), ("JPY", "115", "0")]
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, total: str, none: str) -> None:
    posted = entry() | {"currency": currency, "lines": lines((total, none), (none, total))}
    assert parse_entry(posted)["lines"] == posted["lines"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"lines": lines(("115.00", "0.00"), ("0.00", "114.99"))}, r"exceed credits by 0\.01 SAR"),
        ({"lines": lines(("115.00", "0.00"))}, "two or more"),
        ({"lines": lines(("1.00", "1.00"), ("0.00", "0.00"))}, "a debit and a credit"),
        ({"lines": lines(("1.0", "0.00"), ("0.00", "1.00"))}, r"lines\[0\]\.debit"),
        ({"lines": lines(("01.00", "0.00"), ("0.00", "1.00"))}, r"lines\[0\]\.debit"),
        ({"lines": lines(("1.00", "0.00"), ("0.00", "-1.00"))}, r"lines\[1\]\.credit"),
        ({"lines": lines(("1e2", "0.00"), ("0.00", "1.00"))}, r"lines\[0\]\.debit"),
        ({"lines": [1, 2]}, r"lines\[0\]"),
        ({"currency": "XXX"}, "currency"),
        ({"kind": "gift"}, "kind"),
        ({"reference": " "}, "reference"),
        ({"memo": None}, "memo"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_malformed_entry_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(Malformed, match=named):
        parse_entry(entry() | changes)
