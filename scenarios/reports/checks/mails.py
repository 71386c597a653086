"""*mails*: each mail of a report goes to one of its recipients, says its totals, and brings its PDF.

Judged are envelope and headers, the subject, the whole text, and that what is attached is the very PDF that the API
gave out. How often a mail went out, and under which Message-ID, is *effects*' to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.judge.checks.story import story_of
from harness.record.record import Effect, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.reports.oracle.asked import Asked, asked, files_of
from scenarios.reports.oracle.letters import subject_of, text_of


@dataclass(frozen=True)
class MailsCheck:
    """Compares each mail that was accepted with the one that the oracle writes."""

    name: str = field(default="mails", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a mail that says or brings something else; UNKNOWN when nothing was mailed."""
        mails = [each for each in record.effects if (each.service, each.operation) == ("smtp", "mail")]
        reports = record.once(asked)
        findings = [
            Finding(mail.reference, f"to {mail.detail['recipient']}: {message}", story_of(record, mail.reference))
            for mail in mails
            for message in _wrong(record, mail, reports.get(mail.reference))
        ]
        counts: dict[str, int | float | str] = {"mails": len(mails)}
        if findings:
            found = counted(len(findings), "thing in a mail is", "things in mails are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong", tuple(findings), counts)
        if not mails:
            return CheckResult(self.name, Verdict.UNKNOWN, "nothing was mailed, so no mail was checked", (), counts)
        told = f"all {len(mails)} mails say what they must and bring their reports"
        return CheckResult(self.name, Verdict.VALID, told, (), counts)


def _wrong(record: Record, mail: Effect, report: Asked | None) -> Iterator[str]:
    if report is None:
        yield "there is no such report"
        return
    files, detail = files_of(record, report.report_id), mail.detail
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    recipient, sender = detail["recipient"], record.input["sender"]
    wanted = {
        "sender": sender,
        "from": sender,
        "to": recipient,
        "message_id": mail.key,
        "subject": subject_of(report.report_id),
        "text": text_of(report.report_id, report.report, digests.get("workbook", "")),
    }
    for name, value in wanted.items():
        if detail[name] != value:
            yield f"{name} is {detail[name]!r}, the oracle says {value!r}"
    if recipient not in report.recipients:
        yield f"the report goes to {', '.join(report.recipients)}"
    attached = [(each["filename"], each["content_type"], each["sha256"]) for each in detail["attachments"]]
    if attached != [(f"{report.report_id}.pdf", "application/pdf", digests.get("pdf"))]:
        yield f"brings {attached}, and not the PDF that the API gives out"
