"""Renders a report as PDF, in English and Arabic: sums, aging, accounts and the largest lines.

The same content always gives the same bytes (``workflows.kit.documents.typesetting``). Not imported by the workflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from workflows.kit.documents.text import given
from workflows.kit.documents.typesetting import typeset
from workflows.kit.money import Money
from workflows.kit.seller import SELLER
from workflows.reports.contents.chart import charted, draw_aging
from workflows.reports.contents.columns import AGING, MEASURES
from workflows.reports.contents.figures import days_overdue
from workflows.reports.contents.largest import Largest, largest_outstanding
from workflows.reports.model import CurrencySums, ReportLine, Summary

TEMPLATE = Path(__file__).with_name("report.typ")

MOST_LINES = 100
"""Lines that are shown; the workbook has all of them."""

CURRENCIES_ABREAST = 3
"""So many columns of the largest sums have room beside each other."""

ACCOUNT_COLUMNS = (
    ("Account", "الحساب"),
    ("Currency", "العملة"),
    ("Debit", "مدين"),
    ("Credit", "دائن"),
    ("Balance", "الرصيد"),
)
LINE_COLUMNS = (
    ("Invoice", "الفاتورة"),
    ("Customer", "العميل"),
    ("Due (UTC)", "الاستحقاق"),
    ("Days overdue", "أيام التأخر"),
    ("Currency", "العملة"),
    ("Total", "الإجمالي"),
    ("Outstanding", "المستحق"),
)
UNKNOWN = "\N{EN DASH}"


def render_report(summary: Summary, lines: Iterable[ReportLine]) -> bytes:
    """Return the PDF file.

    :param lines: those that were summed; read once, and only the largest are kept.
    """
    largest = largest_outstanding(lines, MOST_LINES)
    title = f"Receivables report {summary.report_id}"
    data: dict[str, Any] = {"title": title, "reference": title, "seller": _seller(), "facts": _facts(summary)}
    data |= {"unknown": _unknown(summary), "sums": _tables(summary.sums), "undrawn": _undrawn(summary)}
    data |= {"account_columns": ACCOUNT_COLUMNS, "accounts": _accounts(summary)}
    data |= {"line_columns": LINE_COLUMNS, "lines": [_cells(line, summary.as_of) for line in largest.lines]}
    data |= {"shown": _shown(largest)}
    return typeset(TEMPLATE, data, {"aging": draw_aging(summary).decode()} if summary.sums else {})


def _seller() -> dict[str, str]:
    return {
        "name": SELLER.name,
        "arabic_name": SELLER.arabic_name,
        "address": SELLER.address,
        "arabic_address": SELLER.arabic_address,
    }


def _facts(summary: Summary) -> Sequence[Any]:
    return (
        ("Report", given(summary.report_id), "التقرير"),
        ("As of", given(_instant(summary.as_of)), "حتى تاريخ"),
        ("Invoices", given(f"{summary.line_count:,}"), "عدد الفواتير"),
    )


def _unknown(summary: Summary) -> Sequence[str]:
    """In both languages; nothing when our books know all of them."""
    count = summary.unknown_count
    if not count:
        return ()
    are = "1 invoice is" if count == 1 else f"{count:,} invoices are"
    return f"{are} not known to our books", f"فواتير غير معروفة في دفاترنا: {count:,}"


def _tables(sums: Sequence[CurrencySums]) -> Sequence[Any]:
    """Tables of a few currencies each: the codes, the rows of measures, the rows of the aging."""
    groups = [sums[start : start + CURRENCIES_ABREAST] for start in range(0, len(sums), CURRENCIES_ABREAST)]
    return [
        {
            "currencies": [each.total.currency for each in group],
            "counts": [f"{each.invoice_count:,}" for each in group],
            "measures": [
                {
                    "english": english,
                    "arabic": arabic,
                    "amounts": [_amount(attrgetter(name)(each)) for each in group],
                    "strong": name == "outstanding",
                }
                for name, english, arabic in MEASURES
            ],
            "aging": [
                {"english": english, "arabic": arabic, "amounts": [_amount(each.aging[place]) for each in group]}
                for place, (english, arabic) in enumerate(AGING)
            ],
        }
        for group in groups
    ]


def _undrawn(summary: Summary) -> Sequence[str]:
    """What the chart leaves out, in both languages; nothing when it shows all."""
    drawn, count = len(charted(summary)), len(summary.sums)
    if drawn == count:
        return ()
    return (
        f"The chart shows the {drawn} currencies with the most invoices, of {count}",
        f"يعرض الرسم العملات الأكثر فواتير: {drawn} من {count}",
    )


def _accounts(summary: Summary) -> Sequence[Any]:
    return [
        (given(each.account), each.debit.currency, *map(_amount, (each.debit, each.credit, each.debit - each.credit)))
        for each in summary.balances
    ]


def _shown(largest: Largest) -> tuple[str, str]:
    shown, count = len(largest.lines), largest.of_count
    if shown == count:
        return f"All {count} invoices with something outstanding", f"جميع الفواتير المستحقة: {count}"
    return (
        f"The {shown} largest of {count:,} invoices with something outstanding; the workbook has all",
        f"أكبر {shown} من {count:,} فاتورة مستحقة، وجميعها في المصنف",
    )


def _cells(line: ReportLine, as_of: datetime) -> Sequence[Any]:
    return (
        given(line.invoice_id),
        given(UNKNOWN if line.customer is None else line.customer),
        UNKNOWN if line.due_at is None else f"{line.due_at:%Y-%m-%d}",
        UNKNOWN if line.due_at is None else f"{days_overdue(line.due_at, as_of):,}",
        line.total.currency,
        _amount(line.total),
        _amount(line.outstanding),
    )


def _amount(amount: Money) -> str:
    return f"{amount.amount:,f}"


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
