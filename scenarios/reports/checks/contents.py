"""*contents*: the archived PDF and workbook say what the books say, to the last cell, and are those that were mailed.

Every file lies under the digest of its bytes. Every cell of every sheet is compared, and the PDF piece by piece in the
order of reading; nothing may stand beside it.

Not covered: how the pages look, the chart, and formats of cells.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.judge.checks.story import story_of
from harness.record.record import Effect, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.content.documents import differs
from scenarios.invoices.checks.content.pdf import Unreadable as NoPdf
from scenarios.invoices.checks.content.pdf import read_pages
from scenarios.reports.checks.files import PDF, Sheets, Unreadable, read_sheets, stored_files
from scenarios.reports.oracle.asked import Asked, asked
from scenarios.reports.oracle.pages import document_of
from scenarios.reports.oracle.sheets import sheets_of

EXTENSIONS = {"application/pdf": "pdf"}


@dataclass(frozen=True)
class ContentsCheck:
    """Compares each archived file with what the oracle computes."""

    name: str = field(default="contents", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a file that says anything else; UNKNOWN when none was archived, or its bytes were not kept."""
        reports = record.once(asked)
        findings: list[Finding] = []
        lost = 0
        files = record.once(stored_files)
        for (report_id, content_type), effect in files.items():
            content = record.attachments.get(effect.detail["digest"])
            if report_id not in reports:
                continue  # the effects check says that nobody asked for it
            if content is None:
                lost += 1
                continue
            for message in _wrong(reports[report_id], effect, content_type, content):
                findings.append(Finding(report_id, message, story_of(record, report_id)))
        counts: dict[str, int | float | str] = {"files": len(files)}
        if findings:
            found = counted(len(findings), "file says", "files say")
            return CheckResult(
                self.name, Verdict.INVALID, f"{found} something else than the books", tuple(findings), counts
            )
        if lost or not files:
            told = f"the bytes of {lost} files were not kept" if lost else "nothing was archived, so nothing was read"
            return CheckResult(self.name, Verdict.UNKNOWN, told, (), counts)
        return CheckResult(self.name, Verdict.VALID, f"all {len(files)} files say what the books say", (), counts)


def _wrong(report: Asked, effect: Effect, content_type: str, content: bytes) -> Iterator[str]:
    digest = hashlib.sha256(content).hexdigest()
    key = f"reports/{digest}.{'pdf' if content_type == PDF else 'xlsx'}"
    if (effect.detail["key"], effect.detail["digest"]) != (key, digest):
        yield f"{effect.detail['key']} holds a file whose key must be {key}"
    try:
        difference = (
            differs(document_of(report), read_pages(content))
            if content_type == PDF
            else first_difference(read_sheets(content), sheets_of(report))
        )
    except (NoPdf, Unreadable) as unreadable:
        difference = str(unreadable)
    if difference is not None:
        yield f"{key[:20]}: {difference}"


def first_difference(found: Sheets, wanted: Sheets) -> str | None:
    """The first cell that says something else than it must; ``None``: none."""
    if list(found) != list(wanted):
        return f"has the sheets {', '.join(found)}; it must have {', '.join(wanted)}"
    for name, rows in wanted.items():
        for number, (have, want) in enumerate(itertools.zip_longest(found[name], rows, fillvalue=()), start=1):
            for column, (is_, must) in enumerate(itertools.zip_longest(have, want), start=1):
                if type(is_) is not type(must) or is_ != must:
                    return f"{name}, row {number}, column {column} is {is_!r}; the oracle says {must!r}"
    return None
