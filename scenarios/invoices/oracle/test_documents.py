"""What a PDF must say, piece by piece, and how it is compared with what is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from scenarios.invoices.oracle.bills import bills
from scenarios.invoices.oracle.documents import Figure, Percentage, credit_note_document, invoice_document
from scenarios.invoices.oracle.test_invoices import csv_of

[BILL] = bills(csv_of({}))
SELLER = (
    *("Traf3li Legal Technology", "7542 King Fahd Road, Riyadh 12271, Saudi Arabia"),
    *("ترافع لي للتقنية القانونية", "7542 طريق الملك فهد، الرياض 12271، المملكة العربية السعودية"),
)
PARTIES = (
    *("Seller", "البائع"),
    *("Name", "Traf3li Legal Technology", "الاسم"),
    *("E-mail", "billing@traf3li.example", "البريد"),
    *("VAT number", "310122393500003", "الرقم الضريبي"),
    *("Customer", "العميل"),
    *("Name", "شركة الرياض", "الاسم"),
    *("E-mail", "billing@customer.example", "البريد"),
    *("VAT number", "300000000000003", "الرقم الضريبي"),
)
TABLE = (
    *("Consultation", Figure(Fraction(2)), Figure(Fraction(50)), "100.00", Percentage(Fraction(15)), "15.00", "115.00"),
    *("Net", "100.00", "الإجمالي غير شامل الضريبة"),
    *("VAT", "15.00", "ضريبة القيمة المضافة"),
    *("Total SAR", "115.00", "الإجمالي شامل الضريبة"),
)


def test_the_invoice() -> None:
    document = invoice_document(BILL)
    assert document.head == (
        *SELLER,
        *("Tax Invoice", "فاتورة ضريبية"),
        *("Invoice number", "INV-0001", "رقم الفاتورة"),
        *("Issued", "2026-01-01 05:00 UTC", "تاريخ الإصدار"),
        *("Due", "2026-01-31 05:00 UTC", "تاريخ الاستحقاق"),
        *("Currency", "SAR", "العملة"),
        *PARTIES,
    )
    assert document.header[:4] == ("Description", "الوصف", "Quantity", "الكمية")
    assert document.table == TABLE
    assert document.pieces == (*document.head, *document.header, *TABLE)
    assert document.foot(2, 3) == ("Invoice INV-0001", "Page 2 of 3", "صفحة 2 من 3")


def test_the_credit_note() -> None:
    document = credit_note_document(BILL, "ordered twice", datetime(2026, 1, 2, 9, 30, 59, tzinfo=UTC))
    assert document.head == (
        *SELLER,
        *("Credit Note", "إشعار دائن"),
        *("For invoice", "INV-0001", "عن الفاتورة رقم"),
        *("Issued", "2026-01-02 09:30 UTC", "تاريخ الإصدار"),
        *("Reason", "ordered twice", "السبب"),
        *("Credited", "All lines of the invoice", "جميع بنود الفاتورة"),
        *("Currency", "SAR", "العملة"),
        *PARTIES,
    )
    assert document.table == TABLE
    assert document.foot(1, 1)[0] == "Credit note for invoice INV-0001"


@pytest.mark.parametrize(
    ("text", "is_it"), [("2", True), ("2.00", True), ("2.01", False), ("2e0", False), ("2,", False), ("", False)]
)
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


def test_thousands_may_stand_apart() -> None:
    assert Figure(Fraction(1234567)).is_in("1,234,567.00")
    assert not Figure(Fraction(1234567)).is_in("12,34,567.00")
