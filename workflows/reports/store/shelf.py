"""Reports in SQL: what was asked for, the rows of the sources, and where the files lie.

Promise: *exactly once*. A report, a row or the files of a report that are written down already stay as they are, also
when several processes write at once. Every call blocks in a thread of its own, never in the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from workflows.books.schema import read_only
from workflows.books.taken import key_is_taken
from workflows.reports.messages import Archived, Source
from workflows.reports.model import ReportRequest, Summary
from workflows.reports.ports import ReportUnknown, Row
from workflows.reports.store.gathered import SqlGathering
from workflows.reports.store.tables import report_rows, reports
from workflows.reports.store.texts import text_of, value_of


@dataclass(frozen=True)
class SourceProgress:
    """How much of a source has been read."""

    page_count: int
    row_count: int


@dataclass(frozen=True)
class KnownReport:
    """A report as our SQL knows it.

    :param asked: what was first asked for.
    :param archived: ``None``, as is the summary, before it is archived.
    :param progress: of each source of which anything was read.
    """

    asked: ReportRequest
    archived: Archived | None
    summary: Summary | None
    progress: Mapping[Source, SourceProgress]


@dataclass(frozen=True)
class SqlShelf:
    """See the module, and ``workflows.reports.ports.Shelf``.

    :param engine: from :func:`workflows.books.schema.open_books`.
    """

    engine: Engine

    async def add(self, report: ReportRequest) -> bool:
        """Write down what is asked for; ``False`` when another content is known under its id, which then stays."""
        return await asyncio.to_thread(self._add, report)

    async def look_up(self, report_id: str) -> KnownReport:
        """Return a report. :raises ReportUnknown: nobody has asked for it."""
        return await asyncio.to_thread(self._look_up, report_id)

    async def add_page(self, report_id: str, source: Source, number: int, rows: Sequence[Row]) -> None:
        """See ``Shelf``."""
        await asyncio.to_thread(self._add_page, report_id, source, number, rows)

    async def row_count(self, report_id: str, source: Source) -> int:
        """See ``Shelf``."""
        return await asyncio.to_thread(self._row_count, report_id, source)

    @contextmanager
    def gathered(self, report_id: str) -> Iterator[SqlGathering]:
        """See ``Shelf``."""
        with read_only(self.engine).begin() as connection:
            yield SqlGathering(connection, report_id)

    async def record_archived(self, report_id: str, archived: Archived, summary: Summary) -> Archived:
        """See ``Shelf``."""
        return await asyncio.to_thread(self._record_archived, report_id, archived, summary)

    async def archived(self, report_id: str) -> tuple[Archived, Summary] | None:
        """See ``Shelf``."""
        known = await asyncio.to_thread(self._look_up, report_id)
        return None if known.archived is None or known.summary is None else (known.archived, known.summary)

    def _add(self, report: ReportRequest) -> bool:
        asked = text_of(report)
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(reports).values(report_id=report.report_id, asked=asked))
        except IntegrityError as error:
            if not key_is_taken(reports, error):
                raise
            known = select(reports.c.asked).where(reports.c.report_id == report.report_id)
            with read_only(self.engine).begin() as connection:
                return bool(connection.scalar(known) == asked)
        return True

    def _look_up(self, report_id: str) -> KnownReport:
        with read_only(self.engine).begin() as connection:
            found = connection.execute(select(reports).where(reports.c.report_id == report_id)).one_or_none()
            if found is None:
                raise ReportUnknown(report_id)
            rows = report_rows.c
            counts = select(rows.source, func.max(rows.page), func.count()).where(rows.report_id == report_id)
            progress = {
                Source(source): SourceProgress(page_count, row_count)
                for source, page_count, row_count in connection.execute(counts.group_by(rows.source))
            }
        archived = value_of(found.archived, Archived) if found.archived else None
        summary = value_of(found.summary, Summary) if found.summary else None
        return KnownReport(value_of(found.asked, ReportRequest), archived, summary, progress)

    def _add_page(self, report_id: str, source: Source, number: int, rows: Sequence[Row]) -> None:
        if not rows:
            return
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        adding = dialect.insert(report_rows).on_conflict_do_nothing(index_elements=report_rows.primary_key.columns)
        of_all = {"report_id": report_id, "source": source, "page": number}
        with self.engine.begin() as connection:
            connection.execute(
                adding,
                [of_all | {"key": row.key, "reference": row.reference, "content": row.content} for row in rows],
            )

    def _row_count(self, report_id: str, source: Source) -> int:
        with self.gathered(report_id) as gathered:
            return gathered.row_counts().get(source, 0)

    def _record_archived(self, report_id: str, archived: Archived, summary: Summary) -> Archived:
        of_it = reports.c.report_id == report_id
        said = {"archived": text_of(archived), "summary": text_of(summary)}
        with self.engine.begin() as connection:
            connection.execute(update(reports).where(of_it, reports.c.archived.is_(None)).values(**said))
            first = connection.scalar(select(reports.c.archived).where(of_it))
        if first is None:
            raise ReportUnknown(report_id)
        return value_of(first, Archived)
