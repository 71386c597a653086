"""The endpoints of reports: ask for one, see how far it is, fetch its files.

A report is never changed: what comes again under a known id is the same report, or is refused.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from workflows.gateways.ports import Archive
from workflows.kit.fields import email, identifier, instant
from workflows.kit.problems import Problem
from workflows.kit.requests import asking_temporal, bounded_body
from workflows.kit.status import BUSINESS_STATUS
from workflows.reports.activities import PDF, WORKBOOK
from workflows.reports.messages import Archived
from workflows.reports.model import ReportRequest, workflow_id
from workflows.reports.ports import ReportUnknown
from workflows.reports.showing import shown_of
from workflows.reports.store.shelf import KnownReport, SqlShelf
from workflows.reports.workflow import ReportProduction

LARGEST_BODY_BYTES: Final = 16 * 1024
MOST_RECIPIENTS: Final = 10
FURTHEST_AHEAD: Final = timedelta(days=366)


@dataclass(frozen=True)
class Context:
    """What the routes need.

    :param wait_seconds: how long a request waits for Temporal before the answer is 503.
    """

    client: Client
    shelf: SqlShelf
    archive: Archive
    task_queue: str
    wait_seconds: float = 8.0


async def ask(request: Request) -> JSONResponse:
    """``POST /reports``: write down what is asked for and start its workflow, or find it running or done.

    :raises Problem: 422 for what is no report, 413 for what is far too long for one, 409 for another one under a known
        id, 503 when Temporal does not answer.
    """
    context = _context_of(request)
    report = _parse(await bounded_body(request, most_bytes=LARGEST_BODY_BYTES), now=datetime.now(UTC))
    if not await context.shelf.add(report):
        raise Problem(409, "another-report", f"{report.report_id} is known with another content; use a new id")
    async with asking_temporal(context.wait_seconds):
        # Once it is done, nothing is left to start.
        with suppress(WorkflowAlreadyStartedError):
            await context.client.start_workflow(
                ReportProduction.run,
                report,
                id=workflow_id(report.report_id),
                task_queue=context.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
    return JSONResponse({"report_id": report.report_id, "workflow_id": workflow_id(report.report_id)}, 202)


async def show(request: Request) -> JSONResponse:
    """``GET /reports/{id}``: how far it is, and its totals once it is archived.

    ``status`` is what Temporal shows; null while the workflow has not begun, or when Temporal has forgotten it.
    """
    known = await _known(request)
    return JSONResponse(shown_of(known, await _status_of(request, known.asked.report_id)))


async def fetch_pdf(request: Request) -> Response:
    """``GET /reports/{id}/pdf``: the file from the archive."""
    return await _file(request, PDF)


async def fetch_workbook(request: Request) -> Response:
    """``GET /reports/{id}/workbook``: the file from the archive."""
    return await _file(request, WORKBOOK)


def _context_of(request: Request) -> Context:
    context: Context = request.app.state.reports
    return context


def _parse(body: bytes, *, now: datetime) -> ReportRequest:
    try:
        told: Any = json.loads(body)
        report_id, as_of, recipients = (told[name] for name in ("report_id", "as_of", "recipients"))
        if not isinstance(report_id, str) or not isinstance(as_of, str) or not isinstance(recipients, list):
            raise TypeError("report_id and as_of are texts, recipients a list of them")
        until = instant(as_of)
        if until - now > FURTHEST_AHEAD:
            raise ValueError(f"as_of is more than {FURTHEST_AHEAD.days} days ahead")
        return ReportRequest(identifier(report_id), until, _recipients(recipients))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Problem(422, "no-report", f"report_id, as_of and recipients are needed: {error}") from error


def _recipients(told: list[Any]) -> tuple[str, ...]:
    if not 1 <= len(told) <= MOST_RECIPIENTS or not all(isinstance(each, str) for each in told):
        raise ValueError(f"recipients are 1 to {MOST_RECIPIENTS} mail addresses")
    found = tuple(map(email, told))
    if len({each.casefold() for each in found}) < len(found):
        raise ValueError("a recipient is named twice")
    return found


async def _known(request: Request) -> KnownReport:
    """:raises Problem: 404 when nobody has asked for it, also for what can never be an id."""
    try:
        return await _context_of(request).shelf.look_up(identifier(request.path_params["report_id"]))
    except (ReportUnknown, ValueError) as error:
        raise Problem(404, "report-unknown", str(error)) from error


async def _status_of(request: Request, report_id: str) -> str | None:
    context = _context_of(request)
    async with asking_temporal(context.wait_seconds):
        try:
            found = await context.client.get_workflow_handle(workflow_id(report_id)).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return None
    return found.typed_search_attributes.get(BUSINESS_STATUS)


async def _file(request: Request, content_type: str) -> Response:
    """:raises Problem: 404 while it is not archived."""
    known = await _known(request)
    if known.archived is None:
        raise Problem(404, "report-not-made", f"{known.asked.report_id} is not made yet; ask again later")
    return Response(await _content(request, known.archived, content_type), media_type=content_type)


async def _content(request: Request, archived: Archived, content_type: str) -> bytes:
    """:raises Problem: 503 when the archive has lost it."""
    key = archived.pdf_key if content_type == PDF else archived.workbook_key
    try:
        return await _context_of(request).archive.get(key)
    except LookupError as error:
        raise Problem(503, "file-missing", f"{error}; restore it there") from error
