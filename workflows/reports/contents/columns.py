"""What the sheets of a workbook have in their columns, and the measures of a report in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from workflows.kit.money import Money
from workflows.reports.contents.figures import days_overdue
from workflows.reports.model import AGING_DAYS, AccountBalance, CurrencySums, ReportLine

Cell = str | int | Money | None


@dataclass(frozen=True)
class Column:
    """A heading in both languages, and the width in letters."""

    english: str
    arabic: str
    width: int = 16


CURRENCY = Column("Currency", "العملة", 10)

MEASURES = (
    ("net", "Net", "الصافي"),
    ("vat", "VAT", "الضريبة"),
    ("total", "Total", "الإجمالي"),
    ("credited", "Credited", "إشعارات دائنة"),
    ("paid", "Paid", "المدفوع"),
    ("refunded", "Refunded", "المسترد"),
    ("outstanding", "Outstanding", "المستحق"),
    ("with_provider", "With provider", "لدى مزود الدفع"),
    ("unbooked", "Not booked yet", "غير مقيد بعد"),
)
"""Amounts that a line has, and the sums of a currency: attribute, English, Arabic."""

_BOUNDS = tuple(pairwise(AGING_DAYS))
AGING = (
    ("Not overdue", "غير متأخر"),
    *((f"{after + 1} to {most} days", f"من {after + 1} إلى {most} يوما") for after, most in _BOUNDS),
    (f"Over {AGING_DAYS[-1]} days", f"أكثر من {AGING_DAYS[-1]} يوما"),
)
"""The aging buckets by days overdue, in English and Arabic."""

_AMOUNTS = tuple(Column(english, arabic) for _, english, arabic in MEASURES)

INVOICES = (
    Column("Invoice", "الفاتورة", 22),
    Column("Customer", "العميل", 34),
    Column("Issued (UTC)", "الإصدار (UTC)", 20),
    Column("Due (UTC)", "الاستحقاق (UTC)", 20),
    Column("Days overdue", "أيام التأخر", 10),
    CURRENCY,
    *_AMOUNTS,
)
SUMS = (
    Column(CURRENCY.english, CURRENCY.arabic, 24),
    Column("Invoices", "الفواتير", 24),
    *_AMOUNTS,
    *(Column(english, arabic) for english, arabic in AGING),
)
ACCOUNTS = (
    Column("Account", "الحساب", 28),
    CURRENCY,
    Column("Debit", "مدين", 20),
    Column("Credit", "دائن", 20),
    Column("Balance", "الرصيد", 20),
)


def line_cells(line: ReportLine, as_of: datetime) -> Sequence[Cell]:
    """The cells of a line; days overdue are empty where nobody knows when it is due."""
    return (
        line.invoice_id,
        line.customer,
        instant(line.issued_at),
        instant(line.due_at),
        None if line.due_at is None else days_overdue(line.due_at, as_of),
        line.total.currency,
        *_amounts(line),
    )


def sums_cells(sums: CurrencySums) -> Sequence[Cell]:
    """The cells of a currency."""
    return (sums.total.currency, sums.invoice_count, *_amounts(sums), *sums.aging)


def account_cells(balance: AccountBalance) -> Sequence[Cell]:
    """The cells of an account in one currency; the balance is below zero where credits are larger."""
    return (balance.account, balance.debit.currency, balance.debit, balance.credit, balance.debit - balance.credit)


def instant(at: datetime | None) -> str | None:
    """The instant in UTC, to the microsecond where it has any; ``None`` stays."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _amounts(amounts: ReportLine | CurrencySums) -> Sequence[Money]:
    return [getattr(amounts, name) for name, _, _ in MEASURES]
