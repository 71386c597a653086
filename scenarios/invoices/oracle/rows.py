"""The rows of an invoice file as they stand in it: cells by column, with the line they begin on.

Not covered: files that are not CSV, or lack a column; a workload does not upload them and ``ValueError`` is the answer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

HEADER = [
    *("invoice_id", "customer_name", "customer_email", "customer_tax_number", "currency", "issued_at", "due_at"),
    *("line", "description", "quantity", "unit_price", "tax_rate", "line_total", "invoice_total"),
]

REPEATED = (*HEADER[:7], "invoice_total")
"""Columns that every row of one invoice repeats."""


@dataclass(frozen=True)
class Row:
    """One row. ``number`` is the line of the file it begins on, the header being line 1."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def read_rows(csv_text: str) -> list[Row]:
    """The rows below the header; empty lines are passed over.

    :raises ValueError: the header is another, or a row has more or fewer cells than it.
    """
    reader = csv.reader(io.StringIO(csv_text.removeprefix("\ufeff"), newline=""), strict=True)
    if next(reader, None) != HEADER:
        raise ValueError(f"line 1: the header must be {','.join(HEADER)}")
    rows, begins_on = [], reader.line_num + 1
    for record in reader:
        if record:
            if len(record) != len(HEADER):
                raise ValueError(f"line {begins_on}: {len(record)} cells instead of {len(HEADER)}")
            rows.append(Row(begins_on, {name: cell.strip() for name, cell in zip(HEADER, record, strict=True)}))
        begins_on = reader.line_num + 1
    return rows
