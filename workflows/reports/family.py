"""Reports as one value for the application: see ``workflows.kit.family``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from temporalio.client import Client

from workflows.kit.family import Family, Queue, Resources
from workflows.reports.activities import ReportActivities
from workflows.reports.model import TASK_QUEUE, WORKFLOW_IDS_BEGIN, Status
from workflows.reports.ports import Contents, Ports
from workflows.reports.workflow import ReportProduction

if TYPE_CHECKING:
    from sqlalchemy import MetaData
    from starlette.routing import Route

    from workflows.reports.routes import Context


def real_ports(resources: Resources) -> Ports:
    """The gateways, bound to the settings, and the books."""
    # Heavy imports stay out of processes that only want to look at the family.
    from workflows.gateways.listings import HttpSettlements, HttpStatements
    from workflows.reports.contents.pdf import render_report
    from workflows.reports.contents.workbook import workbook_of
    from workflows.reports.store.own_invoices import SqlOwnInvoices
    from workflows.reports.store.shelf import SqlShelf

    settings = resources.settings
    return Ports(
        shelf=SqlShelf(resources.books),
        invoices=SqlOwnInvoices(resources.books),
        statements=HttpStatements(resources.http(settings.accounting_url)),
        settlements=HttpSettlements(resources.http(settings.payments_url)),
        archive=resources.archive(),
        mail=resources.mail(),
        contents=Contents(render_report, workbook_of),
    )


def bound_activities(ports: Ports) -> Sequence[Callable[..., Any]]:
    """The activities, bound to these ports."""
    reports = ReportActivities(ports)
    return (
        reports.read_invoices,
        reports.read_accounting,
        reports.read_provider,
        reports.archive_report,
        reports.send_report_email,
    )


def api(resources: Resources, client: Client) -> Context:
    """What the routes need."""
    from workflows.reports.routes import Context
    from workflows.reports.store.shelf import SqlShelf

    queue = resources.settings.queue_for(TASK_QUEUE)
    return Context(client, SqlShelf(resources.books), resources.archive(), queue)


def routes() -> Sequence[Route]:
    """The endpoints."""
    from starlette.routing import Route

    from workflows.reports.routes import ask, fetch_pdf, fetch_workbook, show

    return [
        Route("/reports", ask, methods=["POST"]),
        Route("/reports/{report_id}", show, methods=["GET"]),
        Route("/reports/{report_id}/pdf", fetch_pdf, methods=["GET"]),
        Route("/reports/{report_id}/workbook", fetch_workbook, methods=["GET"]),
    ]


def tables() -> Sequence[MetaData]:
    """What the books hold of reports, and the archive."""
    from workflows.books.archive import metadata as archive
    from workflows.reports.store.tables import metadata

    return (metadata, archive)


FAMILY = Family(
    name="reports",
    queues={
        TASK_QUEUE: Queue(
            workflows=(ReportProduction,),
            activities=("read_invoices", "read_accounting", "read_provider", "archive_report", "send_report_email"),
        )
    },
    ports=real_ports,
    activities=bound_activities,
    workflow_ids_begin=WORKFLOW_IDS_BEGIN,
    final_states={"ReportProduction": frozenset({Status.SENT.value})},
    api=api,
    routes=routes,
    tables=tables,
)
