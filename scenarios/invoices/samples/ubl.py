"""Writes an invoice, given as the rows of a CSV file, as a UBL 2.1 document in the dialect of the Saudi e-invoice.

What the cells say is written as they say it, so a bad cell makes a bad document; the amounts that only UBL has are
calculated. UBL has a day and no instant to say when an invoice is due: the one that ends at ``due_at``, which is a
midnight in Riyadh, or in the zone that the document states.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from scenarios.invoices.oracle.arithmetic import DECIMALS, plain_number, round_half_up

RIYADH = timezone(timedelta(hours=3))
SELLER = {"name": "Traf3li", "tax_number": "300000000000003"}

Cells = Mapping[str, str]


@dataclass(frozen=True)
class _Line:
    """A row with what only UBL says: its net amount, its tax, and its rate in percent."""

    row: Cells
    net: Decimal
    tax: Decimal
    percent: str


def ubl_document(rows: Sequence[Cells], due_zone: timezone | None = None) -> str:
    """The text of the document that says what these rows of one invoice say.

    :param due_zone: what stands behind the day on which the invoice is due; ``None``: nothing, which means Riyadh.
    :raises ValueError: the instant at which it is due is no midnight there.
    """
    first, currency = rows[0], rows[0]["currency"] or "SAR"
    lines = [_line(row, currency) for row in rows]
    rates: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        net, tax = rates.get(line.percent, (Decimal(0), Decimal(0)))
        rates[line.percent] = (net + line.net, tax + line.tax)
    issue_date, issue_time = _day_and_time(first["issued_at"])
    return _template().render(
        first=first,
        currency=currency,
        seller=SELLER,
        issue_date=issue_date,
        issue_time=issue_time,
        due_date=_due_day(first["due_at"], due_zone),
        lines=lines,
        rates=rates.items(),
        net=sum(line.net for line in lines),
        tax=sum(line.tax for line in lines),
    )


@functools.cache
def _template() -> Template:
    source = Path(__file__).with_name("invoice.xml.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(source)


def _line(row: Cells, currency: str) -> _Line:
    """A row whose numbers cannot be read counts for nothing."""
    quantity, price, rate = (plain_number(row[column]) for column in ("quantity", "unit_price", "tax_rate"))
    percent = row["tax_rate"] if rate is None else f"{Decimal(row['tax_rate']).scaleb(2).normalize():f}"
    if quantity is None or price is None or rate is None or currency not in DECIMALS:
        return _Line(row, Decimal(0), Decimal(0), percent)
    net = round_half_up(quantity * price, currency)
    return _Line(row, net, round_half_up(Fraction(net) * rate, currency), percent)


def _day_and_time(instant: str) -> tuple[str, str]:
    """Day and time in Riyadh; text that is no instant is split as it stands."""
    try:
        text = datetime.fromisoformat(instant).astimezone(RIYADH).isoformat()
    except ValueError:
        text = instant
    return text[:10], text[11:].removesuffix("+03:00")


def _due_day(instant: str, zone: timezone | None) -> str:
    try:
        day_after = datetime.fromisoformat(instant).astimezone(zone or RIYADH)
    except ValueError:
        return instant[:10]
    if day_after.time() != datetime.min.time():
        raise ValueError(f"{instant} is no midnight in {zone or 'Riyadh'}; UBL cannot say that an invoice is due then")
    offset = "" if zone is None else day_after.isoformat()[19:].replace("+00:00", "Z")
    return (day_after.date() - timedelta(days=1)).isoformat() + offset
