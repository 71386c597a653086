"""Writes a report as an Excel workbook, row by row, in memory that does not grow with the number of lines.

Sheets: Summary; Invoices, a row for each line, and Invoices 2, 3 … where there are more rows than Excel has; Accounts.

Amounts are numbers. A double holds every amount that ``Money`` allows to the last minor unit: these have at most 15
digits but for the largest amount itself, and a decimal of 15 digits survives a double (IEEE 754, DBL_DIG of C).
Instants are text in UTC, to the microsecond: a date of Excel has no zone and begins in 1900. Nothing is a formula, and
text that would be one where the sheet is saved as CSV is marked (``workflows.kit.documents.cells``).

The same content gives the same bytes, wherever the same zlib compresses them. The library is loaded when it is needed:
importing this module is cheap.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows.kit.seller import SELLER
from workflows.reports.contents import columns
from workflows.reports.contents.sheets import Book
from workflows.reports.model import ReportLine, Summary

MOST_ROWS = 1_048_576
"""Rows of a sheet, the header included (Excel's limit)."""

MOST_IN_MEMORY = 1_000
"""Lines of a workbook that needs no temporary files: a few megabytes."""


def write_workbook(path: Path, summary: Summary, lines: Iterable[ReportLine]) -> None:
    """Write the file, whole or not at all. A folder beside it holds temporary files while it is written.

    :param lines: those that were summed, in the order in which they shall stand; read once.
    :raises ValueError: there are more or fewer lines than the summary counted.
    """
    with TemporaryDirectory(dir=path.parent) as folder:
        draft = Path(folder) / "report.xlsx"
        _write(draft, summary, lines)
        os.replace(draft, path)


def workbook_of(summary: Summary, lines: Iterable[ReportLine]) -> bytes:
    """The bytes of such a file: written in memory when it is small, else by way of a temporary folder."""
    if summary.line_count <= MOST_IN_MEMORY:
        written = BytesIO()
        _write(written, summary, lines)
        return written.getvalue()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        write_workbook(path, summary, lines)
        return path.read_bytes()


def _write(file: Path | BytesIO, summary: Summary, lines: Iterable[ReportLine]) -> None:
    with Book(file, f"Receivables report {summary.report_id}", SELLER.name, summary.as_of) as book:
        _write_summary(book, summary)
        line_count = _write_invoices(book, summary, lines)
        accounts = book.table("Accounts", columns.ACCOUNTS)
        for balance in summary.balances:
            accounts.row(*columns.account_cells(balance))
    if line_count != summary.line_count:
        raise ValueError(f"report {summary.report_id} sums up {summary.line_count} lines; {line_count} were given")


def _write_summary(book: Book, summary: Summary) -> None:
    sheet = book.sheet("Summary", columns.SUMS)
    sheet.title("Receivables report", "تقرير الذمم المدينة")
    sheet.row(SELLER.name, SELLER.arabic_name)
    sheet.row()
    sheet.row("Report", summary.report_id, "التقرير")
    sheet.row("As of (UTC)", columns.instant(summary.as_of), "حتى تاريخ (UTC)")
    sheet.row("Invoices", summary.line_count, "الفواتير")
    sheet.row("Not known to our books", summary.unknown_count, "غير معروفة في دفاترنا")
    sheet.row()
    sheet.header(columns.SUMS)
    for sums in summary.sums:
        sheet.row(*columns.sums_cells(sums))


def _write_invoices(book: Book, summary: Summary, lines: Iterable[ReportLine]) -> int:
    line_count, sheet_count = 0, 1
    sheet = book.table("Invoices", columns.INVOICES)
    for line in lines:
        if sheet.next_row == MOST_ROWS:
            sheet_count += 1
            sheet = book.table(f"Invoices {sheet_count}", columns.INVOICES)
        sheet.row(*columns.line_cells(line, summary.as_of))
        line_count += 1
    return line_count
