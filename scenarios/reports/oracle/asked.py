"""Which reports were asked for, as of when and for whom: from the input, and from answers where it was soon."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harness.judge.checks.effects import Acts
from harness.record.record import Effect, Outcome, Record
from scenarios.reports.oracle.report import Report, report_of

FINAL_STATE = "sent"
FILES = ("pdf", "workbook")


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
        if operation is None or operation.outcome is Outcome.FAIL:
            continue
        as_of: str | None = each["as_of"] or operation.detail.get("as_of")
        if as_of is None:
            continue  # nobody has been asked yet
        instant = datetime.fromisoformat(as_of)
        if instant not in made:
            made[instant] = report_of(record.input, instant)
        sure = operation.outcome is Outcome.OK
        found[each["report_id"]] = Asked(each["report_id"], tuple(each["recipients"]), made[instant], sure)
    return found


def mail_identity(effect: Effect) -> str:
    """A mail of a report to one of its recipients."""
    return f"{effect.reference} to {effect.detail.get('recipient')}"


def expected_acts(record: Record) -> Mapping[tuple[str, str], Acts]:
    """A mail to each recipient."""
    mails = {
        (each.sure, f"{each.report_id} to {recipient}")
        for each in record.once(asked).values()
        for recipient in each.recipients
    }
    must = frozenset(act for sure, act in mails if sure)
    return {("smtp", "mail"): Acts(must, frozenset(act for sure, act in mails if not sure))}


def expected_ends(record: Record) -> Mapping[str, frozenset[str]]:
    """Every report is sent in the end."""
    return {report_id: frozenset({FINAL_STATE}) for report_id in record.once(asked)}


def files_of(record: Record, report_id: str) -> Mapping[str, bytes]:
    """The files of a report that the API gave out in the end, by their names."""
    shown = record.shown.get(report_id, {}).get("files", {})
    return {name: base64.b64decode(content) for name, content in shown.items()}


def expected_results(record: Record) -> Mapping[str, list[Any]]:
    """The digests of the files that the API gave out in the end, and how many lines it has.

    What stands in these files is judged by itself.
    """
    found = {}
    for report_id, each in record.once(asked).items():
        files = files_of(record, report_id)
        digests = {f"{name}_digest": name in files and hashlib.sha256(files[name]).hexdigest() for name in FILES}
        found[report_id] = [{**digests, "line_count": len(each.report.lines)}]
    return found
