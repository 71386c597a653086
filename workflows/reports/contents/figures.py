"""The sums of a report: one pass over its lines, in memory that does not grow with their number.

Sums are of whole minor units, so no order of lines and no rounding can change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflows.kit.money import Money
from workflows.reports.model import AGING_DAYS, AccountBalance, CurrencySums, ReportLine, Summary

_DAY = timedelta(days=1)


def days_overdue(due_at: datetime | None, as_of: datetime) -> int:
    """Whole days of 24 hours from the due instant to ``as_of``; 0 when it is not due yet, or nobody knows when it is.

    No calendar is asked. Due instants are exact, invoices that are due on a day are due at its end in Riyadh, and a day
    there has always 24 hours: so these are the days of Riyadh's calendar wherever that is what was agreed.
    """
    return 0 if due_at is None else max((as_of - due_at) // _DAY, 0)


def aging_bucket(days: int) -> int:
    """The place among ``CurrencySums.aging`` of what is overdue for so many whole days."""
    return next((place for place, most in enumerate(AGING_DAYS) if days <= most), len(AGING_DAYS))


def summed(report_id: str, as_of: datetime, lines: Iterable[ReportLine], balances: Sequence[AccountBalance]) -> Summary:
    """Everything of a report but its lines, which are read once.

    What was overpaid is below zero, and counts so in the bucket of its own due instant.

    :param balances: in any order.
    :raises ValueError: a sum is larger than the largest amount of money.
    """
    line_count = unknown_count = 0
    by_currency: dict[str, _Sums] = {}
    for line in lines:
        line_count += 1
        unknown_count += line.customer is None
        by_currency.setdefault(line.total.currency, _Sums()).add(line, as_of)
    return Summary(
        report_id=report_id,
        as_of=as_of,
        line_count=line_count,
        unknown_count=unknown_count,
        sums=tuple(sums.as_money(currency) for currency, sums in sorted(by_currency.items())),
        balances=tuple(sorted(balances, key=lambda each: (each.account, each.debit.currency))),
    )


@dataclass
class _Sums:
    """Running sums of one currency, in minor units."""

    count: int = 0
    net: int = 0
    vat: int = 0
    total: int = 0
    credited: int = 0
    paid: int = 0
    refunded: int = 0
    with_provider: int = 0
    aging: list[int] = field(default_factory=lambda: [0] * (len(AGING_DAYS) + 1))

    def add(self, line: ReportLine, as_of: datetime) -> None:
        total, credited = line.total.minor_units, line.credited.minor_units
        paid, refunded = line.paid.minor_units, line.refunded.minor_units
        self.count += 1
        self.net += line.net.minor_units
        self.vat += line.vat.minor_units
        self.total += total
        self.credited += credited
        self.paid += paid
        self.refunded += refunded
        self.with_provider += line.with_provider.minor_units
        self.aging[aging_bucket(days_overdue(line.due_at, as_of))] += total - credited - paid + refunded

    def as_money(self, currency: str) -> CurrencySums:
        def money(minor_units: int) -> Money:
            return Money.of_minor_units(minor_units, currency)

        return CurrencySums(
            invoice_count=self.count,
            net=money(self.net),
            vat=money(self.vat),
            total=money(self.total),
            credited=money(self.credited),
            paid=money(self.paid),
            refunded=money(self.refunded),
            with_provider=money(self.with_provider),
            outstanding=money(sum(self.aging)),
            unbooked=money(self.with_provider - self.paid + self.refunded),
            aging=tuple(map(money, self.aging)),
        )
