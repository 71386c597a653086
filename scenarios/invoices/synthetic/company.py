"""A sample file of any length: the sample over and over, each time with other numbers, its bad invoices among them."""

from __future__ import annotations

import re

from scenarios.invoices.workload.sample import Rows, invoice_ids, sample_rows

_NUMBER = re.compile(r"INV-(\d+)")


def company_rows(count: int) -> Rows:
    """The rows of at least ``count`` invoices, each with an id of its own."""
    sample = sample_rows()
    once = len(invoice_ids(sample))
    return [
        {**row, "invoice_id": _renumbered(row["invoice_id"], copy * once)}
        for copy in range(-(-count // once))
        for row in sample
    ]


def _renumbered(invoice_id: str, by: int) -> str:
    return _NUMBER.sub(lambda found: f"INV-{int(found[1]) + by:06d}", invoice_id)
