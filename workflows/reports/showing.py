"""A report as the API shows it: plain JSON of what our SQL holds."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from workflows.kit.money import Money
from workflows.reports.messages import Source
from workflows.reports.model import CurrencySums
from workflows.reports.store.shelf import KnownReport, SourceProgress

NOTHING = SourceProgress(0, 0)


def shown_of(known: KnownReport, status: str | None) -> dict[str, Any]:
    """What ``GET /reports/{id}`` answers."""
    archived, summary = known.archived, known.summary
    read = {source: known.progress.get(source, NOTHING) for source in Source}
    return {
        "report_id": known.asked.report_id,
        "as_of": known.asked.as_of.isoformat(),
        "recipients": list(known.asked.recipients),
        "status": status,
        "progress": {source: {"pages": each.page_count, "rows": each.row_count} for source, each in read.items()},
        "pdf_digest": archived and archived.pdf_digest,
        "workbook_digest": archived and archived.workbook_digest,
        "line_count": summary and summary.line_count,
        "unknown_count": summary and summary.unknown_count,
        "totals": [_totals(sums) for sums in summary.sums] if summary else None,
    }


def _totals(sums: CurrencySums) -> dict[str, Any]:
    told = {each.name: getattr(sums, each.name) for each in fields(sums)}
    amounts = {name: f"{each.amount:f}" for name, each in told.items() if isinstance(each, Money)}
    aging = [f"{each.amount:f}" for each in sums.aging]
    return {"currency": sums.total.currency, "invoice_count": sums.invoice_count, **amounts, "aging": aging}
