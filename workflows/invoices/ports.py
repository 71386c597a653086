"""The ports: what activities need from the outside, and nothing about who provides it.

``gateways`` holds the real ones; a test binds activities to its own. Each port states what a caller may rely on when a
call is repeated, because every call of an activity may be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.gateways.ports import Accounting, MailGateway, PaymentProvider
from workflows.invoices.messages import CreditNote
from workflows.invoices.model import DocumentReference, Invoice, Payment, PaymentReceipt, Status


class InvoiceUnknown(LookupError):
    """The books hold no invoice with this id."""

    def __init__(self, invoice_id: str) -> None:
        super().__init__(f"the books hold no invoice {invoice_id!r}; upload it first")


class PaymentDiffers(ValueError):
    """The books hold this payment id with another amount; the first one stands."""


class Books(Protocol):
    """Our own record of invoices. Every call may be repeated: what is recorded already stays as it is."""

    async def load(self, invoice_id: str) -> Invoice:
        """Return the invoice. :raises InvoiceUnknown: when there is none."""

    async def record_status(self, invoice_id: str, status: Status, *, at: datetime, run_id: str) -> None:
        """Move the invoice forward to this status and write it into its trail, both or neither.

        A status that the invoice has or has left behind changes nothing.

        :param at: since when it stands so.
        :param run_id: of the workflow that says so.
        :raises InvoiceUnknown: when there is no such invoice.
        """

    async def record_payment(self, invoice_id: str, payment: Payment) -> PaymentReceipt:
        """Write down a payment that was booked; returns its receipt, a repeat the first one.

        :raises InvoiceUnknown: when there is no such invoice.
        :raises PaymentDiffers: when the payment id is known with another amount.
        """

    async def record_refund(self, invoice_id: str, payment: Payment) -> None:
        """Write down that a recorded payment went back."""


class Documents(Protocol):
    """Content-addressed storage: storing the same bytes again changes nothing."""

    async def save(self, invoice_id: str, content: bytes) -> DocumentReference:
        """Store the bytes under their SHA-256 digest."""

    async def fetch(self, digest: str) -> bytes:
        """Return the bytes. :raises LookupError: when there are none under this digest."""


@dataclass(frozen=True)
class Ports:
    """Everything the activities reach.

    :param render: makes the PDF of an invoice: the same invoice always gives the same bytes.
    :param render_credit_note: the same for what takes an invoice back.
    """

    books: Books
    documents: Documents
    mail: MailGateway
    accounting: Accounting
    payments: PaymentProvider
    render: Callable[[Invoice], bytes]
    render_credit_note: Callable[[Invoice, CreditNote], bytes]
