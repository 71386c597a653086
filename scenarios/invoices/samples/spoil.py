"""Twelve ways to make an invoice that is refused at the upload, each with one reason only. Used by ``generate``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Invoice = list[dict[str, str]]
"""The rows of one invoice, two or more."""


def every_row(column: str, value: str) -> Callable[[Invoice], None]:
    """Put a bad value into a column that all rows of an invoice repeat."""

    def spoil(invoice: Invoice) -> None:
        for row in invoice:
            row[column] = value

    return spoil


def second_row(column: str, value: str) -> Callable[[Invoice], None]:
    """Put a bad value into the second row alone."""

    def spoil(invoice: Invoice) -> None:
        invoice[1][column] = value

    return spoil


def one_more(column: str) -> Callable[[Invoice], None]:
    """Make the last digit of a sum another one."""

    def spoil(invoice: Invoice) -> None:
        rows = invoice if column == "invoice_total" else invoice[1:2]
        for row in rows:
            row[column] = row[column][:-1] + str((int(row[column][-1]) + 1) % 10)

    return spoil


def to_be_repeated(invoice: Invoice) -> None:
    """This invoice begins once more at the end of the file; see :func:`again`."""
    for row in invoice:
        row["description"] = f"{row['description']} {_REPEATED}"


def again(rows: Sequence[dict[str, str]]) -> Invoice:
    """The rows marked by :func:`to_be_repeated` once more, for another customer."""
    return [{**row, "customer_name": "Somebody Else"} for row in rows if row["description"].endswith(_REPEATED)]


_REPEATED = "(twice)"

SPOILERS: tuple[Callable[[Invoice], None], ...] = (
    every_row("currency", "GBP"),
    second_row("quantity", "three"),
    second_row("unit_price", "-250.00"),
    one_more("line_total"),
    one_more("invoice_total"),
    to_be_repeated,
    every_row("issued_at", "2035-13-40T08:00:00+03:00"),
    every_row("due_at", "2035-02-01T08:00:00"),
    every_row("customer_email", ""),
    every_row("customer_name", ""),
    second_row("tax_rate", "15%"),
    second_row("customer_email", "somebody-else@customer.example"),
)
