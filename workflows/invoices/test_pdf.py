from __future__ import annotations

from dataclasses import replace

from workflows.invoices.messages import CreditNote
from workflows.invoices.model import Customer
from workflows.invoices.pdf import render_credit_note, render_pdf
from workflows.invoices.testing_samples import sample_invoice


def test_the_same_invoice_gives_the_same_bytes() -> None:
    invoice = sample_invoice()
    assert render_pdf(invoice) == render_pdf(replace(invoice))
    assert render_pdf(invoice).startswith(b"%PDF-")
    assert render_pdf(invoice) != render_pdf(replace(invoice, invoice_id="INV-2"))


def test_any_text_and_many_pages_are_rendered() -> None:
    invoice = sample_invoice()
    lines = tuple(replace(invoice.lines[0], description=f"<b>{n} & شركة") for n in range(120))
    customer = Customer("شركة <نور> & Co", "a@b.example", "300000000000003")
    assert render_pdf(replace(invoice, customer=customer, lines=lines)).startswith(b"%PDF-")


def test_a_credit_note_says_why_and_is_the_same_every_time() -> None:
    invoice = sample_invoice()
    note = CreditNote(invoice.invoice_id, "sent <twice> & by mistake", invoice.due_at)
    assert render_credit_note(invoice, note) == render_credit_note(invoice, replace(note))
    assert render_credit_note(invoice, note).startswith(b"%PDF-")
    assert render_credit_note(invoice, note) != render_credit_note(invoice, replace(note, reason="another"))
    assert render_credit_note(invoice, note) != render_pdf(invoice)
