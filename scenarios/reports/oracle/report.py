"""What a report as of an instant has to say: every figure of it, from the opening books alone, with ``Decimal``.

Data flow: the run's input (entries, settlements, the uploaded file) and an instant → **lines, sums, balances**. What
was booked or settled at the instant itself counts. Amounts are exact; nothing is rounded, for nothing is multiplied.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)
AGING_DAYS = (0, 30, 60, 90)
"""Upper bounds, in whole days overdue, of all buckets but the last."""


@dataclass(frozen=True)
class Amounts:
    """The amounts of a line, or the sums of many."""

    net: Decimal = ZERO
    vat: Decimal = ZERO
    total: Decimal = ZERO
    credited: Decimal = ZERO
    paid: Decimal = ZERO
    refunded: Decimal = ZERO
    with_provider: Decimal = ZERO

    @property
    def outstanding(self) -> Decimal:
        """What is still owed."""
        return self.total - self.credited - self.paid + self.refunded

    @property
    def unbooked(self) -> Decimal:
        """What the provider has and accounting has not booked; below zero the other way round."""
        return self.with_provider - self.paid + self.refunded

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class Line:
    """One invoice. ``customer`` and the instants are ``None`` when our books do not know it."""

    invoice_id: str
    customer: str | None
    issued_at: datetime | None
    due_at: datetime | None
    currency: str
    amounts: Amounts


@dataclass(frozen=True)
class Sums:
    """All lines of one currency."""

    currency: str
    invoice_count: int
    amounts: Amounts
    aging: tuple[Decimal, ...]


@dataclass(frozen=True)
class Balance:
    """What was posted to an account in one currency."""

    account: str
    currency: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class Report:
    """A whole report: lines by invoice id, sums by currency, balances by account and currency.

    :param row_counts: what each source has to say for it.
    """

    as_of: datetime
    lines: tuple[Line, ...]
    sums: tuple[Sums, ...]
    balances: tuple[Balance, ...]
    row_counts: Mapping[str, int]

    @property
    def unknown_count(self) -> int:
        """Lines of invoices that our books do not know."""
        return sum(line.customer is None for line in self.lines)


def report_of(books: Mapping[str, Any], as_of: datetime) -> Report:
    """The report as of this instant.

    :param books: ``entries``, ``settlements`` and ``file``, the CSV that was uploaded.
    """
    entries = [each for each in books["entries"] if datetime.fromisoformat(each["booked_at"]) <= as_of]
    settlements = [each for each in books["settlements"] if datetime.fromisoformat(each["at"]) <= as_of]
    found: defaultdict[tuple[str, str], Amounts] = defaultdict(Amounts)
    for each in entries:
        if amounts := _booked(each):
            found[each["reference"], each["currency"]] += amounts
    for each in settlements:
        amount = Decimal(each["amount"]) * (1 if each["kind"] == "settled" else -1)
        found[each["invoice_id"], each["currency"]] += Amounts(with_provider=amount)
    known = {row["invoice_id"]: row for row in csv.DictReader(io.StringIO(books["file"]))}
    lines = tuple(
        _line(invoice_id, currency, amounts, known.get(invoice_id))
        for (invoice_id, currency), amounts in sorted(found.items())
    )
    sums = tuple(_sums(currency, lines, as_of) for currency in sorted({line.currency for line in lines}))
    counts = {"invoices": len(known), "accounting": len(entries), "provider": len(settlements)}
    return Report(as_of, lines, sums, tuple(_balances(entries)), counts)


def _booked(entry: Mapping[str, Any]) -> Amounts | None:
    """What an entry says of its invoice; ``None`` for a kind that is about none."""

    def posted(account: str) -> Decimal:
        lines = [line for line in entry["lines"] if line["account"] == account]
        return sum((Decimal(line["debit"]) - Decimal(line["credit"]) for line in lines), ZERO)

    owed = posted("receivable")
    match entry["kind"]:
        case "invoice":
            return Amounts(net=-posted("revenue"), vat=-posted("vat"), total=owed)
        case "credit-note":
            return Amounts(credited=-owed)
        case "payment":
            return Amounts(paid=-owed)
        case "refund":
            return Amounts(refunded=owed)
    return None


def _line(invoice_id: str, currency: str, amounts: Amounts, row: Mapping[str, str] | None) -> Line:
    if row is None:
        return Line(invoice_id, None, None, None, currency, amounts)
    issued, due = datetime.fromisoformat(row["issued_at"]), datetime.fromisoformat(row["due_at"])
    return Line(invoice_id, row["customer_name"], issued, due, currency, amounts)


def _sums(currency: str, lines: Iterable[Line], as_of: datetime) -> Sums:
    own = [line for line in lines if line.currency == currency]
    aging = [ZERO] * (len(AGING_DAYS) + 1)
    for line in own:
        aging[bucket_of(line.due_at, as_of)] += line.amounts.outstanding
    return Sums(currency, len(own), sum((line.amounts for line in own), Amounts()), tuple(aging))


def bucket_of(due_at: datetime | None, as_of: datetime) -> int:
    """The number of the bucket; what is not due for all we know stands in the first."""
    days = 0 if due_at is None else (as_of - due_at) // timedelta(days=1)
    return next((number for number, most in enumerate(AGING_DAYS) if days <= most), len(AGING_DAYS))


def _balances(entries: Iterable[Mapping[str, Any]]) -> Iterable[Balance]:
    posted: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for each in entries:
        for line in each["lines"]:
            sides = posted[line["account"], each["currency"]]
            sides[0] += Decimal(line["debit"])
            sides[1] += Decimal(line["credit"])
    for (account, currency), (debit, credit) in sorted(posted.items()):
        yield Balance(account, currency, debit, credit)
