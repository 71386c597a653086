"""The books in SQL: invoices, the trail of their statuses, their payments and refunds.

Promise: *exactly once*. Adding the same invoice and recording the same status, payment or refund again change nothing,
also from several processes at once; a status never moves backwards, so a worker that was taken for dead and writes late
does no harm. Every call blocks in a thread of its own, never in the event loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from workflows.books.schema import read_only
from workflows.books.taken import key_is_taken
from workflows.invoices.books.booked import BookedInvoice, BookedPayment, StatusEntry
from workflows.invoices.books.invoice_rows import content_digest, invoice_of, invoice_row, line_rows
from workflows.invoices.books.payment_rows import payment_of, sum_of, write_payment, write_refund
from workflows.invoices.books.tables import invoice_lines, invoices, payments, refunds
from workflows.invoices.books.trail import enter, trail_of
from workflows.invoices.model import Invoice, Payment, PaymentReceipt, Status
from workflows.invoices.ports import InvoiceUnknown

# Statements are made once: making one takes longer than SQLite takes to answer it.
_HEAD = select(invoices).where(invoices.c.invoice_id == bindparam("invoice_id"))
_LINES = (
    select(invoice_lines)
    .where(invoice_lines.c.invoice_id == bindparam("invoice_id"))
    .order_by(invoice_lines.c.position)
)


@dataclass(frozen=True)
class SqlBooks:
    """Invoices and what has become of them.

    :param engine: from :func:`workflows.books.schema.open_books`.
    """

    engine: Engine

    async def add(self, invoice: Invoice) -> bool:
        """Add an invoice; ``False`` when another content is known under its id, which then stays."""
        return await asyncio.to_thread(self._add, invoice)

    async def load(self, invoice_id: str) -> Invoice:
        """Return the invoice. :raises InvoiceUnknown: when there is none."""
        return await asyncio.to_thread(self._load, invoice_id)

    async def look_up(self, invoice_id: str) -> BookedInvoice:
        """Return the invoice and what has become of it. :raises InvoiceUnknown: when there is none."""
        return await asyncio.to_thread(self._look_up, invoice_id)

    async def look_up_payment(self, invoice_id: str, payment_id: str) -> BookedPayment | None:
        """Return the payment if it was booked."""
        return await asyncio.to_thread(self._look_up_payment, invoice_id, payment_id)

    async def record_status(self, invoice_id: str, status: Status, *, at: datetime, run_id: str) -> None:
        """Move the invoice to this status, unless it has it or has left it behind, and add that to its trail.

        :raises InvoiceUnknown: when there is no such invoice.
        """
        await asyncio.to_thread(self._record_status, invoice_id, StatusEntry(status, at, run_id))

    async def record_payment(self, invoice_id: str, payment: Payment) -> PaymentReceipt:
        """Write down a payment that was booked, or find it written down; returns its receipt, always the first.

        :raises InvoiceUnknown: when there is no such invoice.
        :raises PaymentDiffers: when the payment id is known with another amount.
        """
        return await asyncio.to_thread(self._record_payment, invoice_id, payment)

    async def record_refund(self, invoice_id: str, payment: Payment) -> None:
        """Write down that a recorded payment went back, or find it written down."""
        await asyncio.to_thread(self._record_refund, invoice_id, payment)

    def _add(self, invoice: Invoice) -> bool:
        content = content_digest(invoice)
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(invoices).values(**invoice_row(invoice), content=content))
                connection.execute(insert(invoice_lines), line_rows(invoice))
        except IntegrityError as error:
            if not key_is_taken(invoices, error):
                raise
            with read_only(self.engine).begin() as connection:
                known = connection.scalar(select(invoices.c.content).where(invoices.c.invoice_id == invoice.invoice_id))
            return bool(known == content)
        return True

    def _load(self, invoice_id: str) -> Invoice:
        with read_only(self.engine).begin() as connection:
            return _invoice(connection, invoice_id)

    def _look_up(self, invoice_id: str) -> BookedInvoice:
        with read_only(self.engine).begin() as connection:
            invoice = _invoice(connection, invoice_id)
            paid = sum_of(payments, connection, invoice_id, invoice.currency)
            refunded = sum_of(refunds, connection, invoice_id, invoice.currency)
            return BookedInvoice(invoice, trail_of(connection, invoice_id), paid, refunded)

    def _look_up_payment(self, invoice_id: str, payment_id: str) -> BookedPayment | None:
        with read_only(self.engine).begin() as connection:
            return payment_of(connection, invoice_id, payment_id)

    def _record_status(self, invoice_id: str, entry: StatusEntry) -> None:
        with self.engine.begin() as connection:
            enter(connection, invoice_id, entry)

    def _record_payment(self, invoice_id: str, payment: Payment) -> PaymentReceipt:
        with self.engine.begin() as connection:
            return write_payment(connection, invoice_id, payment)

    def _record_refund(self, invoice_id: str, payment: Payment) -> None:
        with self.engine.begin() as connection:
            write_refund(connection, invoice_id, payment)


def _invoice(connection: Connection, invoice_id: str) -> Invoice:
    wanted = {"invoice_id": invoice_id}
    head = connection.execute(_HEAD, wanted).one_or_none()
    if head is None:
        raise InvoiceUnknown(invoice_id)
    return invoice_of(head, connection.execute(_LINES, wanted))
