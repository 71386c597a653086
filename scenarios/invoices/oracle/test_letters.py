"""What stands in each mail, word for word."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scenarios.invoices.oracle.bills import Dating, bills
from scenarios.invoices.oracle.letters import letters, may_be_owed
from scenarios.invoices.oracle.test_invoices import csv_of

[BILL] = bills(csv_of({}), Dating(datetime(2026, 5, 1, 12, 0, 0, 5, tzinfo=UTC), {"INV-0001": 90.0}))
INVOICE, EARLY, LATE, CREDIT_NOTE = letters(BILL, [2.0, -4.0])


def test_the_invoice_says_what_is_owed_and_when_it_is_due() -> None:
    assert INVOICE.text == (
        "Dear شركة الرياض,\n\nPlease find attached invoice INV-0001 for 115.00 SAR, due on 2026-05-01 12:01 UTC.\n"
    )
    assert (INVOICE.subject, INVOICE.filename) == ("Invoice INV-0001", "INV-0001.pdf")
    assert (INVOICE.recipient, INVOICE.date) == ("billing@customer.example", None)


def test_reminders_are_counted_from_the_earliest() -> None:
    assert (EARLY.subject, LATE.subject) == ("Reminder 1 of invoice INV-0001", "Reminder 2 of invoice INV-0001")
    assert EARLY.date == datetime(2026, 5, 1, 12, 1, 26, tzinfo=UTC)
    assert LATE.date == datetime(2026, 5, 1, 12, 1, 32, tzinfo=UTC)
    text = "Dear شركة الرياض,\n\n{} of invoice INV-0001 is outstanding; it {} due on 2026-05-01 12:01 UTC.\n"
    assert EARLY.owed_in(text.format("15.00 SAR", "is"), "SAR") == Decimal("15.00")
    assert LATE.owed_in(text.format("15.00 SAR", "was"), "SAR") == Decimal("15.00")
    assert EARLY.owed_in(text.format("15.00 SAR", "was"), "SAR") is None


@pytest.mark.parametrize("amount", ["15 SAR", "15.000 SAR", "15.00 USD", "-15.00 SAR", "1e1 SAR", " SAR", "SAR"])
def test_an_amount_is_written_in_the_digits_of_its_currency(amount: str) -> None:
    text = f"Dear شركة الرياض,\n\n{amount} of invoice INV-0001 is outstanding; it is due on 2026-05-01 12:01 UTC.\n"
    assert EARLY.owed_in(text, "SAR") is None


def test_the_credit_note_takes_back_the_whole() -> None:
    assert CREDIT_NOTE.text == (
        "Dear شركة الرياض,\n\n"
        "Invoice INV-0001 for 115.00 SAR has been cancelled; please find attached the credit note. "
        "Any amount you have paid will be refunded.\n"
    )
    assert CREDIT_NOTE.filename == "INV-0001-credit-note.pdf"


def test_what_is_open_follows_from_what_has_come() -> None:
    total, parts = Decimal(100), [Decimal(10), Decimal(20), Decimal(40)]
    assert {amount for amount in range(101) if may_be_owed(Decimal(amount), total, [], parts)} == {
        *(100, 90, 80, 70, 60, 50, 40, 30),
    }
    assert may_be_owed(Decimal(30), total, parts, [])
    assert not may_be_owed(Decimal(100), total, parts[:1], parts[1:])
    assert not may_be_owed(Decimal(0), total, [total], [])


def test_many_racing_payments_are_not_told_apart() -> None:
    parts = [Decimal(1)] * 40
    assert may_be_owed(Decimal("70.5"), Decimal(100), [], parts)
    assert not may_be_owed(Decimal("50"), Decimal(100), [], parts)
