"""What stands in an invoice, and when it falls due after its file was re-dated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from scenarios.invoices.oracle.bills import BillLine, Dating, bills
from scenarios.invoices.oracle.invoices import Fate
from scenarios.invoices.oracle.test_invoices import csv_of

AT = datetime(2026, 5, 1, 12, 0, 0, 5, tzinfo=UTC)


def test_a_bill_is_what_the_rows_say() -> None:
    rows = ({"invoice_total": "117.30"}, {"line": "2", "quantity": "1", "unit_price": "2", "line_total": "2.30"})
    [bill] = bills(csv_of(rows[0], {**rows[1], "invoice_total": "117.30"}))
    assert (bill.customer_name, bill.customer_email) == ("شركة الرياض", "billing@customer.example")
    assert (bill.net, bill.tax, bill.total) == (Decimal("102.00"), Decimal("15.30"), Decimal("117.30"))
    line = BillLine("Consultation", Fraction(1), Fraction(2), Fraction(3, 20), Decimal("2.00"), Decimal("0.30"))
    assert (len(bill.lines), bill.lines[1], bill.lines[1].total) == (2, line, Decimal("2.30"))


def test_without_a_dating_the_instants_are_those_of_the_file() -> None:
    [bill] = bills(csv_of({}))
    assert bill.issued_at == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert bill.due_at == datetime(2026, 1, 31, 5, tzinfo=UTC)


def test_a_file_that_was_re_dated_is_due_as_its_customers_need_it() -> None:
    soon, later = bills(csv_of({}, {"invoice_id": "INV-0002"}), Dating(AT, {"INV-0001": 8.25, "INV-0002": None}))
    assert soon.issued_at == later.issued_at == AT - timedelta(days=1)
    assert (soon.due_at, later.due_at) == (AT + timedelta(seconds=8.25), AT + timedelta(days=30))


def test_a_refused_invoice_has_no_bill_and_an_invalid_one_has() -> None:
    rows = ({"quantity": "x"}, {"invoice_id": "INV-0002", "customer_tax_number": "1"}, {"invoice_id": "INV-0003"})
    assert [(bill.invoice_id, bill.fate) for bill in bills(csv_of(*rows))] == [
        ("INV-0002", Fate.INVALID),
        ("INV-0003", Fate.GOOD),
    ]
