"""Renders an invoice or its credit note as PDF.

The same content always gives the same bytes: no clock, no random ids (``invariant``).

Uses the standard PDF fonts, so letters outside Latin-1 are replaced; the mail text and the books keep them.
Not imported by the workflow: reportlab takes half a second to load.
"""

from __future__ import annotations

import io
import threading
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from workflows.invoices.messages import CreditNote
from workflows.invoices.model import Invoice

# reportlab keeps font and counter state in module globals; rendering is CPU-bound, so nothing is lost by taking turns.
_ONE_AT_A_TIME = threading.Lock()

_STYLE = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
        ("LINEABOVE", (0, -3), (-1, -3), 0.8, colors.black),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)


def render_pdf(invoice: Invoice) -> bytes:
    """Return the PDF file, its header row repeated on every page."""
    period = f"Issued {_instant(invoice.issued_at)}, due {_instant(invoice.due_at)}"
    return _render(f"Invoice {invoice.invoice_id}", invoice, period)


def render_credit_note(invoice: Invoice, note: CreditNote) -> bytes:
    """The PDF file that takes the whole invoice back."""
    lines = (f"Issued {_instant(note.issued_at)}", f"Reason: {note.reason}", "All lines of the invoice are credited.")
    return _render(f"Credit note for invoice {invoice.invoice_id}", invoice, *lines)


def _render(title: str, invoice: Invoice, *lines: str) -> bytes:
    buffer = io.BytesIO()
    with _ONE_AT_A_TIME:
        document = SimpleDocTemplate(buffer, pagesize=A4, title=title, author="Traf3li", invariant=1)
        document.build(_story(title, invoice, lines))
    return buffer.getvalue()


def _story(title: str, invoice: Invoice, lines: tuple[str, ...]) -> list[Flowable]:
    styles = getSampleStyleSheet()
    customer = invoice.customer
    head = (f"{customer.name}, {customer.email}", f"VAT number {customer.tax_number}", *lines)
    return [
        Paragraph(escape(title), styles["Title"]),
        *(Paragraph(escape(line), styles["Normal"]) for line in head),
        Spacer(1, 18),
        Table(_cells(invoice), repeatRows=1, colWidths=(200, 60, 70, 50, 80), style=_STYLE),
    ]


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _cells(invoice: Invoice) -> list[tuple[Any, ...]]:
    style = getSampleStyleSheet()["Normal"]
    return [
        ("Description", "Quantity", "Unit price", "Tax", f"Total {invoice.currency}"),
        *(
            (
                Paragraph(escape(line.description), style),
                f"{line.quantity:f}",
                f"{line.unit_price:f}",
                f"{line.tax_rate * 100:.4g} %",
                f"{line.total.amount:f}",
            )
            for line in invoice.lines
        ),
        ("Net", "", "", "", f"{invoice.net.amount:f}"),
        ("Tax", "", "", "", f"{invoice.tax.amount:f}"),
        ("Total", "", "", "", f"{invoice.total.amount:f}"),
    ]
