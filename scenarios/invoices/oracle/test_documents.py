"""What a PDF must say, piece by piece, and what of it the standard fonts can say."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from scenarios.invoices.oracle.bills import bills
from scenarios.invoices.oracle.documents import Figure, Percentage, credit_note_document, invoice_document, printed
from scenarios.invoices.oracle.test_invoices import csv_of

[BILL] = bills(csv_of({}))
TABLE = (
    *("Consultation", Figure(Fraction(2)), Figure(Fraction(50)), Percentage(Fraction(15)), "115.00"),
    *("Net", "100.00", "Tax", "15.00", "Total", "115.00"),
)


def test_the_invoice() -> None:
    document = invoice_document(BILL)
    assert document.head == (
        "Invoice INV-0001",
        "شركة الرياض, billing@customer.example",
        "VAT number 300000000000003",
        "Issued 2026-01-01 05:00 UTC, due 2026-01-31 05:00 UTC",
    )
    assert document.header == ("Description", "Quantity", "Unit price", "Tax", "Total SAR")
    assert document.table == TABLE
    assert document.pieces == (*document.head, *document.header, *TABLE)


def test_the_credit_note() -> None:
    document = credit_note_document(BILL, "ordered twice", datetime(2026, 1, 2, 9, 30, 59, tzinfo=UTC))
    assert document.head == (
        "Credit note for invoice INV-0001",
        "شركة الرياض, billing@customer.example",
        "VAT number 300000000000003",
        "Issued 2026-01-02 09:30 UTC",
        "Reason: ordered twice",
        "All lines of the invoice are credited.",
    )
    assert document.table == TABLE


@pytest.mark.parametrize(("text", "is_it"), [("2", True), ("2.00", True), ("2.01", False), ("2e0", False), ("", False)])
def test_a_figure_counts_by_its_value(text: str, is_it: bool) -> None:
    assert Figure(Fraction(2)).is_in(text) is is_it


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("8.2534 %", True),
        ("8.253 %", True),
        ("8.254 %", False),
        ("8.25 %", False),
        ("8 %", False),
        ("8.2534", False),
        ("0.082525 %", False),
        ("8.2534 % %", False),
    ],
)
def test_a_rate_is_exact_or_rounded_to_what_is_seen(text: str, is_it: bool) -> None:
    assert Percentage(Fraction("8.2534")).is_in(text) is is_it


def test_the_standard_fonts_print_what_they_can() -> None:
    assert printed("Café  Zürich €5\n(two)") == "CaféZürich€5(two)"
    assert printed("شركة A") == "■■■■A"
