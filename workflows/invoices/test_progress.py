from __future__ import annotations

from datetime import UTC, datetime

from workflows.invoices.model import (
    Cancellation,
    Carried,
    Compensation,
    DocumentReference,
    InvoiceRequest,
    Payment,
    PaymentReceipt,
    Status,
    Undo,
)
from workflows.invoices.progress import progress_of
from workflows.kit.money import Money

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEN, NINETY = Money.parse("10", "SAR"), Money.parse("90", "SAR")


def request(carried: Carried | None = None) -> InvoiceRequest:
    return InvoiceRequest("INV-1", "Nour", Money.parse("100", "SAR"), NOW, carried=carried)


def test_there_is_nothing_to_carry_before_there_is_a_document() -> None:
    assert progress_of(request()).carried(Status.VALIDATING) is None


def test_what_one_run_carries_over_is_where_the_next_begins() -> None:
    payment = Payment("PAY-1", TEN)
    compensations = (Compensation(Undo.SEND_CREDIT_NOTE), Compensation(Undo.REFUND_PAYMENT, payment))
    carried = Carried(
        Status.CANCELLING,
        DocumentReference("0" * 64, 10),
        ((payment, PaymentReceipt("PAY-1", NINETY)),),
        compensations,
        reminders_done=2,
        cancellation=Cancellation("sent by mistake", NOW),
    )
    progress = progress_of(request(carried))
    assert (progress.cancelled, progress.wanted, progress.payments.outstanding) == (True, False, NINETY)
    assert progress.carried(Status.CANCELLING) == carried
