"""Starting the workflow of an invoice: one chain of runs for each invoice, however often and by whomever it is asked.

**Why the workflow id is ``invoice-<id>`` and nothing more.** The guide starts ``invoice-<id>-<Date.now()>``: two clicks
are two ids, hence two workflows, two mails and two bookings with two different idempotency keys; every layer below does
its duty and the customer is billed twice. With one id for each invoice Temporal itself is the lock: while it runs, a
second start finds it (USE_EXISTING), and after it has closed a second start is refused (REJECT_DUPLICATE).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from temporalio.client import WithStartWorkflowOperation
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from workflows.invoices.model import Invoice, InvoiceRequest, InvoiceResult
from workflows.invoices.names import INVOICE_CUSTOMER, workflow_id
from workflows.invoices.routes.requests import ApiContext
from workflows.invoices.workflow import InvoiceProcessing


async def start(context: ApiContext, invoice: Invoice) -> str:
    """Start the invoice's workflow, or find it running or done.

    :returns: the id of its first run, which stays the same when it goes on in further ones.
    """
    with suppress(WorkflowAlreadyStartedError):
        await context.client.start_workflow(
            InvoiceProcessing.run, _request(context, invoice), **_options(context, invoice)
        )
    described = await context.client.get_workflow_handle(workflow_id(invoice.invoice_id)).describe()
    return described.raw_info.first_run_id or described.run_id


def with_start(context: ApiContext, invoice: Invoice) -> WithStartWorkflowOperation[InvoiceProcessing, InvoiceResult]:
    """The same as part of an update: a workflow that is not there yet begins with the update."""
    return WithStartWorkflowOperation(InvoiceProcessing.run, _request(context, invoice), **_options(context, invoice))


def invoice_request(invoice: Invoice, reminder_seconds: tuple[int, ...], grace_seconds: int) -> InvoiceRequest:
    """What the workflow of an invoice is given."""
    name, total, due_at = invoice.customer.name, invoice.total, invoice.due_at
    return InvoiceRequest(invoice.invoice_id, name, total, due_at, reminder_seconds, grace_seconds)


def start_options(invoice: Invoice, task_queue: str) -> dict[str, Any]:
    """The options with which the workflow of an invoice is started, by whomever: see the module for the id."""
    return {
        "id": workflow_id(invoice.invoice_id),
        "task_queue": task_queue,
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "search_attributes": TypedSearchAttributes([SearchAttributePair(INVOICE_CUSTOMER, invoice.customer.name)]),
    }


def _request(context: ApiContext, invoice: Invoice) -> InvoiceRequest:
    return invoice_request(invoice, context.reminder_seconds, context.grace_seconds)


def _options(context: ApiContext, invoice: Invoice) -> dict[str, Any]:
    return start_options(invoice, context.task_queue)
