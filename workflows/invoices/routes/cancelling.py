"""Cancelling an invoice: ``POST /invoices/{id}/cancel`` with ``{"reason": "..."}``.

======================================  ======================================================================
the invoice                             the answer
======================================  ======================================================================
is unknown                              404 ``invoice-unknown``
was never processed                     200 ``cancelled``: its workflow begins with being cancelled, nothing is sent
is being validated, sent or paid        200 ``cancelled`` once all is undone; 202 when that takes longer than a request
                                        may: it goes on by itself, and asking again tells how far it is
is cancelled already                    200, the first reason stands
is paid, overdue or invalid             409 ``invoice-closed``
(Temporal or the workers are away)      503 ``not-now``: ask again
======================================  ======================================================================

Asking again is always harmless: the update has one id for ever, and the workflow cancels once. Paid means that the last
payment is booked; a cancellation that was accepted before gives the money back instead.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
    WorkflowUpdateStage,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from workflows.invoices.books.booked import BookedInvoice
from workflows.invoices.model import (
    CLOSED,
    INVOICE_CLOSED,
    InvoiceResult,
    InvoiceState,
    Status,
)
from workflows.invoices.names import CANCEL_UPDATE_ID, workflow_id
from workflows.invoices.routes.requests import ApiContext, booked, context_of
from workflows.invoices.routes.starting import with_start
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.problems import Problem, not_now
from workflows.kit.requests import asking_temporal, bounded_body

LARGEST_BODY_BYTES = 16 * 1024
LONGEST_REASON = 500
AGAIN_AFTER_SECONDS = 0.1

Asked = WorkflowUpdateHandle[InvoiceState]


async def cancel(request: Request) -> JSONResponse:
    """``POST /invoices/{id}/cancel``; see the module for its answers."""
    reason = _reason(await bounded_body(request, most_bytes=LARGEST_BODY_BYTES))
    invoice = await booked(request, request.path_params["invoice_id"])
    status = await _cancel(context_of(request), invoice, reason)
    if status not in (Status.CANCELLED, Status.CANCELLING):
        raise Problem(
            409, "invoice-closed", f"invoice {invoice.invoice.invoice_id} is {status}; it cannot be cancelled"
        )
    body = {"invoice_id": invoice.invoice.invoice_id, "status": status.value}
    return JSONResponse(body, 200 if status is Status.CANCELLED else 202)


def _reason(body: bytes) -> str:
    try:
        reason: Any = json.loads(body)["reason"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Problem(422, "reason-missing", 'send {"reason": "..."}: it stands on the credit note') from error
    if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON:
        raise Problem(422, "reason-missing", f"reason must be a text of 1 to {LONGEST_REASON} characters")
    if not reason.isascii() and any("\ud800" <= character <= "\udfff" for character in reason):
        raise Problem(
            422, "reason-missing", "reason holds half a character (a lone surrogate), which nothing can print"
        )
    return reason.strip()


async def _cancel(context: ApiContext, invoice: BookedInvoice, reason: str) -> Status:
    """The final status it has come to, or ``cancelling`` when it was accepted and takes longer than a request may."""
    accepted = False
    try:
        async with asking_temporal(context.wait_seconds):
            while True:
                asked = await _ask(context, invoice, reason)
                if isinstance(asked, Status):
                    return asked
                if asked is not None:
                    before, accepted = accepted, True
                    state = await _answer(asked)
                    # One that is told to ask again was not accepted, though it was answered.
                    accepted = before or state is not None
                    if state is not None and state.status in CLOSED:
                        return state.status
                # The workflow is just going on in a new run, or has as many calls under way as it may have.
                await asyncio.sleep(AGAIN_AFTER_SECONDS)
    except Problem as problem:
        if accepted and problem.status == 503:
            return Status.CANCELLING
        raise


async def _ask(context: ApiContext, invoice: BookedInvoice, reason: str) -> Asked | Status | None:
    """Have the workflow accept or refuse the cancellation; the final status when it has ended already.

    :returns: ``None`` to ask again in a moment.
    """
    accepted = WorkflowUpdateStage.ACCEPTED
    known_as = workflow_id(invoice.invoice.invoice_id)
    handle: WorkflowHandle[InvoiceProcessing, InvoiceResult] = context.client.get_workflow_handle(
        known_as, result_type=InvoiceResult
    )
    try:
        return await handle.start_update(InvoiceProcessing.cancel, reason, wait_for_stage=accepted, id=CANCEL_UPDATE_ID)
    except RPCError as error:
        if error.status is RPCStatusCode.RESOURCE_EXHAUSTED:
            return None
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    ended = await _end(handle, invoice)
    if ended is not None:
        return ended
    try:
        return await context.client.start_update_with_start_workflow(
            InvoiceProcessing.cancel,
            reason,
            wait_for_stage=accepted,
            id=CANCEL_UPDATE_ID,
            start_workflow_operation=with_start(context, invoice.invoice),
        )
    except WorkflowAlreadyStartedError as error:
        raise not_now(f"the workflow of invoice {invoice.invoice.invoice_id} has just ended; ask again") from error


async def _end(handle: WorkflowHandle[InvoiceProcessing, InvoiceResult], invoice: BookedInvoice) -> Status | None:
    """The final status of an invoice whose workflow took no update; ``None`` when one is to be started or found."""
    try:
        status = (await handle.describe()).status
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return invoice.status if invoice.closed else None
    if status is WorkflowExecutionStatus.COMPLETED:
        return (await handle.result()).status
    if status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW):
        return None
    raise not_now(f"the workflow of invoice {invoice.invoice.invoice_id} is {status and status.name}")


async def _answer(asked: Asked) -> InvoiceState | None:
    """What the workflow says; ``None`` when no run has taken it, and it is to be asked for again."""
    try:
        return await asked.result()
    except WorkflowUpdateFailedError as error:
        if isinstance(error.cause, ApplicationError):
            if error.cause.type == INVOICE_CLOSED:
                raise Problem(409, "invoice-closed", str(error.cause)) from error
            # A run that is going on in a new one, or a worker of another version, to which the update means nothing.
            return None
        # Not a verdict on the cancellation, for example a workflow that was terminated in the middle of it.
        raise not_now(f"the invoice could not be cancelled: {error.cause}") from error
