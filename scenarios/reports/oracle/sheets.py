"""What stands in each cell of the workbook: the sums, every line, every account.

A text that a spreadsheet would run as a formula has an apostrophe before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from scenarios.invoices.oracle.wording import SELLER, SELLER_ARABIC
from scenarios.reports.oracle import words
from scenarios.reports.oracle.report import Amounts, Line, Report

Cell = str | Decimal | None


def sheets_of(report_id: str, report: Report) -> Mapping[str, Sequence[Sequence[Cell]]]:
    """Name of a sheet -> its rows."""
    return {
        "Summary": list(_summary(report_id, report)),
        "Invoices": [_heads(words.INVOICES), *(_line(line, report) for line in report.lines)],
        "Accounts": [_heads(words.ACCOUNTS), *_accounts(report)],
    }


def _summary(report_id: str, report: Report) -> Iterator[Sequence[Cell]]:
    yield words.NAME
    yield SELLER, SELLER_ARABIC
    yield ()
    facts = (report_id, words.instant(report.as_of), Decimal(len(report.lines)), Decimal(report.unknown_count))
    for (english, arabic), fact in zip(words.FACTS, facts, strict=True):
        yield english, fact, arabic
    yield ()
    yield _heads(words.SUMS)
    for sums in report.sums:
        yield sums.currency, Decimal(sums.invoice_count), *_amounts(sums.amounts), *sums.aging


def _line(line: Line, report: Report) -> Sequence[Cell]:
    overdue = None if line.due_at is None else Decimal(max((report.as_of - line.due_at) // timedelta(days=1), 0))
    instants = words.instant(line.issued_at), words.instant(line.due_at)
    who = _text(line.invoice_id), line.customer and _text(line.customer)
    return *who, *instants, overdue, line.currency, *_amounts(line.amounts)


def _accounts(report: Report) -> Iterator[Sequence[Cell]]:
    for each in report.balances:
        yield _text(each.account), each.currency, each.debit, each.credit, each.debit - each.credit


def _amounts(amounts: Amounts) -> Iterator[Decimal]:
    return (getattr(amounts, name) for name, _, _ in words.MEASURES)


def _heads(columns: Sequence[tuple[str, str]]) -> Sequence[Cell]:
    return [f"{english}\n{arabic}" for english, arabic in columns]


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
