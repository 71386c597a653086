"""Invoices of their own for what nobody should try: one for each way an invoice can end, and two that are contested.

One more comes with them on which nothing is tried: its document states its due day in another zone.

Data flow: stream of the seed → **rows** → ``adverse``, which says what is tried on them. They come beside the
invoices of the sample, so that a forged payment that was taken would not spoil what a customer does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone

from scenarios.invoices.workload.drawn import draw_invoice
from scenarios.invoices.workload.sample import Rows

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

THREE_DIGITS = ("KWD",)
"""What is written with two digits is wrong in this one, and every run has a receipt in it."""


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
    draw_invoice(draw, CANCELLED)
    listed = draw_invoice(of_cancelled, CANCELLED, currencies=THREE_DIGITS)
    listed += [row for invoice_id in (CONTESTED, OVERDUE) for row in draw_invoice(draw, invoice_id)]
    # A Saudi VAT number begins with a 3, and nobody is billed in pounds.
    listed += [
        {**row, "customer_tax_number": f"1{row['customer_tax_number'][1:]}"} for row in draw_invoice(draw, INVALID)
    ]
    listed += [{**row, "currency": "GBP"} for row in draw_invoice(draw, REFUSED)]
    first, second = draw_invoice(draw, CLASHING), _to_another(draw_invoice(draw, CLASHING))
    other = _to_another([row for row in listed if row["invoice_id"] == CANCELLED])
    return AdverseRows(draw_invoice(draw, PAID, least=2), listed, (first, second), other)


def draw_mislabelled(draw: random.Random) -> Rows:
    """An invoice that nothing is wrong with but the id or the media type that it is sent with."""
    return draw_invoice(draw, MISLABELLED)


def draw_zoned(draw: random.Random) -> tuple[Rows, timezone]:
    """The invoice whose document states a zone, and the zone."""
    return draw_invoice(draw, ZONED), draw.choice(DUE_ZONES)


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
