"""The books in SQL: invoices, their status and their documents.

Promise: *exactly once*. Adding the same invoice, storing the same document and recording the same status again change
nothing, also from several processes at once; a status never moves backwards, so a worker that was taken for dead and
writes late does no harm. Every call blocks in a thread of its own, never in the event loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Row, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from workflows.gateways.schema import documents, invoice_lines, invoices, read_only
from workflows.invoices.model import CLOSED, Customer, DocumentReference, Invoice, InvoiceLine, Status
from workflows.ports import InvoiceUnknown

_COMES_AFTER: dict[Status, tuple[Status, ...]] = {
    Status.INVALID: (),
    Status.SENT: (),
    Status.PAID: (Status.SENT,),
    Status.OVERDUE: (Status.SENT,),
    Status.CANCELLED: (Status.SENT,),
}
"""Status to record -> the statuses it may replace, besides none at all."""


@dataclass(frozen=True)
class BookedInvoice:
    """An invoice with its recorded status: ``None`` before it was sent or found invalid."""

    invoice: Invoice
    status: Status | None

    @property
    def closed(self) -> bool:
        """Whether the status is final."""
        return self.status in CLOSED


@dataclass(frozen=True)
class SqlBooks:
    """Invoices and their status.

    :param engine: from :func:`workflows.gateways.schema.open_books`.
    """

    engine: Engine

    async def add(self, invoice: Invoice) -> bool:
        """Add an invoice; ``False`` when another content is known under its id, which then stays."""
        return await asyncio.to_thread(self._add, invoice)

    async def load(self, invoice_id: str) -> Invoice:
        """Return the invoice. :raises InvoiceUnknown: when there is none."""
        return (await self.look_up(invoice_id)).invoice

    async def look_up(self, invoice_id: str) -> BookedInvoice:
        """Return the invoice and its status. :raises InvoiceUnknown: when there is none."""
        return await asyncio.to_thread(self._look_up, invoice_id)

    async def record_status(self, invoice_id: str, status: Status) -> None:
        """Move the invoice to ``sent`` or a final status, unless it has left that behind.

        :raises InvoiceUnknown: when there is no such invoice.
        """
        await asyncio.to_thread(self._record_status, invoice_id, status)

    def _add(self, invoice: Invoice) -> bool:
        content = _content_digest(invoice)
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(invoices).values(**_invoice_row(invoice), content=content))
                connection.execute(insert(invoice_lines), _line_rows(invoice))
        except IntegrityError:
            with read_only(self.engine).begin() as connection:
                known = connection.scalar(select(invoices.c.content).where(invoices.c.invoice_id == invoice.invoice_id))
            return bool(known == content)
        return True

    def _look_up(self, invoice_id: str) -> BookedInvoice:
        with read_only(self.engine).begin() as connection:
            head = connection.execute(select(invoices).where(invoices.c.invoice_id == invoice_id)).one_or_none()
            lines = connection.execute(
                select(invoice_lines).where(invoice_lines.c.invoice_id == invoice_id).order_by(invoice_lines.c.position)
            ).all()
        if head is None:
            raise InvoiceUnknown(invoice_id)
        return BookedInvoice(_invoice(head, lines), Status(head.status) if head.status else None)

    def _record_status(self, invoice_id: str, status: Status) -> None:
        row = invoices.c.invoice_id == invoice_id
        replaceable = or_(invoices.c.status.is_(None), invoices.c.status.in_(_COMES_AFTER[status]))
        with self.engine.begin() as connection:
            changed = connection.execute(update(invoices).where(row, replaceable).values(status=status.value))
            if changed.rowcount == 0 and connection.execute(select(invoices.c.status).where(row)).first() is None:
                raise InvoiceUnknown(invoice_id)


@dataclass(frozen=True)
class SqlDocuments:
    """Documents under their SHA-256 digest."""

    engine: Engine

    async def save(self, invoice_id: str, content: bytes) -> DocumentReference:
        """Store the bytes; the same bytes again change nothing."""
        digest = hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(self._save, digest, invoice_id, content)
        return DocumentReference(digest, len(content))

    async def fetch(self, digest: str) -> bytes:
        """Return the bytes. :raises LookupError: when there are none under this digest."""
        return await asyncio.to_thread(self._fetch, digest)

    def _save(self, digest: str, invoice_id: str, content: bytes) -> None:
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(documents).values(digest=digest, invoice_id=invoice_id, content=content))
        except IntegrityError:
            self._fetch(digest)  # the same content is there already; anything else is an error

    def _fetch(self, digest: str) -> bytes:
        with read_only(self.engine).begin() as connection:
            content: bytes | None = connection.scalar(select(documents.c.content).where(documents.c.digest == digest))
        if content is None:
            raise LookupError(f"no document {digest} is stored")
        return content


def _invoice_row(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice_id": invoice.invoice_id,
        "customer_name": invoice.customer.name,
        "customer_email": invoice.customer.email,
        "customer_tax_number": invoice.customer.tax_number,
        "currency": invoice.currency,
        "total_minor_units": invoice.total.minor_units,
        "issued_at": invoice.issued_at.astimezone(UTC),
        "due_at": invoice.due_at.astimezone(UTC),
    }


def _line_rows(invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {
            "invoice_id": invoice.invoice_id,
            "position": position,
            "description": line.description,
            "quantity": f"{line.quantity:f}",
            "unit_price": f"{line.unit_price:f}",
            "tax_rate": f"{line.tax_rate:f}",
        }
        for position, line in enumerate(invoice.lines, start=1)
    ]


def _content_digest(invoice: Invoice) -> str:
    content = {**_invoice_row(invoice), "lines": _line_rows(invoice)}
    text = json.dumps(content, sort_keys=True, default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()


def _invoice(head: Row[Any], lines: Any) -> Invoice:
    return Invoice(
        head.invoice_id,
        Customer(head.customer_name, head.customer_email, head.customer_tax_number),
        head.currency,
        _utc(head.issued_at),
        _utc(head.due_at),
        tuple(
            InvoiceLine(
                line.description,
                Decimal(line.quantity),
                Decimal(line.unit_price),
                Decimal(line.tax_rate),
                head.currency,
            )
            for line in lines
        ),
    )


def _utc(stored: datetime) -> datetime:
    """SQLite forgets the zone; we only ever store UTC."""
    return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)
