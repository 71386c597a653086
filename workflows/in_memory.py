"""The outside in memory, for tests of workflows and activities: the ports with their promises and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from temporalio.exceptions import ApplicationError

from workflows.invoices.booked import COMES_AFTER, BookedInvoice, BookedPayment, StatusEntry
from workflows.invoices.model import (
    Customer,
    DocumentReference,
    Invoice,
    InvoiceLine,
    Payment,
    PaymentReceipt,
    Status,
)
from workflows.money import Money
from workflows.ports import Entry, InvoiceUnknown, Mail, PaymentDiffers, Ports, Refund


def sample_invoice(
    invoice_id: str = "INV-1", *, due_in: timedelta = timedelta(days=30), tax_number: str = "300000000000003"
) -> Invoice:
    """An invoice over 115.00 SAR (100.00 net), issued a moment ago."""
    now = datetime.now(UTC)
    return Invoice(
        invoice_id,
        Customer("Nour Trading", "billing@nour.example", tax_number),
        "SAR",
        issued_at=now - timedelta(seconds=1),
        due_at=now + due_in,
        lines=(InvoiceLine("Consulting", Decimal(2), Decimal(50), Decimal("0.15"), "SAR"),),
    )


async def _go_on(operation: str) -> None:
    return None


@dataclass
class Outside:
    """What the world and the books have seen.

    :param before: awaited before each call with its name (``load``, ``mail``, ``book/invoice``, ``book/payment``,
        ``payment``, ``withdraw``, ``refund``, ``status``); a test makes it raise or wait.
    :param after: the same once a mail was sent or an entry booked: by raising it loses the answer.
    :param acts: the effects in their order: the key of a booking or a refund, the message key of a mail.
    """

    invoices: dict[str, BookedInvoice] = field(default_factory=dict)
    payments: dict[tuple[str, str], BookedPayment] = field(default_factory=dict)
    returned: dict[tuple[str, str], Payment] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)
    before: Callable[[str], Awaitable[None]] = _go_on
    after: Callable[[str], Awaitable[None]] = _go_on
    withdrawn: set[str] = field(default_factory=set)

    def ports(self) -> Ports:
        """These ports; rendering gives the text of what is rendered."""
        return Ports(
            *(self, self, self, self, self),
            render=lambda invoice: repr(invoice).encode(),
            render_credit_note=lambda invoice, note: repr((invoice, note)).encode(),
        )

    def put(self, invoice: Invoice) -> Invoice:
        """Have this invoice in the books."""
        zero = Money.zero(invoice.currency)
        self.invoices[invoice.invoice_id] = BookedInvoice(invoice, (), zero, zero)
        return invoice

    def status_of(self, invoice_id: str) -> Status | None:
        """The recorded status."""
        return self.invoices[invoice_id].status

    def trail_of(self, invoice_id: str) -> tuple[Status, ...]:
        """The recorded statuses in their order."""
        return tuple(entry.status for entry in self.invoices[invoice_id].trail)

    async def add(self, invoice: Invoice) -> bool:
        """See ``InvoiceShelf``."""
        known = self.invoices.get(invoice.invoice_id)
        if known is None:
            self.put(invoice)
        return known is None or known.invoice == invoice

    async def look_up(self, invoice_id: str) -> BookedInvoice:
        """See ``InvoiceShelf``."""
        if invoice_id not in self.invoices:
            raise InvoiceUnknown(invoice_id)
        return self.invoices[invoice_id]

    async def load(self, invoice_id: str) -> Invoice:
        """See ``Books``."""
        await self.before("load")
        return (await self.look_up(invoice_id)).invoice

    async def record_status(self, invoice_id: str, status: Status, *, at: datetime, run_id: str) -> None:
        """See ``Books``."""
        await self.before("status")
        found = await self.look_up(invoice_id)
        if found.status is None or found.status in COMES_AFTER[status]:
            self.invoices[invoice_id] = replace(found, trail=(*found.trail, StatusEntry(status, at, run_id)))

    async def look_up_payment(self, invoice_id: str, payment_id: str) -> BookedPayment | None:
        """See ``InvoiceShelf``."""
        return self.payments.get((invoice_id, payment_id))

    async def record_payment(self, invoice_id: str, payment: Payment) -> PaymentReceipt:
        """See ``Books``."""
        await self.before("payment")
        found, known = await self.look_up(invoice_id), self.payments.get((invoice_id, payment.payment_id))
        if known is None:
            paid = found.paid + payment.amount
            known = BookedPayment(payment.amount, PaymentReceipt(payment.payment_id, found.invoice.total - paid))
            self.payments[invoice_id, payment.payment_id] = known
            self.invoices[invoice_id] = replace(found, paid=paid)
        if known.amount != payment.amount:
            raise PaymentDiffers(f"{payment.payment_id} was booked as {known.amount}")
        return known.receipt

    async def record_refund(self, invoice_id: str, payment: Payment) -> None:
        """See ``Books``."""
        found = await self.look_up(invoice_id)
        if self.returned.setdefault((invoice_id, payment.payment_id), payment) is payment:
            self.invoices[invoice_id] = replace(found, refunded=found.refunded + payment.amount)

    async def save(self, invoice_id: str, content: bytes) -> DocumentReference:
        """See ``Documents``."""
        digest = hashlib.sha256(content).hexdigest()
        self.contents[digest] = content
        return DocumentReference(digest, len(content))

    async def fetch(self, digest: str) -> bytes:
        """See ``Documents``."""
        return self.contents[digest]

    async def send(self, mail: Mail) -> str:
        """See ``MailGateway``."""
        await self.before("mail")
        self.mails.append(mail)
        self.acts.append(mail.message_key)
        await self.after("mail")
        return f"<{mail.message_key}@memory.example>"

    async def book(self, entry: Entry, *, idempotency_key: str) -> str:
        """See ``Accounting``."""
        await self.before(f"book/{entry.kind}")
        if idempotency_key in self.withdrawn:
            raise ApplicationError(f"{idempotency_key} was withdrawn", non_retryable=True)
        if self.entries.setdefault(idempotency_key, entry) != entry:
            raise AssertionError(f"another entry under the key {idempotency_key}")
        self.acts.append(idempotency_key)
        await self.after(f"book/{entry.kind}")
        return f"entry-{idempotency_key}"

    async def withdraw(self, reference: str, *, idempotency_key: str) -> str | None:
        """See ``Accounting``."""
        await self.before("withdraw")
        if idempotency_key in self.entries:
            return f"entry-{idempotency_key}"
        self.withdrawn.add(idempotency_key)
        return None

    async def refund(self, refund: Refund, *, idempotency_key: str) -> str:
        """See ``PaymentProvider``."""
        await self.before("refund")
        if self.refunds.setdefault(idempotency_key, refund) != refund:
            raise AssertionError(f"another refund under the key {idempotency_key}")
        self.acts.append(idempotency_key)
        return f"refund-{idempotency_key}"


@dataclass
class Gate:
    """For ``Outside.before``: one operation waits until the gate is opened."""

    operation: str
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, operation: str) -> None:
        """Wait when it is this operation."""
        if operation == self.operation:
            self.reached.set()
            await self.opened.wait()


@dataclass
class Failing:
    """For ``Outside.before``: one operation fails until it is mended."""

    operation: str
    error: Exception
    mended: bool = False
    calls: int = 0

    async def __call__(self, operation: str) -> None:
        """Fail when it is this operation."""
        if operation == self.operation and not self.mended:
            self.calls += 1
            raise self.error
