"""The mail that brings a report. Pure, so that a repeated mail has the same bytes."""

from __future__ import annotations

from datetime import UTC

from workflows.gateways.ports import Attachment, Mail
from workflows.reports.messages import Mailing
from workflows.reports.model import CurrencySums, Summary


def report_mail(summary: Summary, mailing: Mailing, pdf: bytes, workflow_id: str) -> Mail:
    """The mail to one recipient; its message key is its own: ``report/R-1.mail-2`` for the second of ``R-1``."""
    return Mail(
        recipient=mailing.recipient,
        subject=f"Receivables report {summary.report_id}",
        text="\n".join([_beginning(summary), "", *map(_totals, summary.sums), *_unknown(summary), *_ending(mailing)]),
        message_key=f"{workflow_id}.mail-{mailing.number}",
        reference=summary.report_id,
        date=mailing.mailed_at,
        attachment=Attachment(f"{summary.report_id}.pdf", pdf),
    )


def _beginning(summary: Summary) -> str:
    as_of = summary.as_of.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return f"Please find attached receivables report {summary.report_id} as of {as_of} UTC: {summary.line_count} lines."


def _totals(sums: CurrencySums) -> str:
    return f"Total {sums.total}, credited {sums.credited}, paid {sums.paid}, outstanding {sums.outstanding}."


def _unknown(summary: Summary) -> list[str]:
    return [f"Not known to our books: {summary.unknown_count}."] if summary.unknown_count else []


def _ending(mailing: Mailing) -> list[str]:
    return ["", f"The workbook with all lines is in the archive: {mailing.archived.workbook_key}", ""]
