"""Between an invoice and its rows: one of ``invoices`` and one of ``invoice_lines`` for each line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from workflows.invoices.model import Customer, Invoice, InvoiceLine


def invoice_row(invoice: Invoice) -> dict[str, Any]:
    """The row of the invoice itself, without its content digest."""
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


def line_rows(invoice: Invoice) -> list[dict[str, Any]]:
    """The rows of its lines, in their order."""
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


def content_digest(invoice: Invoice) -> str:
    """SHA-256 of what was uploaded, to tell a repeat from a change."""
    content = {**invoice_row(invoice), "lines": line_rows(invoice)}
    text = json.dumps(content, sort_keys=True, default=datetime.isoformat)
    return hashlib.sha256(text.encode()).hexdigest()


def invoice_of(head: Row[Any], lines: Iterable[Row[Any]]) -> Invoice:
    """The invoice of these rows."""
    return Invoice(
        head.invoice_id,
        Customer(head.customer_name, head.customer_email, head.customer_tax_number),
        head.currency,
        utc(head.issued_at),
        utc(head.due_at),
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


def utc(stored: datetime) -> datetime:
    """SQLite forgets the zone; we only ever store UTC."""
    return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)
