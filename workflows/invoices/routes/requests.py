"""What every endpoint of invoices needs: its collaborators, and the invoice that it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from temporalio.client import Client

from workflows.invoices.books.booked import BookedInvoice, BookedPayment
from workflows.invoices.model import GRACE_SECONDS, Invoice
from workflows.invoices.ports import InvoiceUnknown
from workflows.kit.fields import identifier
from workflows.kit.problems import Problem
from workflows.kit.settings import Secret


class InvoiceShelf(Protocol):
    """What the API needs of the books."""

    async def add(self, invoice: Invoice) -> bool:
        """Add an invoice; ``False`` when another content is known under its id."""

    async def look_up(self, invoice_id: str) -> BookedInvoice:
        """Return the invoice and what has become of it. :raises InvoiceUnknown: when there is none."""

    async def look_up_payment(self, invoice_id: str, payment_id: str) -> BookedPayment | None:
        """Return the payment if it was booked."""


@dataclass(frozen=True)
class ApiContext:
    """The collaborators of the API.

    :param client: one for the process; a lazy one lets the API start while Temporal is away.
    :param webhook_tolerance_seconds: how far the signed time of a webhook may be off.
    :param reminder_seconds: when customers are reminded, counted from the due instant.
    :param grace_seconds: how long after the last reminder past the due instant payments are still taken.
    :param wait_seconds: how long a request waits for Temporal, a webhook also for its payment to be booked, before the
        answer is 503; below the 10 s after which the payment provider gives up on a call.
    """

    client: Client
    books: InvoiceShelf
    task_queue: str
    webhook_secret: Secret
    webhook_tolerance_seconds: int = 300
    reminder_seconds: tuple[int, ...] = ()
    grace_seconds: int = GRACE_SECONDS
    wait_seconds: float = 8.0


def context_of(request: Request) -> ApiContext:
    """The collaborators, from the application's state."""
    context: ApiContext = request.app.state.invoices
    return context


async def booked(request: Request, invoice_id: str) -> BookedInvoice:
    """The invoice of this id. :raises Problem: 404 when there is none, also for what can never be an id."""
    try:
        identifier(invoice_id)
    except ValueError as error:
        # Not every text can be asked of every database: Postgres knows no NUL, and no encoding a lone surrogate.
        raise Problem(404, "invoice-unknown", f"there is no such invoice: {error}") from error
    try:
        return await context_of(request).books.look_up(invoice_id)
    except InvoiceUnknown as error:
        raise Problem(404, "invoice-unknown", str(error)) from error
