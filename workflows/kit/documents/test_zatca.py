"""The text of the tax authority's code, field by field."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone

import pytest

from workflows.kit.documents.zatca import zatca_code
from workflows.kit.money import Money

RIYADH = timezone(timedelta(hours=3))
TOTAL, VAT = Money.parse("1150.00", "SAR"), Money.parse("150.00", "SAR")


def test_the_five_fields() -> None:
    code = base64.b64decode(zatca_code("نور", "310122393500003", datetime(2026, 1, 1, 2, 30, 5, 9, RIYADH), TOTAL, VAT))
    assert code == b"".join(
        (
            b"\x01\x06" + "نور".encode(),
            b"\x02\x0f310122393500003",
            b"\x03\x142025-12-31T23:30:05Z",
            b"\x04\x071150.00",
            b"\x05\x06150.00",
        )
    )


def test_a_field_that_one_byte_cannot_measure_is_refused() -> None:
    at = datetime(2026, 1, 1, tzinfo=RIYADH)
    zatca_code("ن" * 127, "3", at, TOTAL, VAT)
    with pytest.raises(ValueError, match="field 1 of a ZATCA code has 256 bytes; at most 255"):
        zatca_code("ن" * 128, "3", at, TOTAL, VAT)
