"""Makes the picture of an invoice that the documentation shows: ``python -m scenarios.invoices.samples.picture FILE``.

The same file each time, from the PDF that a customer of that name would get.
"""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pypdfium2 import PdfDocument

from workflows.invoices.model import Customer, Invoice, InvoiceLine
from workflows.invoices.pdf import render_pdf

DOTS_PER_POINT = 1.7

SOLD = (
    ("Contract review, master services agreement", "12", "350.00", "0.15"),
    ("استشارة قانونية في نظام العمل", "3", "1250.50", "0.15"),
    ("Hearing at the Commercial Court, Riyadh (2 days)", "2", "4800.00", "0.15"),
    ("ترجمة معتمدة لعقد Nour & Co رقم 2024", "1", "460.00", "0.15"),
    ("Court fees, passed on at cost", "1", "75.25", "0"),
)


def shown_invoice() -> Invoice:
    """The invoice in the picture."""
    issued_at = datetime(2026, 1, 12, 6, 30, tzinfo=UTC)
    customer = Customer("شركة نور الرياض للتجارة", "accounts@nour.example", "300055512300003")
    lines = tuple(InvoiceLine(what, Decimal(n), Decimal(price), Decimal(rate), "SAR") for what, n, price, rate in SOLD)
    return Invoice("INV-2026-0042", customer, "SAR", issued_at, issued_at + timedelta(days=30), lines)


def main(file: Path) -> None:
    """Draw its first page, as PNG."""
    with closing(PdfDocument(render_pdf(shown_invoice()))) as document:
        document[0].render(scale=DOTS_PER_POINT).to_pil().save(file, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
