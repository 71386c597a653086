"""*uploads*: bad rows are refused with row and field, all at once, and no good invoice of the same file is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.record.record import Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.facts.expected import judged_files
from scenarios.invoices.oracle.invoices import Fate, JudgedInvoice


@dataclass(frozen=True)
class UploadsCheck:
    """Compares what the API accepted and refused with what the oracle does, and what processing twice gave."""

    name: str = field(default="uploads", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a difference; UNKNOWN when no upload came through."""
        findings: list[Finding] = []
        accepted = 0
        uploads = [o for o in record.operations if o.name == "upload" and o.outcome is Outcome.OK]
        for upload in uploads:
            accepted += len(upload.detail["accepted"])
            findings += _compare(upload.subject, judged_files(record)[upload.subject], upload.detail)
        findings += _double_clicks(record)
        counts: dict[str, int | float | str] = {"files": len(uploads), "invoices accepted": accepted}
        if findings:
            found = counted(len(findings), "answer is", "answers are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong", tuple(findings), counts)
        if not uploads:
            return CheckResult(self.name, Verdict.UNKNOWN, "no upload came through", (), counts)
        return CheckResult(
            self.name, Verdict.VALID, f"{accepted} invoices were accepted, every bad row was named", (), counts
        )


def _compare(file: str, judged: Sequence[JudgedInvoice], answer: Mapping[str, Any]) -> list[Finding]:
    good = {invoice.invoice_id for invoice in judged if invoice.fate is not Fate.REFUSED}
    problems = {(problem.row, problem.field) for invoice in judged for problem in invoice.problems}
    named = {(refusal["row"], refusal["field"]) for refusal in answer["refused"]}
    findings = [Finding(i, f"{file}: good, and not accepted") for i in sorted(good - set(answer["accepted"]))]
    findings += [Finding(i, f"{file}: accepted, though it is bad") for i in sorted(set(answer["accepted"]) - good)]
    findings += [Finding(f"{file}:{row}", f"the problem in {name} is not named") for row, name in problems - named]
    findings += [Finding(f"{file}:{row}", f"{name} is refused without reason") for row, name in named - problems]
    return findings


def _double_clicks(record: Record) -> list[Finding]:
    """Processing an invoice twice is one execution: both answers name the same run."""
    runs: dict[str, set[str]] = {}
    for operation in record.operations:
        if operation.name.startswith("process") and operation.outcome is Outcome.OK:
            runs.setdefault(operation.subject, set()).add(operation.detail["run_id"])
    return [
        Finding(invoice_id, f"processing it twice started {len(ids)} runs")
        for invoice_id, ids in runs.items()
        if len(ids) > 1
    ]
