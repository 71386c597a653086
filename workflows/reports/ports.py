"""The ports: what activities of reports need from the outside. Each says what a repeated call may rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from workflows.gateways.ports import Archive, MailGateway, Settlements, Statements
from workflows.reports.messages import Archived, Source
from workflows.reports.model import AccountBalance, ReportLine, Summary


class ReportUnknown(LookupError):
    """Nobody has asked for a report with this id."""

    def __init__(self, report_id: str) -> None:
        super().__init__(f"nobody has asked for a report {report_id!r}; ask for it with POST /reports")


@dataclass(frozen=True)
class Row:
    """What one source says of one thing.

    :param key: tells it from all others of its source: what is written again under its key stays as it is.
    :param reference: the id of the invoice that it is about.
    :param content: the rest, as JSON; what it means is between ``rows`` and ``lines``.
    """

    key: str
    reference: str
    content: str


@dataclass(frozen=True)
class RowPage:
    """Some rows of a source.

    :param after: the cursor of the next page; ``None`` when this was the last.
    """

    rows: Sequence[Row]
    after: str | None


class OwnInvoices(Protocol):
    """Our own invoices. Reads only."""

    async def page(self, *, after: str | None, limit: int) -> RowPage:
        """Return those whose ids follow a cursor, in the order of their ids."""


class Gathering(Protocol):
    """All that was gathered for one report, as of one moment."""

    def row_counts(self) -> Mapping[Source, int]:
        """How many rows there are of each source that has any."""

    def balances(self) -> Sequence[AccountBalance]:
        """What accounting has posted to each account."""

    def lines(self) -> Iterator[ReportLine]:
        """The lines in the order of their invoices' ids, a few in memory at a time. Any number of times."""


class Shelf(Protocol):
    """Our own record of reports. Every call may be repeated: what is recorded already stays as it is."""

    async def add_page(self, report_id: str, source: Source, number: int, rows: Sequence[Row]) -> None:
        """Write the rows of a page, all or none; those that are there stay as they are."""

    async def row_count(self, report_id: str, source: Source) -> int:
        """How many rows of this source there are."""

    def gathered(self, report_id: str) -> AbstractContextManager[Gathering]:
        """All rows of a report. Blocks; not for the event loop."""

    async def record_archived(self, report_id: str, archived: Archived, summary: Summary) -> Archived:
        """Write down the files of a report, or find them written down; returns the first ones.

        :raises ReportUnknown: nobody has asked for it.
        """

    async def archived(self, report_id: str) -> tuple[Archived, Summary] | None:
        """The files of a report and what they sum up, once it is archived.

        :raises ReportUnknown: nobody has asked for it.
        """


@dataclass(frozen=True)
class Contents:
    """How rows become files. The same content always gives the same bytes.

    :param render: makes the PDF.
    :param workbook: makes the Excel workbook.
    """

    render: Callable[[Summary, Iterable[ReportLine]], bytes]
    workbook: Callable[[Summary, Iterable[ReportLine]], bytes]


@dataclass(frozen=True)
class Ports:
    """Everything the activities reach."""

    shelf: Shelf
    invoices: OwnInvoices
    statements: Statements
    settlements: Settlements
    archive: Archive
    mail: MailGateway
    contents: Contents
