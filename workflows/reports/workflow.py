"""``ReportProduction``: one report from its instant to the mail to its last recipient.

::

    waiting -> gathering -> composing -> sending -> sent
    gathering -> composing                              (the instant has passed already)

Any step may be **held** on the way: its attempts are used up or somebody refused it for good. Nothing is lost then:
the search attribute says ``held``, a person fixes the cause, and the signal ``resume`` goes on with the same step. What
does not depend on it goes on meanwhile: the other sources are read, the other recipients get their mail. No report is
made of less than all sources.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.kit.retry import LONG
    from workflows.kit.status import BUSINESS_STATUS
    from workflows.kit.steps import Steps
    from workflows.reports.activities import ReportActivities
    from workflows.reports.messages import Archived, Composition, Mailing
    from workflows.reports.model import ReportRequest, Status

SETTLING: Final = timedelta(seconds=5)
"""How long after the report's instant the sources are read: what they booked at that instant must be there, by a clock
that may go a little behind ours."""


@workflow.defn
class ReportProduction:
    """See the module. The workflow id is ``report/<report id>``: one for each report, ever."""

    def __init__(self) -> None:
        self._status = Status.WAITING
        self._steps = Steps(self._show)

    @workflow.run
    async def run(self, report: ReportRequest) -> Archived:
        """Make the report and mail it; returns the digests of its files."""
        await self._wait(report)
        archived = await self._compose(report)
        await self._send(report, archived)
        self._enter(Status.SENT)
        return archived

    @workflow.signal
    def resume(self) -> None:
        """Let every held step try again; changes nothing when no step is held."""
        self._steps.resume()

    async def _wait(self, report: ReportRequest) -> None:
        remaining = report.as_of + SETTLING - workflow.now()
        if remaining > timedelta():
            self._enter(Status.WAITING)
            await workflow.sleep(remaining)

    async def _compose(self, report: ReportRequest) -> Archived:
        self._enter(Status.GATHERING)
        sources = (ReportActivities.read_invoices, ReportActivities.read_accounting, ReportActivities.read_provider)
        gathered = await asyncio.gather(*(self._steps.perform(read, report, options=LONG) for read in sources))
        self._enter(Status.COMPOSING)
        composition = Composition(report, tuple(gathered))
        return await self._steps.perform(ReportActivities.archive_report, composition, options=LONG)

    async def _send(self, report: ReportRequest, archived: Archived) -> None:
        self._enter(Status.SENDING)
        mailings = [
            Mailing(report.report_id, recipient, number, archived, workflow.now())
            for number, recipient in enumerate(report.recipients, start=1)
        ]
        await asyncio.gather(*(self._steps.perform(ReportActivities.send_report_email, each) for each in mailings))

    def _enter(self, status: Status) -> None:
        self._status = status
        self._show()

    def _show(self) -> None:
        shown = Status.HELD if self._steps.held else self._status
        workflow.upsert_search_attributes([BUSINESS_STATUS.value_set(shown)])
