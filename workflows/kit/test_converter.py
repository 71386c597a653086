from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload

from workflows.invoices.model import InvoiceRequest, InvoiceResult, Status
from workflows.kit.converter import ExactPayloadConverter
from workflows.kit.money import Money

converter = ExactPayloadConverter()


def back(value: Any, hint: Any) -> Any:
    return converter.from_payload(converter.to_payload(value), hint)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (InvoiceRequest("INV-1", "شركة", Money.parse("0.10", "SAR"), datetime(2026, 1, 1, tzinfo=UTC)), InvoiceRequest),
        (InvoiceResult("A", Status.PAID, Money.zero("KWD"), Money.zero("KWD"), ("P",), ()), InvoiceResult),
        (Decimal("123456789012345678901234567890.10"), Decimal),
        (date(2026, 2, 28), date),
        ({"a": Decimal("1.0")}, dict[str, Decimal]),
        ([Status.HELD, None], list[Status | None]),
        (None, None),
        (b"bytes", bytes),
        ((), tuple[str, ...]),
        (frozenset({Status.PAID, Status.HELD}), frozenset[Status]),
    ],
)
def test_values_come_back_exactly(value: Any, hint: Any) -> None:
    found = back(value, hint)
    assert (found, type(found)) == (value, type(value))


def test_digits_are_kept() -> None:
    assert str(back(Decimal("1.10"), Decimal)) == "1.10"
    assert converter.to_payload(Money.parse("1.1", "SAR")).data == b'{"amount":"1.10","currency":"SAR"}'
    assert converter.to_payload(()).data == b"[]"


def test_a_set_is_always_written_in_the_same_order() -> None:
    assert converter.to_payload({f"PAY-{number}" for number in (3, 1, 2)}).data == b'["PAY-1","PAY-2","PAY-3"]'


@dataclass(frozen=True)
class Careless:
    amounts: list[float]


@pytest.mark.parametrize(
    ("value", "place"), [(1.5, "float"), (Careless([1.5]), r"Careless\.amounts\[0\]"), (Decimal("NaN"), "finite")]
)
def test_floats_are_refused_on_the_way_out(value: Any, place: str) -> None:
    with pytest.raises(TypeError, match=place):
        converter.to_payload(value)


@pytest.mark.parametrize("data", [b"1.5", b"[1e3]", b"NaN"])
def test_floats_are_refused_on_the_way_in(data: bytes) -> None:
    with pytest.raises(TypeError, match="decimals travel as text"):
        converter.from_payload(Payload(metadata={"encoding": b"json/plain"}, data=data))


def test_a_number_is_no_decimal() -> None:
    with pytest.raises(TypeError, match="decimal as text"):
        back(15, Decimal)
