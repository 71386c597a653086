"""A whole small run for the tests of what judges reports: two reports of one company, with their files and mails.

What stands in files and mails is the oracle's word: the tests break it. That the application says the same is what the
simulator shows (``scenarios/reports/simulated.py``).
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook

from harness.record.record import Effect, Execution, Operation, Outcome, Record
from harness.seed import Seed
from scenarios.invoices.checks.content.testing_pdf import pdf_of
from scenarios.invoices.oracle.wording import FOOT
from scenarios.kit.checks.testing_records import RUN
from scenarios.reports.oracle.letters import shown_of, subject_of, text_of
from scenarios.reports.oracle.pages import pieces_of, title_of
from scenarios.reports.oracle.report import Report, report_of
from scenarios.reports.oracle.sheets import Cell, sheets_of
from scenarios.reports.workload.ledger import INSTANTS, draw_ledger
from scenarios.reports.workload.stories import STORIES

SENDER = "billing@traf3li.example"
RECIPIENTS = ("cfo@traf3li.example", "board@traf3li.example")
FIRST, SECOND = "RR-1", "RR-2"

_LEDGER = draw_ledger(Seed(1).stream("data"), len(STORIES))
BOOKS = {"entries": _LEDGER.entries, "settlements": _LEDGER.settlements, "file": _LEDGER.file()}
REPORTS = {
    report_id: report_of(BOOKS, instant) for report_id, instant in zip((FIRST, SECOND), INSTANTS[1:], strict=True)
}


def pages_of(report_id: str, report: Report) -> Sequence[Sequence[str]]:
    """The PDF on one page, a piece in each line."""
    foot = (title_of(report_id), *(each.format(page=1, pages=1) for each in FOOT))
    return [[*pieces_of(report_id, report), *foot]]


def workbook_of(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """A workbook of these cells."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, Decimal):
                        sheet.write_number(number, column, float(cell))
                    elif cell is not None:
                        sheet.write_string(number, column, cell)
    return content.getvalue()


def files_of(report_id: str) -> Mapping[str, bytes]:
    """Both files, as they must be."""
    report = REPORTS[report_id]
    return {"pdf": pdf_of(*pages_of(report_id, report)), "workbook": workbook_of(sheets_of(report_id, report))}


def good_record() -> Record:
    """Everything is as it must be."""
    files = {report_id: files_of(report_id) for report_id in REPORTS}
    asked = [
        {"report_id": report_id, "as_of": report.as_of.isoformat(), "in_seconds": None, "recipients": list(RECIPIENTS)}
        for report_id, report in REPORTS.items()
    ]
    return Record(
        RUN,
        operations=tuple(Operation(f"report/{each}", "report", each, 1.0, 1.0, 1.1, Outcome.OK, 1) for each in REPORTS),
        effects=tuple(_mail(each, to, files[each]) for each in REPORTS for to in RECIPIENTS),
        executions=tuple(_execution(each, files[each]) for each in REPORTS),
        shown={each: _shown(each, files[each]) for each in REPORTS},
        input={**BOOKS, "sender": SENDER, "reports": asked},
    )


def with_file(name: str, content: bytes) -> Record:
    """The good record, but this is what the API gives out of the first report."""
    record = good_record()
    first = dict(record.shown[FIRST])
    first["files"] = {**first["files"], name: base64.b64encode(content).decode()}
    return replace(record, shown={**record.shown, FIRST: first})


def with_mail(number: int = 0, **detail: Any) -> Record:
    """The good record with something else in one of its mails."""
    record = good_record()
    effects = list(record.effects)
    effects[number] = replace(effects[number], detail={**effects[number].detail, **detail})
    return replace(record, effects=tuple(effects))


def _mail(report_id: str, recipient: str, files: Mapping[str, bytes]) -> Effect:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    key = f"<report/{report_id} to {recipient}>"
    pdf = {"filename": f"{report_id}.pdf", "content_type": "application/pdf", "sha256": digests["pdf"]}
    detail = {
        "message_id": key,
        "sender": SENDER,
        "from": SENDER,
        "recipient": recipient,
        "to": recipient,
        "subject": subject_of(report_id),
        "text": text_of(report_id, REPORTS[report_id], digests["workbook"]),
        "attachments": [pdf],
    }
    return Effect(key, "smtp", "mail", key, report_id, f"digest of {key}", 2.0, detail)


def _digests(files: Mapping[str, bytes]) -> Mapping[str, str]:
    return {f"{name}_digest": hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _execution(report_id: str, files: Mapping[str, bytes]) -> Execution:
    result = {**_digests(files), "line_count": len(REPORTS[report_id].lines)}
    name = f"report/{report_id}"
    return Execution(name, f"run of {name}", "ReportProduction", "COMPLETED", result, "sent", subject=report_id)


def _shown(report_id: str, files: Mapping[str, bytes]) -> Mapping[str, Any]:
    shown = dict(shown_of(report_id, REPORTS[report_id], RECIPIENTS))
    rows = shown.pop("rows")
    progress = {source: {"pages": 1, "rows": count} for source, count in rows.items()}
    return {
        **shown,
        **_digests(files),
        "progress": progress,
        "files": {name: base64.b64encode(content).decode() for name, content in files.items()},
    }
