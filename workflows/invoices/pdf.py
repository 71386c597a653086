"""Renders an invoice or its credit note as PDF, in English and Arabic, with ZATCA's QR code.

The same content always gives the same bytes (``workflows.kit.documents.typesetting``). Not imported by the workflow.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from workflows.invoices.messages import CreditNote
from workflows.invoices.model import Invoice, InvoiceLine
from workflows.kit.documents.qr import qr_code
from workflows.kit.documents.text import given
from workflows.kit.documents.typesetting import typeset
from workflows.kit.documents.zatca import zatca_code
from workflows.kit.seller import SELLER

TEMPLATE = Path(__file__).with_name("invoice.typ")

Fact = tuple[str, tuple[str, bool], str]
"""An English label, what it labels and whether that is written from the right, the label in Arabic."""

COLUMNS = (
    ("Description", "الوصف"),
    ("Quantity", "الكمية"),
    ("Unit price", "سعر الوحدة"),
    ("Net", "الصافي"),
    ("VAT rate", "نسبة الضريبة"),
    ("VAT", "الضريبة"),
    ("Total", "الإجمالي"),
)


def render_pdf(invoice: Invoice) -> bytes:
    """Return the PDF file, its header row repeated on every page."""
    facts = (
        ("Invoice number", given(invoice.invoice_id), "رقم الفاتورة"),
        ("Issued", given(_instant(invoice.issued_at)), "تاريخ الإصدار"),
        ("Due", given(_instant(invoice.due_at)), "تاريخ الاستحقاق"),
        ("Currency", given(invoice.currency), "العملة"),
    )
    name = ("Tax Invoice", "فاتورة ضريبية")
    return _render(f"Invoice {invoice.invoice_id}", name, invoice, facts, invoice.issued_at)


def render_credit_note(invoice: Invoice, note: CreditNote) -> bytes:
    """The PDF file that takes the whole invoice back."""
    facts = (
        ("For invoice", given(invoice.invoice_id), "عن الفاتورة رقم"),
        ("Issued", given(_instant(note.issued_at)), "تاريخ الإصدار"),
        ("Reason", given(note.reason), "السبب"),
        ("Credited", given("All lines of the invoice"), "جميع بنود الفاتورة"),
        ("Currency", given(invoice.currency), "العملة"),
    )
    name = ("Credit Note", "إشعار دائن")
    return _render(f"Credit note for invoice {invoice.invoice_id}", name, invoice, facts, note.issued_at)


def _render(title: str, name: tuple[str, str], invoice: Invoice, facts: tuple[Fact, ...], at: datetime) -> bytes:
    code = zatca_code(SELLER.arabic_name, SELLER.vat_number, at, invoice.total, invoice.tax)
    data: dict[str, Any] = {"title": title, "reference": title, "name": name[0], "arabic_name": name[1], "facts": facts}
    data |= {"seller": _seller(), "customer": _customer(invoice), "columns": COLUMNS}
    data |= {"lines": [_cells(line) for line in invoice.lines], "sums": _sums(invoice), "qr": qr_code(code)}
    return typeset(TEMPLATE, data)


def _seller() -> dict[str, Any]:
    return {
        "name": SELLER.name,
        "arabic_name": SELLER.arabic_name,
        "address": SELLER.address,
        "arabic_address": SELLER.arabic_address,
        "facts": _party(SELLER.name, SELLER.email, SELLER.vat_number),
    }


def _customer(invoice: Invoice) -> tuple[Fact, ...]:
    customer = invoice.customer
    return _party(customer.name, customer.email, customer.tax_number)


def _party(name: str, email: str, vat_number: str) -> tuple[Fact, ...]:
    return (
        ("Name", given(name), "الاسم"),
        ("E-mail", given(email), "البريد"),
        ("VAT number", given(vat_number), "الرقم الضريبي"),
    )


def _cells(line: InvoiceLine) -> tuple[Any, ...]:
    return (
        given(line.description),
        f"{line.quantity:f}",
        _amount(line.unit_price),
        _amount(line.net.amount),
        f"{line.tax_rate * 100:.4g} %",
        _amount(line.tax.amount),
        _amount(line.total.amount),
    )


def _sums(invoice: Invoice) -> tuple[tuple[str, str, str], ...]:
    return (
        ("Net", _amount(invoice.net.amount), "الإجمالي غير شامل الضريبة"),
        ("VAT", _amount(invoice.tax.amount), "ضريبة القيمة المضافة"),
        (f"Total {invoice.currency}", _amount(invoice.total.amount), "الإجمالي شامل الضريبة"),
    )


def _amount(amount: Decimal) -> str:
    return f"{amount:,f}"


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
