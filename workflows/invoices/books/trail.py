"""The audit trail of an invoice: each status it came to, once, with its instant and the run that wrote it.

The trail and the status that the invoice shows change in one transaction, and a status only ever follows one that it
may follow (``COMES_AFTER``), so neither a repeat nor a worker that was taken for dead and writes late adds a line.
"""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from workflows.invoices.books.booked import COMES_AFTER, StatusEntry
from workflows.invoices.books.invoice_rows import utc
from workflows.invoices.books.tables import invoices, status_trail
from workflows.invoices.model import Status
from workflows.invoices.ports import InvoiceUnknown

_TRAIL = (
    select(status_trail).where(status_trail.c.invoice_id == bindparam("invoice_id")).order_by(status_trail.c.position)
)


def enter(connection: Connection, invoice_id: str, entry: StatusEntry) -> None:
    """Move the invoice to this status, unless it has it or has left it behind.

    :raises InvoiceUnknown: when there is no such invoice.
    """
    row = invoices.c.invoice_id == invoice_id
    replaceable = or_(invoices.c.status.is_(None), invoices.c.status.in_(COMES_AFTER[entry.status]))
    # Whoever changes this row holds it until the transaction ends: positions are given out one after the other.
    changed = connection.execute(update(invoices).where(row, replaceable).values(status=entry.status.value))
    if changed.rowcount == 0:
        if connection.execute(select(invoices.c.status).where(row)).first() is None:
            raise InvoiceUnknown(invoice_id)
        return
    lines = select(func.count()).where(status_trail.c.invoice_id == invoice_id)
    connection.execute(
        insert(status_trail).values(
            invoice_id=invoice_id,
            status=entry.status.value,
            position=(connection.scalar(lines) or 0) + 1,
            at=entry.at.astimezone(UTC),
            run_id=entry.run_id,
        )
    )


def trail_of(connection: Connection, invoice_id: str) -> tuple[StatusEntry, ...]:
    """The statuses of an invoice in the order they were recorded."""
    found = connection.execute(_TRAIL, {"invoice_id": invoice_id})
    return tuple(StatusEntry(Status(row.status), utc(row.at), row.run_id) for row in found)
