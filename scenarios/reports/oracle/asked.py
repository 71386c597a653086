"""Which reports were asked for, as of when and for whom: from the input, and from answers for instants that were near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harness.judge.checks.effects import Acts
from harness.record.record import Effect, Outcome, Record
from scenarios.reports.effects import STORED
from scenarios.reports.oracle.report import Report, report_of

FINAL_STATE = "sent"


@dataclass(frozen=True)
class Asked:
    """One report.

    :param sure: its acceptance was told; what was never answered may be made all the same.
    """

    report_id: str
    recipients: tuple[str, ...]
    report: Report
    sure: bool


def asked(record: Record) -> Mapping[str, Asked]:
    """Every report that was asked for and not refused, by its id. Ask with ``record.once``."""
    operations = {each.subject: each for each in record.operations if each.name == "report"}
    made: dict[datetime, Report] = {}
    found = {}
    for each in record.input["reports"]:
        operation = operations.get(each["report_id"])
        as_of = each["as_of"] or (operation and operation.detail.get("as_of"))
        if operation is None or as_of is None or operation.outcome is Outcome.FAIL:
            continue
        instant = datetime.fromisoformat(as_of)
        if instant not in made:
            made[instant] = report_of(record.input, instant)
        sure = operation.outcome is Outcome.OK
        found[each["report_id"]] = Asked(each["report_id"], tuple(each["recipients"]), made[instant], sure)
    return found


def mail_identity(effect: Effect) -> str:
    """A mail of a report to one of its recipients."""
    return f"{effect.reference} to {effect.detail.get('recipient')}"


def file_identity(effect: Effect) -> str:
    """A file of a report."""
    return f"{effect.reference} {STORED.get(effect.detail.get('content_type', ''))}"


def expected_acts(record: Record) -> Mapping[tuple[str, str], Acts]:
    """A mail to each recipient, and both files."""
    reports = record.once(asked).values()
    mails = {(each.sure, f"{each.report_id} to {recipient}") for each in reports for recipient in each.recipients}
    files = {(each.sure, f"{each.report_id} {kind}") for each in reports for kind in STORED.values()}
    return {("smtp", "mail"): _acts(mails), ("storage", "store"): _acts(files)}


def _acts(found: set[tuple[bool, str]]) -> Acts:
    return Acts(frozenset(act for sure, act in found if sure), frozenset(act for sure, act in found if not sure))


def expected_ends(record: Record) -> Mapping[str, frozenset[str]]:
    """Every report is sent in the end."""
    return {report_id: frozenset({FINAL_STATE}) for report_id in record.once(asked)}


def expected_results(record: Record) -> Mapping[str, list[Any]]:
    """The digests of the files that were stored for it, and how many lines it has.

    What stands in these files is judged by itself.
    """
    found = {}
    for report_id, each in record.once(asked).items():
        stored = {
            effect.detail["content_type"]: effect.detail["digest"]
            for effect in record.effects
            if effect.service == "storage" and effect.reference == report_id
        }
        pdf, workbook = (stored.get(content_type) for content_type in STORED)
        result = {"pdf_digest": pdf, "workbook_digest": workbook, "line_count": len(each.report.lines)}
        found[report_id] = [result]
    return found
