"""The values that travel between ``ReportProduction`` and its activities: small and frozen; rows stay in our SQL."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from workflows.reports.model import ReportRequest


class Source(enum.StrEnum):
    """Where the rows of a report come from."""

    INVOICES = "invoices"
    ACCOUNTING = "accounting"
    PROVIDER = "provider"


@dataclass(frozen=True)
class Gathered:
    """All rows of one source are in our SQL.

    :param row_count: how many there are; however often a page was read, its rows count once.
    """

    source: Source
    page_count: int
    row_count: int


@dataclass(frozen=True)
class Composition:
    """Input of ``archive_report``.

    :param gathered: what has to be there: with less, nothing is composed.
    """

    report: ReportRequest
    gathered: tuple[Gathered, ...]


@dataclass(frozen=True)
class Archived:
    """The files of a report, by the SHA-256 of their bytes. What the workflow returns."""

    pdf_digest: str
    workbook_digest: str
    line_count: int

    @property
    def pdf_key(self) -> str:
        """Where the PDF lies in the archive."""
        return f"reports/{self.pdf_digest}.pdf"

    @property
    def workbook_key(self) -> str:
        """Where the workbook lies in the archive."""
        return f"reports/{self.workbook_digest}.xlsx"


@dataclass(frozen=True)
class Mailing:
    """Input of ``send_report_email``.

    :param number: which of the recipients it is, from 1; part of the Message-ID.
    :param mailed_at: the Date of the mail, the same for every attempt and every recipient.
    """

    report_id: str
    recipient: str
    number: int
    archived: Archived
    mailed_at: datetime
