"""Invoices as one value for the application: see ``workflows.kit.family``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from temporalio.client import Client

from workflows.invoices.activities import InvoiceActivities
from workflows.invoices.model import CLOSED, TASK_QUEUE
from workflows.invoices.names import INVOICE_CUSTOMER, WORKFLOW_IDS_BEGIN
from workflows.invoices.ports import Ports
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.family import Family, Queue, Resources

if TYPE_CHECKING:
    from sqlalchemy import MetaData
    from starlette.routing import Route

    from workflows.invoices.routes.requests import ApiContext


def real_ports(resources: Resources) -> Ports:
    """The gateways, bound to the settings, and the books."""
    # Heavy imports stay out of processes that only want to look at the family.
    from workflows.gateways.accounting import HttpAccounting
    from workflows.gateways.payments import HttpPayments
    from workflows.invoices.books.books import SqlBooks
    from workflows.invoices.books.documents import SqlDocuments
    from workflows.invoices.pdf import render_credit_note, render_pdf

    settings = resources.settings

    return Ports(
        books=SqlBooks(resources.books),
        documents=SqlDocuments(resources.books),
        mail=resources.mail(),
        accounting=HttpAccounting(resources.http(settings.accounting_url)),
        payments=HttpPayments(resources.http(settings.payments_url)),
        render=render_pdf,
        render_credit_note=render_credit_note,
    )


def bound_activities(ports: Ports) -> Sequence[Callable[..., Any]]:
    """The activities, bound to these ports."""
    invoices = InvoiceActivities(ports)
    return (
        invoices.validate_invoice,
        invoices.render_invoice,
        invoices.send_invoice_email,
        invoices.send_reminder_email,
        invoices.book_invoice,
        invoices.book_payment,
        invoices.withdraw_invoice,
        invoices.withdraw_payment,
        invoices.refund_payment,
        invoices.book_refund,
        invoices.book_credit_note,
        invoices.render_credit_note,
        invoices.send_credit_note_email,
        invoices.record_status,
    )


def api(resources: Resources, client: Client) -> ApiContext:
    """What the routes need."""
    from workflows.invoices.books.books import SqlBooks
    from workflows.invoices.routes.requests import ApiContext

    settings = resources.settings
    return ApiContext(
        client=client,
        books=SqlBooks(resources.books),
        task_queue=settings.queue_for(TASK_QUEUE),
        webhook_secret=settings.webhook_secret,
        webhook_tolerance_seconds=settings.webhook_tolerance_seconds,
        reminder_seconds=settings.reminder_seconds,
        grace_seconds=settings.grace_seconds,
    )


def routes() -> Sequence[Route]:
    """The endpoints."""
    from starlette.routing import Route

    from workflows.invoices.routes.cancelling import cancel
    from workflows.invoices.routes.invoices import process, show, upload
    from workflows.invoices.routes.payments import payment_webhook

    return [
        Route("/invoices", upload, methods=["POST"]),
        Route("/invoices/{invoice_id}", show, methods=["GET"]),
        Route("/invoices/{invoice_id}/process", process, methods=["POST"]),
        Route("/invoices/{invoice_id}/cancel", cancel, methods=["POST"]),
        Route("/webhooks/payments", payment_webhook, methods=["POST"]),
    ]


def tables() -> Sequence[MetaData]:
    """What the books hold of invoices."""
    from workflows.invoices.books.tables import metadata

    return (metadata,)


FAMILY = Family(
    name="invoices",
    queues={
        TASK_QUEUE: Queue(
            workflows=(InvoiceProcessing,),
            activities=(
                *("validate_invoice", "render_invoice", "send_invoice_email", "send_reminder_email"),
                *("book_invoice", "book_payment", "withdraw_invoice", "withdraw_payment"),
                *("refund_payment", "book_refund", "book_credit_note"),
                *("render_credit_note", "send_credit_note_email", "record_status"),
            ),
        )
    },
    ports=real_ports,
    activities=bound_activities,
    workflow_ids_begin=WORKFLOW_IDS_BEGIN,
    final_states={"InvoiceProcessing": frozenset(status.value for status in CLOSED)},
    search_attributes={INVOICE_CUSTOMER.name: "Keyword"},
    api=api,
    routes=routes,
    tables=tables,
)
