"""*shown*: what the API shows of each report in the end is what was asked for, what was read, and what it comes to.

Not covered: in how many pages it was read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.judge.checks.story import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.reports.oracle.asked import Asked, asked, files_of
from scenarios.reports.oracle.letters import shown_of


@dataclass(frozen=True)
class ShownCheck:
    """Compares each report that is shown with the oracle's; one that had to be there must be shown."""

    name: str = field(default="shown", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for anything else; UNKNOWN when no report is shown."""
        reports = record.once(asked)
        shown = {report_id: record.shown[report_id] for report_id in reports if report_id in record.shown}
        findings = [
            Finding(report_id, message, story_of(record, report_id))
            for report_id, each in shown.items()
            for message in (*_wrong(each, reports[report_id]), *_wrong_digests(each, files_of(record, report_id)))
        ]
        missing = [report_id for report_id, each in reports.items() if each.sure and report_id not in shown]
        findings += [Finding(report_id, "is not shown", story_of(record, report_id)) for report_id in missing]
        counts: dict[str, int | float | str] = {"shown": len(shown)}
        if findings:
            found = counted(len(findings), "thing is", "things are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} shown wrong", tuple(findings), counts)
        if not shown:
            return CheckResult(self.name, Verdict.UNKNOWN, "no report is shown", (), counts)
        return CheckResult(self.name, Verdict.VALID, f"all {len(shown)} reports are shown as they are", (), counts)


def _wrong_digests(shown: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[str]:
    for name, content in files.items():
        said, digest = shown.get(f"{name}_digest"), hashlib.sha256(content).hexdigest()
        if said != digest:
            yield f"the digest of its {name} is shown as {said!r}; that of the file given out is {digest!r}"


def _wrong(shown: Mapping[str, Any], report: Asked) -> Iterator[str]:
    rows = {source: each["rows"] for source, each in shown.get("progress", {}).items()}
    for name, value in shown_of(report.report_id, report.report, report.recipients).items():
        said = rows if name == "rows" else shown.get(name)
        if said != value:
            yield f"{name} is shown as {said!r}; the oracle says {value!r}"
