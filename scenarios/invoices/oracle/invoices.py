"""What becomes of each invoice of an uploaded file: refused, invalid or good, and what it is worth.

*Refused* at the upload: a cell that cannot be read, or sums that do not add up. *Invalid*: it can be read, but may not
be sent. What happens afterwards is ``expected``.
"""

from __future__ import annotations

import enum
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from scenarios.invoices.oracle.arithmetic import DECIMALS, DEFAULT_CURRENCY, from_minor, minor_units, plain_number
from scenarios.invoices.oracle.rows import REPEATED, Row, read_rows


class Fate(enum.Enum):
    """What becomes of an invoice."""

    REFUSED = "refused"
    INVALID = "invalid"
    GOOD = "good"


@dataclass(frozen=True, order=True)
class Problem:
    """Why an invoice is refused: the line of the file (1-based, the header counts) and the column."""

    row: int
    field: str


@dataclass(frozen=True)
class JudgedInvoice:
    """One invoice of the file. ``net``, ``tax`` and ``total`` are in ``currency`` and zero when it is refused.

    ``rows`` are the lines of the file it stands on; ``problems`` are there when it is refused.
    """

    invoice_id: str
    fate: Fate
    rows: tuple[int, ...]
    problems: tuple[Problem, ...] = ()
    currency: str = DEFAULT_CURRENCY
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)


def judge(csv_text: str) -> tuple[JudgedInvoice, ...]:
    """Every invoice of the file, in the order in which they begin. One whose id begins twice is refused as a whole.

    :raises ValueError: it is not an invoice file at all.
    """
    blocks = [list(rows) for _, rows in itertools.groupby(read_rows(csv_text), key=lambda row: row["invoice_id"])]
    times = Counter(block[0]["invoice_id"] for block in blocks)
    judged: dict[str, JudgedInvoice] = {}
    for block in blocks:
        invoice = _judge_block(block, begins_twice=times[block[0]["invoice_id"]] > 1)
        earlier = judged.get(invoice.invoice_id)
        judged[invoice.invoice_id] = _together(earlier, invoice) if earlier else invoice
    return tuple(judged.values())


def _together(first: JudgedInvoice, second: JudgedInvoice) -> JudgedInvoice:
    return JudgedInvoice(
        first.invoice_id, Fate.REFUSED, first.rows + second.rows, tuple(sorted({*first.problems, *second.problems}))
    )


def _judge_block(block: Sequence[Row], *, begins_twice: bool) -> JudgedInvoice:
    first = block[0]
    invoice_id, rows = first["invoice_id"], tuple(row.number for row in block)
    problems = set(_unreadable(block))
    if begins_twice:
        problems.add(Problem(first.number, "invoice_id"))
    if not problems:
        problems |= set(_wrong_sums(block))
    if problems:
        return JudgedInvoice(invoice_id, Fate.REFUSED, rows, tuple(sorted(problems)))
    currency = _currency(first)
    net = sum(line_units(row, currency)[0] for row in block)
    tax = sum(line_units(row, currency)[1] for row in block)
    return JudgedInvoice(
        invoice_id,
        Fate.GOOD if _may_be_sent(first) else Fate.INVALID,
        rows,
        currency=currency,
        net=from_minor(net, currency),
        tax=from_minor(tax, currency),
        total=from_minor(net + tax, currency),
    )


def _unreadable(block: Sequence[Row]) -> Iterator[Problem]:
    """Cells that cannot be read. The columns of the invoice are read on its first row, the others must repeat it."""
    first = block[0]
    readable = {
        "invoice_id": re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", first["invoice_id"]),
        "customer_name": first["customer_name"],
        "customer_email": re.fullmatch(r"[^@\s]+@[^@\s]+", first["customer_email"]),
        "currency": _currency(first) in DECIMALS,
        "issued_at": _instant(first["issued_at"]),
        "due_at": _instant(first["due_at"]),
        "invoice_total": plain_number(first["invoice_total"]) is not None,
    }
    yield from (Problem(first.number, column) for column, good in readable.items() if not good)
    for position, row in enumerate(block, start=1):
        yield from (Problem(row.number, column) for column in REPEATED if row[column] != first[column])
        if row["line"] != str(position):
            yield Problem(row.number, "line")
        if not row["description"]:
            yield Problem(row.number, "description")
        for column in ("quantity", "unit_price", "tax_rate", "line_total"):
            if plain_number(row[column]) is None:
                yield Problem(row.number, column)


def _wrong_sums(block: Sequence[Row]) -> Iterator[Problem]:
    """Sums that do not add up, of rows that can all be read. An invoice over nothing is wrong, too."""
    currency, total = _currency(block[0]), 0
    unit = Fraction(1, 10 ** DECIMALS[currency])
    for row in block:
        net, tax = line_units(row, currency)
        total += net + tax
        if plain_number(row["line_total"]) != (net + tax) * unit:
            yield Problem(row.number, "line_total")
    if not total or plain_number(block[0]["invoice_total"]) != total * unit:
        yield Problem(block[0].number, "invoice_total")


def line_units(row: Row, currency: str) -> tuple[int, int]:
    """Net and tax of a line that can be read, each rounded on its own, in minor units."""
    quantity, price, rate = (Fraction(row[column]) for column in ("quantity", "unit_price", "tax_rate"))
    net = minor_units(quantity * price, currency)
    return net, minor_units(Fraction(net, 10 ** DECIMALS[currency]) * rate, currency)


def _may_be_sent(row: Row) -> bool:
    issued, due = _instant(row["issued_at"]), _instant(row["due_at"])
    tax_number = re.fullmatch(r"3[0-9]{13}3", row["customer_tax_number"])
    return tax_number is not None and issued is not None and due is not None and due > issued


def _currency(row: Row) -> str:
    return row["currency"] or DEFAULT_CURRENCY


def _instant(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text, re.ASCII):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
