from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from workflows.invoices.ledger import PaymentLedger
from workflows.invoices.model import Payment, PaymentReceipt
from workflows.money import Money


def sar(amount: str) -> Money:
    return Money.parse(amount, "SAR")


def test_what_is_in_progress_is_reserved_and_what_is_booked_counts() -> None:
    ledger, first, second = PaymentLedger(sar("100")), Payment("A", sar("60")), Payment("B", sar("40"))
    ledger.check(first)
    ledger.accept(first)
    assert (ledger.paid, ledger.busy, ledger.knows(first), ledger.receipt(first)) == (sar("0"), True, True, None)
    with pytest.raises(ApplicationError, match=r"more than the open 40\.00 SAR"):
        ledger.check(Payment("C", sar("40.01")))
    ledger.check(second)
    ledger.accept(second)
    ledger.book(second, PaymentReceipt("B", sar("60")))
    assert ledger.outstanding == sar("60")
    ledger.finish(second)
    assert (ledger.settled, ledger.busy) == (False, True)
    ledger.book(first, PaymentReceipt("A", sar("0")))
    ledger.finish(first)
    assert (ledger.settled, ledger.busy, ledger.booked_ids) == (True, False, ("B", "A"))


def test_what_was_booked_goes_over_to_another_ledger() -> None:
    ledger, first = PaymentLedger(sar("100")), Payment("A", sar("60"))
    ledger.accept(first)
    ledger.accept(Payment("B", sar("40")))
    ledger.book(first, receipt := PaymentReceipt("A", sar("40")))
    ledger.finish(first)
    further = PaymentLedger(sar("100"), ledger.booked)
    assert (further.paid, further.outstanding, further.receipt(first)) == (sar("60"), sar("40"), receipt)
    assert (further.knows(first), further.busy, further.booked) == (True, False, ledger.booked)
    with pytest.raises(ApplicationError, match=r"A was 60\.00 SAR before"):
        further.knows(Payment("A", sar("61")))
    with pytest.raises(ApplicationError, match=r"more than the open 40\.00 SAR"):
        further.check(Payment("C", sar("40.01")))
