"""The webhook of the payment provider: each payment becomes one update of the invoice's workflow.

The provider repeats a call until it gets 2xx or a final 4xx, so the answer must be right: 200 only when the payment is
booked and counted, 4xx only when it never will be, 503 whenever we do not know. The update id is made of payment id,
amount and currency (``names``): a repeat meets the first call wherever that is, running or done, and the same payment
id with another amount is another call, which the workflow refuses. Once the workflow has ended the books answer.

=============================================================  =======================================================
a payment that comes                                           the answer, and what becomes of the money
=============================================================  =======================================================
for an invoice that is open, before its closing instant        200: booked and counted
once more, or twice at once, whenever                          200: the first one's receipt; it counts once
under a known payment id with another amount or currency       422: the provider returns it; the first amount stands
after the invoice was paid, fell overdue or was found invalid  409: the provider returns it
after cancelling was accepted                                  409: the provider returns it
before that, while cancelling waits for it                     200: booked, and refunded by the cancellation
for an invoice nobody knows                                    404: the provider returns it
for an invoice that is not processed yet                       503: the provider asks again
while the workflow goes on in a new run                        asked again from here; the new run counts it
while ten calls are under way in the workflow                  asked again from here, the server takes no more at once
after its workflow was terminated or failed                    503: nobody knows; the provider asks again
of another currency, or of more than is open                   422: the provider returns it
=============================================================  =======================================================
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from workflows.invoices.books.booked import BookedInvoice
from workflows.invoices.model import (
    INVOICE_CLOSED,
    PAYMENT_REFUSED,
    SWITCHING,
    InvoiceResult,
    Payment,
    PaymentReceipt,
)
from workflows.invoices.names import payment_update_id, workflow_id
from workflows.invoices.routes.requests import ApiContext, booked, context_of
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.money import Money
from workflows.kit.problems import Problem, not_now
from workflows.kit.requests import asking_temporal, bounded_body
from workflows.kit.signature import SignatureRefused, verify

LARGEST_BODY_BYTES = 16 * 1024
AGAIN_AFTER_SECONDS = 0.1

_PAYMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


async def payment_webhook(request: Request) -> JSONResponse:
    """``POST /webhooks/payments``: count a payment; answers when it is booked."""
    body = await bounded_body(request, most_bytes=LARGEST_BODY_BYTES)
    context = context_of(request)
    _verify(context, body, request.headers.get("payment-signature"))
    invoice_id, payment = _parse(body)
    invoice = await booked(request, invoice_id)
    receipt = await _record(context, invoice, payment)
    outstanding = receipt.outstanding
    return JSONResponse(
        {
            "payment_id": receipt.payment_id,
            "outstanding": f"{outstanding.amount:f}",
            "currency": outstanding.currency,
        }
    )


def _verify(context: ApiContext, body: bytes, header: str | None) -> None:
    tolerance = context.webhook_tolerance_seconds
    try:
        verify(context.webhook_secret.value, body, header, now_seconds=time.time(), tolerance_seconds=tolerance)
    except SignatureRefused as error:
        raise Problem(401, "signature-refused", str(error)) from error


def _parse(body: bytes) -> tuple[str, Payment]:
    """Read the signed body. Amounts are text: a JSON number would have been a float on its way."""
    try:
        fields: Any = json.loads(body)
        payment_id, invoice_id, amount, currency = (
            fields[name] for name in ("payment_id", "invoice_id", "amount", "currency")
        )
        if not all(isinstance(value, str) for value in (payment_id, invoice_id, amount, currency)):
            raise ValueError("payment_id, invoice_id, amount and currency are text")
        if not _PAYMENT_ID.fullmatch(payment_id):
            raise ValueError("payment_id is 1 to 100 letters, digits, dots, underscores or hyphens")
        return invoice_id, Payment(payment_id, Money.parse(amount, currency))
    except KeyError as error:
        raise Problem(422, "payment-refused", f"the payment has no {error}") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise Problem(422, "payment-refused", f"the payment cannot be read: {error}") from error


async def _record(context: ApiContext, invoice: BookedInvoice, payment: Payment) -> PaymentReceipt:
    known_as = workflow_id(invoice.invoice.invoice_id)
    handle: WorkflowHandle[InvoiceProcessing, InvoiceResult] = context.client.get_workflow_handle(
        known_as, result_type=InvoiceResult
    )
    async with asking_temporal(context.wait_seconds):
        while True:
            try:
                return await handle.execute_update(
                    InvoiceProcessing.record_payment, payment, id=payment_update_id(payment)
                )
            except WorkflowUpdateFailedError as error:
                _refuse_unless_switching(error)
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    receipt = await _receipt_of_the_past(context, handle, invoice, payment)
                    if receipt is not None:
                        return receipt
                elif error.status is not RPCStatusCode.RESOURCE_EXHAUSTED:
                    raise
            # The run is ending, or has as many calls under way as the server lets it have: a moment later it is right.
            await asyncio.sleep(AGAIN_AFTER_SECONDS)


def _refuse_unless_switching(error: WorkflowUpdateFailedError) -> None:
    kind = error.cause.type if isinstance(error.cause, ApplicationError) else None
    if kind == SWITCHING:
        return
    if kind == INVOICE_CLOSED:
        raise Problem(409, "invoice-closed", str(error.cause)) from error
    if kind == PAYMENT_REFUSED:
        raise Problem(422, "payment-refused", str(error.cause)) from error
    # Not a verdict on the payment, for example a workflow that was terminated in the middle of it.
    raise not_now(f"the payment could not be recorded: {error.cause}") from error


async def _receipt_of_the_past(
    context: ApiContext,
    handle: WorkflowHandle[InvoiceProcessing, InvoiceResult],
    invoice: BookedInvoice,
    payment: Payment,
) -> PaymentReceipt | None:
    """No run took the payment: the workflow has ended, and may have booked it, or has not been started.

    :returns: ``None`` when another run is there by now.
    """
    invoice_id = invoice.invoice.invoice_id
    status = await _how_it_ended(handle)
    if status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW):
        return None
    # Asked only now: what the workflow booked while it ran stands in the books.
    known = await context.books.look_up_payment(invoice_id, payment.payment_id)
    if known is not None:
        if known.amount != payment.amount:
            message = f"payment {payment.payment_id} was {known.amount} before and is {payment.amount} now"
            raise Problem(422, "payment-refused", message)
        return known.receipt
    if status is None and not invoice.closed:
        raise not_now(f"invoice {invoice_id} is not being processed yet")
    if status not in (None, WorkflowExecutionStatus.COMPLETED):
        # Terminated, failed or timed out, perhaps while this payment was being booked: a person must look.
        raise not_now(f"the workflow of invoice {invoice_id} is {status.name}; nobody knows whether the payment counts")
    raise Problem(409, "invoice-closed", f"invoice {invoice_id} takes no payment any more")


async def _how_it_ended(handle: WorkflowHandle[InvoiceProcessing, InvoiceResult]) -> WorkflowExecutionStatus | None:
    """The status of the last run; ``None`` when there is none, or the server has forgotten it."""
    try:
        return (await handle.describe()).status
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return None
