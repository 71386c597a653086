from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError

from workflows.invoices.model import Payment, PaymentReceipt
from workflows.invoices.payments_taken import PaymentsTaken
from workflows.kit.money import Money


def sar(amount: str) -> Money:
    return Money.parse(amount, "SAR")


def test_what_is_in_progress_is_reserved_and_what_is_booked_counts() -> None:
    taken, first, second = PaymentsTaken(sar("100")), Payment("A", sar("60")), Payment("B", sar("40"))
    taken.check(first)
    taken.accept(first)
    assert (taken.paid, taken.busy, taken.knows(first), taken.receipt(first)) == (sar("0"), True, True, None)
    with pytest.raises(ApplicationError, match=r"more than the open 40\.00 SAR"):
        taken.check(Payment("C", sar("40.01")))
    taken.check(second)
    taken.accept(second)
    taken.book(second, PaymentReceipt("B", sar("60")))
    assert taken.outstanding == sar("60")
    taken.finish(second)
    assert (taken.settled, taken.busy) == (False, True)
    taken.book(first, PaymentReceipt("A", sar("0")))
    taken.finish(first)
    assert (taken.settled, taken.busy, taken.booked_ids) == (True, False, ("B", "A"))


def test_what_was_booked_goes_over_to_the_next_run() -> None:
    taken, first = PaymentsTaken(sar("100")), Payment("A", sar("60"))
    taken.accept(first)
    taken.accept(Payment("B", sar("40")))
    taken.book(first, receipt := PaymentReceipt("A", sar("40")))
    taken.finish(first)
    further = PaymentsTaken(sar("100"), taken.booked)
    assert (further.paid, further.outstanding, further.receipt(first)) == (sar("60"), sar("40"), receipt)
    assert (further.knows(first), further.busy, further.booked) == (True, False, taken.booked)
    with pytest.raises(ApplicationError, match=r"A was 60\.00 SAR before"):
        further.knows(Payment("A", sar("61")))
    with pytest.raises(ApplicationError, match=r"more than the open 40\.00 SAR"):
        further.check(Payment("C", sar("40.01")))
