"""What became of a customer's money is read from the world's record alone."""

from __future__ import annotations

from decimal import Decimal

from scenarios.invoices.checks.content.testing_contents import CANCELLED, OVERDUE, changed, good_record
from scenarios.invoices.checks.facts.money import Money, money_by_invoice

PAYMENT = f"PAY-{CANCELLED}-1"


def test_a_payment_is_followed_to_its_end() -> None:
    [money] = money_by_invoice(good_record())[CANCELLED]
    assert money == Money(PAYMENT, CANCELLED, Decimal("15.00"), "SAR", 101.8, 101.9, True, 103.5)


def test_a_booking_is_of_the_payment_that_its_memo_names() -> None:
    record = changed(good_record(), f"book {PAYMENT}", memo=f"Payment of invoice {CANCELLED}")
    assert money_by_invoice(record)[CANCELLED][0].booked_seconds is None
    [other] = money_by_invoice(record)[OVERDUE]
    assert other.booked_seconds == 102.2
