"""An invoice as the API shows it: plain JSON of what the books hold."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from workflows.invoices.books.booked import BookedInvoice


def shown_of(found: BookedInvoice) -> dict[str, Any]:
    """What ``GET /invoices/{id}`` answers, as plain JSON."""
    invoice = found.invoice
    return {
        "invoice_id": invoice.invoice_id,
        "customer": asdict(invoice.customer),
        "currency": invoice.currency,
        "issued_at": invoice.issued_at.isoformat(),
        "due_at": invoice.due_at.isoformat(),
        "net": f"{invoice.net.amount:f}",
        "tax": f"{invoice.tax.amount:f}",
        "total": f"{invoice.total.amount:f}",
        "paid": f"{found.paid.amount:f}",
        "refunded": f"{found.refunded.amount:f}",
        "outstanding": f"{found.outstanding.amount:f}",
        "status": found.status,
        "trail": [
            {"status": entry.status, "at": entry.at.isoformat(), "run_id": entry.run_id} for entry in found.trail
        ],
        "lines": [
            {
                "description": line.description,
                "quantity": f"{line.quantity:f}",
                "unit_price": f"{line.unit_price:f}",
                "tax_rate": f"{line.tax_rate:f}",
                "net": f"{line.net.amount:f}",
                "tax": f"{line.tax.amount:f}",
                "total": f"{line.total.amount:f}",
            }
            for line in invoice.lines
        ],
    }
