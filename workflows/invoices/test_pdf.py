"""Documents say what they must to those who read them, people's machines included, and the same every time."""

from __future__ import annotations

import base64
import io
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import zxingcpp
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from workflows.invoices.messages import CreditNote
from workflows.invoices.model import Customer, Invoice
from workflows.invoices.pdf import render_credit_note, render_pdf
from workflows.invoices.testing_samples import sample_invoice

ISSUED_AT = datetime(2026, 1, 1, 5, 0, 30, tzinfo=UTC)


def arabic_invoice() -> Invoice:
    return replace(
        sample_invoice(), customer=Customer("شركة الرياض", "a@b.example", "300000000000003"), issued_at=ISSUED_AT
    )


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def code_on(content: bytes) -> list[str]:
    """The fields of the QR code on the first page as it is printed."""
    with closing(PdfDocument(content)) as document:
        picture = document[0].render(scale=2).to_pil()
    [found] = zxingcpp.read_barcodes(picture)
    rest = base64.b64decode(found.text, validate=True)
    fields: list[str] = []
    while rest:
        assert rest[0] == len(fields) + 1
        fields.append(rest[2 : 2 + rest[1]].decode())
        rest = rest[2 + rest[1] :]
    return fields


def test_the_same_invoice_gives_the_same_bytes() -> None:
    invoice = sample_invoice()
    assert render_pdf(invoice) == render_pdf(replace(invoice))
    assert render_pdf(invoice).startswith(b"%PDF-")
    assert render_pdf(invoice) != render_pdf(replace(invoice, invoice_id="INV-2"))


def test_the_code_of_the_tax_authority_is_read_off_the_page() -> None:
    invoice = arabic_invoice()
    seller = ("ترافع لي للتقنية القانونية", "310122393500003")
    assert code_on(render_pdf(invoice)) == [*seller, "2026-01-01T05:00:30Z", "115.00", "15.00"]
    note = CreditNote(invoice.invoice_id, "sent twice", datetime(2026, 1, 2, tzinfo=UTC))
    assert code_on(render_credit_note(invoice, note)) == [*seller, "2026-01-02T00:00:00Z", "115.00", "15.00"]


def test_an_arabic_name_and_the_amounts_can_be_searched_for() -> None:
    with closing(PdfDocument(render_pdf(arabic_invoice()))) as document:
        page = document[0].get_textpage()
        shown = page.get_text_range()
    assert "الرياض" in shown
    for words in ("INV-1", "300000000000003", "100.00", "15.00 %", "115.00"):
        assert words in shown


@pytest.mark.parametrize(
    "name", ["<b>نور</b> & Co", '#eval("x") *bold* $x$', "W" * 500, "ن" * 500, "😀 漢字", "-" * 300]
)
def test_any_name_is_rendered(name: str) -> None:
    [page] = pages(render_pdf(replace(sample_invoice(), customer=Customer(name, "a@b.example", "300000000000003"))))
    assert "300000000000003" in page


def test_two_hundred_lines_go_over_pages_that_each_have_the_header() -> None:
    invoice = sample_invoice()
    lines = tuple(replace(invoice.lines[0], description=f"Item {n} of شركة") for n in range(200))
    found = pages(render_pdf(replace(invoice, lines=lines)))
    assert len(found) > 3
    for number, page in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in page
        assert "Unit price" in page or "Item" not in page
    words = "\n".join(found).split()
    assert [words[place + 1] for place, word in enumerate(words) if word == "Item"] == [str(n) for n in range(200)]


def test_a_credit_note_says_why_and_is_the_same_every_time() -> None:
    invoice = sample_invoice()
    note = CreditNote(invoice.invoice_id, "sent <twice> & by mistake", invoice.due_at)
    assert "sent <twice> & by mistake" in pages(render_credit_note(invoice, note))[0]
    assert render_credit_note(invoice, note) == render_credit_note(invoice, replace(note))
    assert render_credit_note(invoice, note) != render_credit_note(invoice, replace(note, reason="another"))
    assert render_credit_note(invoice, note) != render_pdf(invoice)
