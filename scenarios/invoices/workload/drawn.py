"""Draws an invoice that stands in no sample file, as rows of one: for what nobody should try, and for load.

Data flow: a stream of the seed → **rows** → ``adverse_invoices``, and ``load/``. They are re-dated when they are
uploaded, as those of the sample.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from scenarios.invoices.samples.generate import CUSTOMERS, Line, draw_line, invoice_rows
from scenarios.invoices.workload.sample import Rows

CURRENCIES = ("SAR", "SAR", "AED", "USD", "KWD")

LEAST_UNITS = 2_000
"""What an invoice is worth that amounts are tried on, in minor units: enough to make twenty of."""


def draw_invoice(
    draw: random.Random,
    invoice_id: str,
    *,
    least: int = 1,
    most: int = 3,
    least_units: int = LEAST_UNITS,
    currencies: Sequence[str] = CURRENCIES,
) -> Rows:
    """An invoice of so many lines at least, and so many at most, unless it would be worth too little.

    :param least_units: what it is worth at least, in minor units.
    """
    currency = draw.choice(currencies)
    count = draw.randint(least, most)
    lines: list[Line] = []
    units = 0
    while len(lines) < count or units < least_units:
        lines.append(draw_line(draw, currency, plain_rate=True))
        units += lines[-1][1]
    head = {
        "invoice_id": invoice_id,
        "customer_name": draw.choice(CUSTOMERS),
        "customer_email": f"billing-{invoice_id.lower()}@customer.example",
        "customer_tax_number": f"3{draw.randrange(10**13):013d}3",
        "currency": currency,
        "issued_at": "2035-01-01T08:00:00+03:00",
        "due_at": "2035-02-01T00:00:00+03:00",
    }
    return invoice_rows(head, lines, currency)
