"""*contents*: the PDF and the workbook of each report say what the books say, to the last cell.

Both are what the API gave out in the end. Every cell of every sheet is compared, and the PDF word by word in the order
of reading; nothing may stand beside it. That a workflow's result names these very bytes is *results*' to say, and that
the mails bring the same PDF *mails*'.

Not covered: how the pages look, the chart, and formats of cells.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from harness.judge.checks.story import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.content.pdf import Unreadable as NoPdf
from scenarios.invoices.checks.content.pdf import read_pages
from scenarios.reports.checks.pages import wrong_pages
from scenarios.reports.checks.workbook import Sheets, Unreadable, read_sheets
from scenarios.reports.oracle.asked import Asked, asked, files_of
from scenarios.reports.oracle.sheets import sheets_of


@dataclass(frozen=True)
class ContentsCheck:
    """Compares each file with what the oracle computes."""

    name: str = field(default="contents", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a file that says anything else; UNKNOWN when no file was given out."""
        reports = record.once(asked)
        read: list[str] = []
        findings: list[Finding] = []
        for report_id, report in reports.items():
            for name, content in files_of(record, report_id).items():
                read.append(name)
                if (difference := _difference(report, name, content)) is not None:
                    findings.append(Finding(report_id, f"the {name}: {difference}", story_of(record, report_id)))
        counts: dict[str, int | float | str] = {f"{name} files": read.count(name) for name in sorted(set(read))}
        if findings:
            found = counted(len(findings), "file says", "files say")
            told = f"{found} something else than the books"
            return CheckResult(self.name, Verdict.INVALID, told, tuple(findings), counts)
        if not read:
            return CheckResult(self.name, Verdict.UNKNOWN, "no file was given out, so none was read", (), counts)
        return CheckResult(self.name, Verdict.VALID, f"all {len(read)} files say what the books say", (), counts)


def _difference(report: Asked, name: str, content: bytes) -> str | None:
    try:
        if name == "pdf":
            return wrong_pages(read_pages(content), report.report_id, report.report)
        return first_difference(read_sheets(content), sheets_of(report.report_id, report.report))
    except (NoPdf, Unreadable) as unreadable:
        return str(unreadable)


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
