"""What the QR code of a tax invoice says, as ZATCA (the Saudi Zakat, Tax and Customs Authority) demands it.

Five fields, each as tag, length and value (TLV), all of it in Base64: seller, VAT number, instant, total with VAT, VAT.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from workflows.kit.money import Money

LONGEST_BYTES = 255
"""A length is one byte."""


def zatca_code(seller: str, vat_number: str, issued_at: datetime, total: Money, vat: Money) -> str:
    """The text of the QR code.

    :param issued_at: with its zone; it is said in UTC, to the second.
    :raises ValueError: a field takes more than 255 bytes of UTF-8.
    """
    instant = f"{issued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    fields = (seller, vat_number, instant, f"{total.amount:f}", f"{vat.amount:f}")
    return base64.b64encode(b"".join(_field(tag, value) for tag, value in enumerate(fields, start=1))).decode()


def _field(tag: int, text: str) -> bytes:
    value = text.encode()
    if len(value) > LONGEST_BYTES:
        raise ValueError(f"field {tag} of a ZATCA code has {len(value)} bytes; at most {LONGEST_BYTES} can be said")
    return bytes((tag, len(value))) + value
