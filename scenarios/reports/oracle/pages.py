"""What the PDF says, piece by piece in the order of reading: sums, aging, accounts and the largest lines.

Pieces are texts; how they are compared with what is drawn is said by invoices' ``printing``. The chart holds no text.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from itertools import zip_longest

from scenarios.invoices.oracle import wording
from scenarios.reports.oracle import words
from scenarios.reports.oracle.report import ZERO, Line, Report, Sums
from scenarios.reports.oracle.words import figure

DASH = "\N{EN DASH}"
"""What nobody knows."""

ABREAST, DRAWN, MOST_LINES = 3, 4, 100
"""Currencies in one table, currencies in the chart, and lines that are shown."""

LINES = (
    *(("Invoice", "الفاتورة"), ("Customer", "العميل"), ("Due (UTC)", "الاستحقاق"), ("Days overdue", "أيام التأخر")),
    *(words.CURRENCY, ("Total", "الإجمالي"), ("Outstanding", "المستحق")),
)
HEADERS = tuple("".join(itertools.chain(*columns)) for columns in (words.ACCOUNTS, LINES))
"""What stands again at the beginning of a page that a table goes on to."""


def title_of(report_id: str) -> str:
    """What stands in the foot of each page."""
    return f"Receivables report {report_id}"


def pieces_of(report_id: str, report: Report) -> Iterator[str]:
    """All of it, as it would stand on one long page without a foot."""
    yield from (wording.SELLER, wording.SELLER_ADDRESS, wording.SELLER_ARABIC, wording.SELLER_ADDRESS_ARABIC)
    yield from ("Receivables", "الذمم المدينة")
    yield from ("Report", report_id, "التقرير")
    yield from ("As of", f"{report.as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", "حتى تاريخ")
    yield from ("Invoices", f"{len(report.lines):,}", "عدد الفواتير")
    if count := report.unknown_count:
        are = "1 invoice is" if count == 1 else f"{count:,} invoices are"
        yield from (f"{are} not known to our books", f"فواتير غير معروفة في دفاترنا: {count:,}")
    yield from _sums(report.sums)
    if report.balances:
        yield from ("Accounts", "الحسابات", *itertools.chain(*words.ACCOUNTS))
        for each in report.balances:
            amounts = (each.debit, each.credit, each.debit - each.credit)
            yield from (each.account, each.currency, *(figure(amount, each.currency) for amount in amounts))
    yield from _largest(report)


def _sums(sums: Sequence[Sums]) -> Iterator[str]:
    if not sums:
        yield from ("No invoices until this instant", "لا توجد فواتير حتى هذا التاريخ")
        return
    overdue = ("Outstanding, by days overdue", "المستحق حسب أيام التأخر")
    yield from overdue
    if len(sums) > DRAWN:
        yield f"The chart shows the {DRAWN} currencies with the most invoices, of {len(sums)}"
        yield f"يعرض الرسم العملات الأكثر فواتير: {DRAWN} من {len(sums)}"
    yield from ("Sums by currency", "المجاميع حسب العملة")
    for start in range(0, len(sums), ABREAST):
        group = sums[start : start + ABREAST]
        yield from (words.CURRENCY[0], *(each.currency for each in group), words.CURRENCY[1])
        yield from ("Invoices", *(f"{each.invoice_count:,}" for each in group), "الفواتير")
        for name, english, arabic in words.MEASURES:
            yield from (english, *(figure(getattr(each.amounts, name), each.currency) for each in group), arabic)
        yield from overdue
        for place, (english, arabic) in enumerate(words.AGING):
            yield from (english, *(figure(each.aging[place], each.currency) for each in group), arabic)


def _largest(report: Report) -> Iterator[str]:
    """The largest of each currency in turn, shown by currency."""
    owed: defaultdict[str, list[Line]] = defaultdict(list)
    for line in sorted(report.lines, key=lambda line: (-line.amounts.outstanding, line.invoice_id)):
        if line.amounts.outstanding > ZERO:
            owed[line.currency].append(line)
    turns = [line for turn in zip_longest(*(owed[each] for each in sorted(owed))) for line in turn if line]
    shown = sorted(turns[:MOST_LINES], key=lambda line: line.currency)
    if not shown:
        return
    yield from ("Largest outstanding invoices", "أكبر الفواتير المستحقة")
    if len(shown) == len(turns):
        yield from (f"All {len(turns)} invoices with something outstanding", f"جميع الفواتير المستحقة: {len(turns)}")
    else:
        yield f"The {len(shown)} largest of {len(turns):,} invoices with something outstanding; the workbook has all"
        yield f"أكبر {len(shown)} من {len(turns):,} فاتورة مستحقة، وجميعها في المصنف"
    yield from itertools.chain(*LINES)
    for line in shown:
        overdue = line.due_at and max((report.as_of - line.due_at) // timedelta(days=1), 0)
        yield from (line.invoice_id, line.customer or DASH)
        yield DASH if line.due_at is None else f"{line.due_at.astimezone(UTC):%Y-%m-%d}"
        yield DASH if overdue is None else f"{overdue:,}"
        amounts = (line.amounts.total, line.amounts.outstanding)
        yield from (line.currency, *(figure(amount, line.currency) for amount in amounts))
