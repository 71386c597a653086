"""The activities of ``ReportProduction``: read a source page by page, archive the files, mail them.

Each may run more than once, also at the same time. Rows have keys of their own, files are stored under the digest of
their bytes, and Message-IDs are made of the workflow's id, so a repeat changes nothing that is there.

**A source is read with checkpoints.** After each page the activity heartbeats the cursor of the next one, so an attempt
begins where the last heartbeat that arrived had said. What was read since is read again, and is there already. A new
activity after a hold begins at the first page.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

from workflows.reports.composing import Composed, RowsMissing, composed
from workflows.reports.letters import report_mail
from workflows.reports.messages import Archived, Composition, Gathered, Mailing, Source
from workflows.reports.model import ReportRequest, workflow_id
from workflows.reports.ports import Ports, ReportUnknown, RowPage
from workflows.reports.rows import row_of_entry, row_of_settlement

PAGE_ROWS = 500
"""Rows in one page: each is one request and one transaction."""

PDF = "application/pdf"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ReportActivities:
    """The activities, bound to their ports."""

    ports: Ports

    @activity.defn
    async def read_invoices(self, report: ReportRequest) -> Gathered:
        """Read our own invoices into the rows of a report."""

        async def page(after: str | None) -> RowPage:
            return await self.ports.invoices.page(after=after, limit=PAGE_ROWS)

        return await self._read(report, Source.INVOICES, page)

    @activity.defn
    async def read_accounting(self, report: ReportRequest) -> Gathered:
        """Read what accounting has booked until the report's instant."""

        async def page(after: str | None) -> RowPage:
            found = await self.ports.statements.entries(as_of=report.as_of, after=after, limit=PAGE_ROWS)
            return RowPage([row_of_entry(each) for each in found.entries], found.after)

        return await self._read(report, Source.ACCOUNTING, page)

    @activity.defn
    async def read_provider(self, report: ReportRequest) -> Gathered:
        """Read what the payment provider has settled and refunded until the report's instant."""

        async def page(after: str | None) -> RowPage:
            found = await self.ports.settlements.settlements(as_of=report.as_of, after=after, limit=PAGE_ROWS)
            return RowPage([row_of_settlement(each) for each in found.settlements], found.after)

        return await self._read(report, Source.PROVIDER, page)

    @activity.defn
    async def archive_report(self, composition: Composition) -> Archived:
        """Make PDF and workbook of the rows and archive both; a repeat returns the first ones."""
        report_id = composition.report.report_id
        try:
            if known := await self.ports.shelf.archived(report_id):
                return known[0]
            made = await asyncio.to_thread(self._compose, composition)
            pdf, workbook = (hashlib.sha256(content).hexdigest() for content in (made.pdf, made.workbook))
            archived = Archived(pdf, workbook, made.summary.line_count)
            await self.ports.archive.put(archived.pdf_key, made.pdf, content_type=PDF)
            await self.ports.archive.put(archived.workbook_key, made.workbook, content_type=WORKBOOK)
            return await self.ports.shelf.record_archived(report_id, archived, made.summary)
        except (ReportUnknown, RowsMissing) as error:
            raise _final(error) from error

    @activity.defn
    async def send_report_email(self, mailing: Mailing) -> str:
        """Mail the archived PDF to one recipient; returns the Message-ID. A repeat mails the same bytes again."""
        try:
            known = await self.ports.shelf.archived(mailing.report_id)
            if known is None:
                raise ReportUnknown(mailing.report_id)
            pdf = await self.ports.archive.get(mailing.archived.pdf_key)
        except LookupError as error:
            raise _final(error) from error
        mail = report_mail(known[1], mailing, pdf, workflow_id(mailing.report_id))
        return await self.ports.mail.send(mail)

    async def _read(
        self, report: ReportRequest, source: Source, page: Callable[[str | None], Awaitable[RowPage]]
    ) -> Gathered:
        after, page_count = None, 0
        if told := activity.info().heartbeat_details:
            after, page_count = told
        while True:
            found = await page(after)
            page_count += 1
            await self.ports.shelf.add_page(report.report_id, source, page_count, found.rows)
            if found.after is None:
                break
            after = found.after
            activity.heartbeat(after, page_count)
        return Gathered(source, page_count, await self.ports.shelf.row_count(report.report_id, source))

    def _compose(self, composition: Composition) -> Composed:
        with self.ports.shelf.gathered(composition.report.report_id) as gathering:
            return composed(composition, gathering, self.ports.contents)


def _final(error: LookupError) -> ApplicationError:
    """What another attempt would find again: a person has to look."""
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)
