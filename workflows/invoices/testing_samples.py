"""An invoice for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from workflows.invoices.model import Customer, Invoice, InvoiceLine


def sample_invoice(
    invoice_id: str = "INV-1", *, due_in: timedelta = timedelta(days=30), tax_number: str = "300000000000003"
) -> Invoice:
    """An invoice for 115.00 SAR (100.00 net), issued a moment ago."""
    now = datetime.now(UTC)
    return Invoice(
        invoice_id,
        Customer("Nour Trading", "billing@nour.example", tax_number),
        "SAR",
        issued_at=now - timedelta(seconds=1),
        due_at=now + due_in,
        lines=(InvoiceLine("Consulting", Decimal(2), Decimal(50), Decimal("0.15"), "SAR"),),
    )
