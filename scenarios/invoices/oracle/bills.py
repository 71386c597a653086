"""What stands in each invoice of an uploaded file: customer, instants, lines and sums.

Data flow: file → **bills** → letters, documents and what the application shows.

A workload re-dates a file when it uploads it, so that some due instants pass during the run: issued a day before that
moment, due in the seconds that the customer was given, or in thirty days.

Not covered: refused invoices, of which nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from scenarios.invoices.oracle.arithmetic import DEFAULT_CURRENCY, from_minor
from scenarios.invoices.oracle.invoices import Fate, JudgedInvoice, judge, line_units
from scenarios.invoices.oracle.rows import Row, read_rows

ISSUED_BEFORE = timedelta(days=1)
DUE_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class BillLine:
    """One line of an invoice. ``tax_rate`` is a fraction, 0.15 for 15 %; the amounts have their currency's decimals."""

    description: str
    quantity: Fraction
    unit_price: Fraction
    tax_rate: Fraction
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """Net and tax."""
        return self.net + self.tax


@dataclass(frozen=True)
class Bill:
    """One invoice that was accepted, whether it may be sent or not. The instants are in UTC."""

    invoice_id: str
    fate: Fate
    customer_name: str
    customer_email: str
    tax_number: str
    currency: str
    issued_at: datetime
    due_at: datetime
    lines: tuple[BillLine, ...]
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class Dating:
    """How a file was re-dated: at which moment, and in how many seconds after it each invoice falls due.

    ``None``, and an invoice that is not named: in thirty days.
    """

    at: datetime
    due_seconds: Mapping[str, float | None]


def bills(csv_text: str, dating: Dating | None = None) -> tuple[Bill, ...]:
    """Every invoice of the file that is not refused, in its order.

    :param dating: how the file was re-dated, ``None``: it was uploaded as it stands.
    :raises ValueError: it is not an invoice file at all.
    """
    rows = {row.number: row for row in read_rows(csv_text)}
    return tuple(
        _bill(invoice, [rows[number] for number in invoice.rows], dating)
        for invoice in judge(csv_text)
        if invoice.fate is not Fate.REFUSED
    )


def _bill(invoice: JudgedInvoice, rows: Sequence[Row], dating: Dating | None) -> Bill:
    first = rows[0]
    issued_at, due_at = _instant(first["issued_at"]), _instant(first["due_at"])
    if dating is not None:
        seconds = dating.due_seconds.get(invoice.invoice_id)
        issued_at = dating.at - ISSUED_BEFORE
        due_at = dating.at + (DUE_AFTER if seconds is None else timedelta(seconds=seconds))
    return Bill(
        invoice_id=invoice.invoice_id,
        fate=invoice.fate,
        customer_name=first["customer_name"],
        customer_email=first["customer_email"],
        tax_number=first["customer_tax_number"],
        currency=invoice.currency,
        issued_at=issued_at,
        due_at=due_at,
        lines=tuple(_line(row, first["currency"] or DEFAULT_CURRENCY) for row in rows),
        net=invoice.net,
        tax=invoice.tax,
        total=invoice.total,
    )


def _line(row: Row, currency: str) -> BillLine:
    net, tax = line_units(row, currency)
    return BillLine(
        description=row["description"],
        quantity=Fraction(row["quantity"]),
        unit_price=Fraction(row["unit_price"]),
        tax_rate=Fraction(row["tax_rate"]),
        net=from_minor(net, currency),
        tax=from_minor(tax, currency),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
