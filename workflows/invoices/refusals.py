"""The refusals of the workflow's updates, as the errors that its callers tell apart by type."""

from __future__ import annotations

from datetime import datetime

from temporalio.exceptions import ApplicationError

from workflows.invoices.model import INVOICE_CLOSED, SWITCHING, Status


def closed(invoice_id: str, what: str, status: Status, *, cancelled: bool, due_at: datetime) -> ApplicationError:
    """It is too late: the invoice has ended or is about to."""
    asked = " and to be cancelled" if cancelled else ""
    message = f"invoice {invoice_id} {what}: it is {status}{asked}, due {due_at}"
    return ApplicationError(message, type=INVOICE_CLOSED, non_retryable=True)


def switching(invoice_id: str) -> ApplicationError:
    """Not this run, the next: ask again in a moment."""
    return ApplicationError(f"invoice {invoice_id} goes on in a new run", type=SWITCHING, non_retryable=True)
