"""*statuses*: what the application's own books say of an invoice in the end is how its workflow ended.

A status is written by an activity, and an attempt that was taken for dead may still write when all is over: what it
takes back then is found here and nowhere else, because Temporal does not know of it and the outside world neither.

Not covered: what the books said in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.judge.checks.effects import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.facts.expected import last_runs


@dataclass(frozen=True)
class StatusesCheck:
    """Compares the status that the API shows in the final reads with the result of the workflow."""

    name: str = field(default="statuses", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for another status than the workflow's; UNKNOWN where an ended invoice was not read."""
        findings: list[Finding] = []
        unread: list[str] = []
        ended = 0
        for execution in last_runs(record):
            if execution.status != "COMPLETED" or not execution.result:
                continue
            ended += 1
            invoice_id = execution.result["invoice_id"]
            if invoice_id not in record.shown:
                unread.append(invoice_id)
                continue
            said, wanted = record.shown[invoice_id].get("status"), execution.result["status"]
            if said != wanted:
                message = f"the books say {said or 'nothing'}, its workflow ended as {wanted}"
                findings.append(Finding(invoice_id, message, story_of(record, invoice_id)))
        counts: dict[str, int | float | str] = {"ended": ended, "read": ended - len(unread)}
        if findings:
            found = counted(len(findings), "invoice", "invoices")
            summary = f"the books say something else of {found} than how they ended"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if unread or not ended:
            summary = f"{len(unread)} of {ended} ended invoices could not be read back, so nothing is said of them"
            return CheckResult(self.name, Verdict.UNKNOWN, summary if ended else "no invoice ended", (), counts)
        return CheckResult(
            self.name, Verdict.VALID, f"the books say of all {ended} invoices how they ended", (), counts
        )
