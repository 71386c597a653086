"""Invoices of their own for what nobody should try: one for each way an invoice can end, and two that are contested.

One more comes with them on which nothing is tried: its document states its due day in another zone.

Where it stands: stream of the seed → **rows** → ``adverse``, which says what is tried on them. They come beside the
invoices of the sample, so that a forged payment that was taken would not spoil what a customer does.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone

from scenarios.samples.generate import CUSTOMERS, MINOR_DIGITS, amount_text, draw_line
from scenarios.workload.sample import Rows

PAID = "ADV-0001"
"""Uploaded as a UBL document of several lines and paid wholly."""

CANCELLED = "ADV-0002"
"""Paid in part by a payment whose id is the word "cancel", then cancelled; in a currency of three digits."""

CONTESTED = "ADV-0003"
"""Twenty amounts come under the id of its payment; then it is cancelled."""

OVERDUE = "ADV-0004"
INVALID = "ADV-0005"
REFUSED = "ADV-0006"

CLASHING = "ADV-0007"
"""Two contents come under its id at once; it is never processed."""

DISCOUNTED, MISLABELLED = "ADV-0008", "ADV-0009"
"""Refused whenever they come: for what their documents count, and for how their files are called."""

ZONED = "ADV-0011"
"""Uploaded as a UBL document that states its due day in a zone, and paid wholly."""

DUE_ZONES = (UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8)))
"""Where that day may be: in none of them does it end when it ends in Riyadh."""

UNKNOWN = "ADV-0404"
"""Never uploaded."""

CURRENCIES = ("SAR", "SAR", "AED", "USD", "KWD")
THREE_DIGITS = ("KWD",)
"""What is written with two digits is wrong in this one, and every run has a receipt in it."""

LEAST_UNITS = 2_000
"""What an invoice is worth at least, in minor units: enough to make twenty amounts of."""


@dataclass(frozen=True)
class AdverseRows:
    """``document`` is the one invoice that is uploaded as UBL; ``listed`` are those of a CSV file.

    ``clashing`` are the two contents under one id, and ``other`` is another one of CANCELLED; they stand in no file.
    """

    document: Rows
    listed: Rows
    clashing: tuple[Rows, Rows]
    other: Rows


def draw_rows(draw: random.Random, of_cancelled: random.Random) -> AdverseRows:
    """Draw all of them; which of them may not be sent, or is refused, is no matter of chance.

    :param of_cancelled: draws CANCELLED, so that the others are drawn as when it was one of them.
    """
    _invoice(draw, CANCELLED)
    listed = _invoice(of_cancelled, CANCELLED, currencies=THREE_DIGITS)
    listed += [row for invoice_id in (CONTESTED, OVERDUE) for row in _invoice(draw, invoice_id)]
    # A Saudi VAT number begins with a 3, and nobody is billed in pounds.
    listed += [{**row, "customer_tax_number": f"1{row['customer_tax_number'][1:]}"} for row in _invoice(draw, INVALID)]
    listed += [{**row, "currency": "GBP"} for row in _invoice(draw, REFUSED)]
    first, second = _invoice(draw, CLASHING), _to_another(_invoice(draw, CLASHING))
    other = _to_another([row for row in listed if row["invoice_id"] == CANCELLED])
    return AdverseRows(_invoice(draw, PAID, least=2), listed, (first, second), other)


def draw_mislabelled(draw: random.Random) -> Rows:
    """An invoice that nothing is wrong with but the id or the media type that it is sent with."""
    return _invoice(draw, MISLABELLED)


def draw_zoned(draw: random.Random) -> tuple[Rows, timezone]:
    """The invoice whose document states a zone, and the zone."""
    return _invoice(draw, ZONED), draw.choice(DUE_ZONES)


def _invoice(draw: random.Random, invoice_id: str, *, least: int = 1, currencies: Sequence[str] = CURRENCIES) -> Rows:
    """An invoice of so many lines at least, and three at most, unless it would be worth too little."""
    currency = draw.choice(currencies)
    lines: list[tuple[dict[str, str], int]] = []
    count = draw.randint(least, 3)
    while len(lines) < count or sum(units for _, units in lines) < LEAST_UNITS:
        lines.append(draw_line(draw, currency))
    head = {
        "invoice_id": invoice_id,
        "customer_name": draw.choice(CUSTOMERS),
        "customer_email": f"billing-{invoice_id.lower()}@customer.example",
        "customer_tax_number": f"3{draw.randrange(10**13):013d}3",
        "currency": currency,
        # Re-dated when they are uploaded, as those of the sample.
        "issued_at": "2035-01-01T08:00:00+03:00",
        "due_at": "2035-02-01T00:00:00+03:00",
    }
    total = amount_text(sum(units for _, units in lines), MINOR_DIGITS[currency])
    return [
        # A document says a rate in percent: "0.10" and "0.1" are one rate, but by its text a repeat is known.
        {**head, "line": str(position), **cells, "tax_rate": _plain(cells["tax_rate"]), "invoice_total": total}
        for position, (cells, _) in enumerate(lines, start=1)
    ]


def _to_another(rows: Rows) -> Rows:
    """The same sums, billed to somebody else for something else: whoever compares sums alone sees no difference."""
    return [
        {
            **row,
            "customer_name": f"Not {row['customer_name']}",
            "customer_email": f"other-{row['invoice_id'].lower()}@customer.example",
            "customer_tax_number": f"{row['customer_tax_number'][:-2]}{9 - int(row['customer_tax_number'][-2])}3",
            "description": f"Not {row['description']}",
        }
        for row in rows
    ]


def with_other_goods(rows: Rows) -> Rows:
    """The same, in every instant and every figure, but for what was sold: only who looks at the lines sees it."""
    return [{**row, "description": f"No {row['description']}"} for row in rows]


def _plain(number: str) -> str:
    return number.rstrip("0").rstrip(".")
