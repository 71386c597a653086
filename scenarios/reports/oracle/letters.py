"""The mail that brings a report, and what the API shows of one: the totals in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from scenarios.reports.oracle import words
from scenarios.reports.oracle.report import Amounts, Report, Sums
from scenarios.reports.oracle.words import plain

TOTALS = (*(each.name for each in fields(Amounts)), "outstanding", "unbooked")


def subject_of(report_id: str) -> str:
    """Of every mail of the report."""
    return f"Receivables report {report_id}"


def text_of(report_id: str, report: Report, workbook_digest: str) -> str:
    """What the mail says; the workbook is named by where it lies."""
    as_of = words.instant(report.as_of)
    return "\n".join(
        (
            f"Please find attached receivables report {report_id} as of {as_of} UTC: {len(report.lines)} lines.",
            "",
            *map(_totals, report.sums),
            *([f"Not known to our books: {report.unknown_count}."] if report.unknown_count else []),
            "",
            f"The workbook with all lines is in the archive: reports/{workbook_digest}.xlsx",
            "",
        )
    )


def _totals(sums: Sums) -> str:
    def money(name: str) -> str:
        return f"{plain(getattr(sums.amounts, name), sums.currency)} {sums.currency}"

    said = ", ".join(f"{name} {money(name)}" for name in ("credited", "paid", "outstanding"))
    return f"Total {money('total')}, {said}."


def shown_of(report_id: str, report: Report, recipients: tuple[str, ...]) -> Mapping[str, Any]:
    """What the API shows of a report that was sent, but for its files and how many pages were read."""
    return {
        "report_id": report_id,
        "as_of": report.as_of.isoformat(),
        "recipients": list(recipients),
        "status": "sent",
        "rows": dict(report.row_counts),
        "line_count": len(report.lines),
        "unknown_count": report.unknown_count,
        "totals": [_shown(sums) for sums in report.sums],
    }


def _shown(sums: Sums) -> Mapping[str, Any]:
    def said(amount: Decimal) -> str:
        return plain(amount, sums.currency)

    amounts = {name: said(getattr(sums.amounts, name)) for name in TOTALS}
    told = {"currency": sums.currency, "invoice_count": sums.invoice_count}
    return {**told, **amounts, "aging": [said(each) for each in sums.aging]}
