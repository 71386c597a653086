"""The ports: what activities need from the outside, and nothing about who provides it.

``gateways`` holds the real ones; a test binds activities to its own. Each port states what a caller may rely on when a
call is repeated, because every call of an activity may be.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.invoices.messages import CreditNote
from workflows.invoices.model import DocumentReference, Invoice, Payment, PaymentReceipt, Status
from workflows.money import Money


class InvoiceUnknown(LookupError):
    """The books hold no invoice with this id."""

    def __init__(self, invoice_id: str) -> None:
        super().__init__(f"the books hold no invoice {invoice_id!r}; upload it first")


@dataclass(frozen=True)
class Posting:
    """One line of an accounting entry; one of the two sides is zero."""

    account: str
    debit: Money
    credit: Money


@dataclass(frozen=True)
class Entry:
    """A balanced double-entry booking.

    :param reference: the invoice id.
    :param kind: ``invoice``, ``payment``, ``refund`` or ``credit-note``.
    """

    reference: str
    kind: str
    memo: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True)
class Refund:
    """A payment of a customer that goes back whole.

    :param reference: the invoice id.
    """

    reference: str
    payment_id: str
    amount: Money


@dataclass(frozen=True)
class Attachment:
    """A PDF file that goes with a mail."""

    filename: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A mail with everything that decides its bytes.

    :param message_key: what the Message-ID is made of: the same key is the same mail.
    :param reference: the invoice id, carried in the header X-Entity-Ref-ID.
    :param date: the Date header; not the time of the attempt.
    """

    recipient: str
    subject: str
    text: str
    message_key: str
    reference: str
    date: datetime
    attachment: Attachment


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


class MailGateway(Protocol):
    """Sends mail, at least once."""

    async def send(self, mail: Mail) -> str:
        """Hand the mail over and return its Message-ID."""


class Accounting(Protocol):
    """Books entries, exactly once for each key."""

    async def book(self, entry: Entry, *, idempotency_key: str) -> str:
        """Book the entry, or find it booked, and return its id."""

    async def withdraw(self, reference: str, *, idempotency_key: str) -> str | None:
        """Stop what is asked for under this key, for good, unless it is booked; return the entry's id then.

        :param reference: the invoice id.
        :returns: ``None`` when it was not booked: from now on it never will be, however late an attempt arrives.
        """


class PaymentProvider(Protocol):
    """Gives customers their money back, exactly once for each key."""

    async def refund(self, refund: Refund, *, idempotency_key: str) -> str:
        """Refund the payment, or find it refunded, and return the refund's id."""


async def _nothing_to_close() -> None:
    return None


@dataclass(frozen=True)
class Ports:
    """Everything the activities reach.

    :param render: makes the PDF of an invoice: the same invoice always gives the same bytes.
    :param render_credit_note: the same for what takes an invoice back.
    :param close: gives connections back; called once, when the process ends.
    """

    books: Books
    documents: Documents
    mail: MailGateway
    accounting: Accounting
    payments: PaymentProvider
    render: Callable[[Invoice], bytes]
    render_credit_note: Callable[[Invoice, CreditNote], bytes]
    close: Callable[[], Awaitable[None]] = _nothing_to_close
