"""Lines of reports for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from workflows.kit.money import Money
from workflows.reports.contents.figures import summed
from workflows.reports.model import AccountBalance, ReportLine, Summary

AS_OF = datetime(2026, 6, 30, 21, 0, tzinfo=UTC)
"""Midnight in Riyadh at the end of a half-year."""


AMOUNTS = ("net", "vat", "total", "credited", "paid", "refunded", "with_provider")


def line(
    invoice_id: str = "INV-1",
    total: str = "115",
    *,
    customer: str | None = "شركة نور الرياض",
    currency: str = "SAR",
    overdue_days: float = 0,
    **amounts: str,
) -> ReportLine:
    """A line whose net is its total; ``amounts`` are those that are not zero."""
    due_at = None if customer is None else AS_OF - timedelta(days=overdue_days)
    amounts = dict.fromkeys(AMOUNTS, "0") | {"net": total, "total": total} | amounts
    money = {name: Money(Decimal(amount), currency) for name, amount in amounts.items()}
    issued_at = None if due_at is None else due_at - timedelta(days=30)
    return ReportLine(invoice_id, customer, issued_at, due_at, **money)


def balance(account: str, debit: str, credit: str, currency: str = "SAR") -> AccountBalance:
    """What was posted to an account."""
    return AccountBalance(account, Money.parse(debit, currency), Money.parse(credit, currency))


def summary_of(lines: Iterable[ReportLine], balances: Sequence[AccountBalance] = ()) -> Summary:
    """The report of these lines."""
    return summed("R-1", AS_OF, lines, balances)
