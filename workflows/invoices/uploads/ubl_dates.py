"""The instants of a UBL invoice: UBL has dates and times of day, each with or without a zone.

A value without a zone is one in Asia/Riyadh, where the invoices are issued. An issue date without a time is the
beginning of that day. A due date leaves the whole day to pay: due is the instant at which that day ends.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from workflows.invoices.uploads.ubl_document import Element
from workflows.invoices.uploads.ubl_values import Findings
from workflows.kit import fields

RIYADH = "+03:00"
"""Asia/Riyadh has had this offset since 1947 and never daylight saving time, so no table of zones is needed."""

_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)?"
_DATE = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)" + _ZONE, re.ASCII)
_TIME = re.compile(r"(?P<time>([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,6})?)" + _ZONE, re.ASCII)


def issued_at(invoice: Element, findings: Findings) -> datetime | None:
    """The instant of ``cbc:IssueDate`` and ``cbc:IssueTime``, in UTC; ``None`` after noting what is wrong."""
    day = findings.read(invoice, "cbc:IssueDate", _day)
    has_time = findings.find(invoice, "cbc:IssueTime", required=False) is not None
    time = findings.read(invoice, "cbc:IssueTime", _time) if has_time else ("00:00:00", None)
    if day is None or time is None:
        return None
    if day[1] and time[1] and day[1] != time[1]:
        _refuse(invoice, findings, "cbc:IssueTime", f"has the zone {time[1]}; cbc:IssueDate has {day[1]}")
        return None
    try:
        return fields.instant(f"{day[0]}T{time[0]}{time[1] or day[1] or RIYADH}")
    except ValueError as error:
        _refuse(invoice, findings, "cbc:IssueDate", str(error))
        return None


def due_at(invoice: Element, findings: Findings) -> datetime | None:
    """The end of the day ``cbc:DueDate``, in UTC; ``None`` after noting what is wrong."""
    return findings.read(invoice, "cbc:DueDate", _end_of_day)


def _day(text: str) -> tuple[str, str | None]:
    if not (found := _DATE.fullmatch(text)):
        raise ValueError(f"{text[:40]!r} is not a date such as 2026-11-02, with or without a zone")
    try:
        date.fromisoformat(found["date"])
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar") from None
    return found["date"], found["zone"]


def _time(text: str) -> tuple[str, str | None]:
    if not (found := _TIME.fullmatch(text)):
        raise ValueError(f"{text[:40]!r} is not a time of day such as 09:00:00, with or without a zone")
    return found["time"], found["zone"]


def _end_of_day(text: str) -> datetime:
    day, zone = _day(text)
    try:
        following = date.fromisoformat(day) + timedelta(days=1)
        return datetime.fromisoformat(f"{following.isoformat()}T00:00:00{zone or RIYADH}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is out of the calendar") from None


def _refuse(invoice: Element, findings: Findings, path: str, message: str) -> None:
    [element] = invoice.named(path)  # it has just been read
    findings.refuse(element, message)
