"""Which acts had to happen, and which may have, given what was asked and what the world has seen."""

from __future__ import annotations

import pytest

from harness.checks.effects import Acts
from harness.record import Attempt, FaultRecord, Outcome
from scenarios.checks.expected import BOOK, MAIL, REFUND, booking_identity, expected_acts, mail_identity, reminders_of
from scenarios.checks.testing_records import INVOICE, booking, mail, operation, record

SENT = (mail("mail", 1.0), booking("invoice", 2.0))


def acts(must: set[str] | None = None, may: set[str] | None = None) -> Acts:
    return Acts(frozenset(must or ()), frozenset(may or ()))


def test_an_invoice_that_was_not_cancelled_must_be_mailed_and_booked() -> None:
    found = expected_acts(record(operations=[operation("pay/PAY-1")], payments=["PAY-1"]))
    assert found == {MAIL: acts({INVOICE}), BOOK: acts({f"invoice {INVOICE}", "payment PAY-1"}), REFUND: acts()}


def test_what_was_done_for_a_cancelled_invoice_must_be_undone() -> None:
    operations = [operation("cancel"), operation("pay/PAY-1")]
    done = (*SENT, booking("payment", 3.0, "Payment PAY-1 of it"))
    found = expected_acts(record(*done, operations=operations, payments=["PAY-1"], cancel_seconds=3.0))
    assert found[MAIL] == acts({f"credit-note {INVOICE}"}, {INVOICE})
    assert found[BOOK] == acts({f"credit-note {INVOICE}", "refund PAY-1"}, {f"invoice {INVOICE}", "payment PAY-1"})
    assert found[REFUND] == acts({"refund PAY-1"})


def test_what_the_world_never_saw_must_not_be_undone() -> None:
    found = expected_acts(record(operations=[operation("cancel")], cancel_seconds=3.0))
    assert found == {MAIL: acts(may={INVOICE}), BOOK: acts(may={f"invoice {INVOICE}"}), REFUND: acts()}


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [(Outcome.UNKNOWN, acts(may={INVOICE, f"credit-note {INVOICE}"})), (Outcome.FAIL, acts({INVOICE}))],
)
def test_whether_a_cancelling_was_accepted_decides(outcome: Outcome, kinds: Acts) -> None:
    found = expected_acts(record(*SENT, operations=[operation("cancel", outcome)], cancel_seconds=3.0))
    assert found[MAIL] == kinds


def recorded(ended: float) -> Attempt:
    return Attempt("w", 1, "record_status", f"invoice-{INVOICE}", "run", "1", 1, ended - 0.1, ended, "completed")


def test_a_reminder_had_to_be_sent_when_it_was_sent_in_time_and_never_paid() -> None:
    name = f"reminder-1 {INVOICE}"
    assert reminders_of(record(status="overdue", due_seconds=8.0, attempts=[recorded(2.0)]), INVOICE) == {name: True}
    late = record(status="overdue", due_seconds=8.0, attempts=[recorded(3.5)])
    assert reminders_of(late, INVOICE) == {name: False}
    paid = record(status="paid", due_seconds=8.0, attempts=[recorded(2.0)])
    assert reminders_of(paid, INVOICE) == {name: False}
    fault = FaultRecord("f", "worker-kill", "", injected_seconds=3.0, healed_seconds=4.0)
    struck = record(status="overdue", due_seconds=8.0, attempts=[recorded(2.0)], faults=[fault])
    assert reminders_of(struck, INVOICE) == {name: False}
    assert reminders_of(record(status="paid"), INVOICE) == {}


def test_mails_and_bookings_are_told_apart_by_what_they_are_for() -> None:
    found = [mail_identity(mail(kind, 1.0)) for kind in ("mail", "reminder-2", "credit-note")]
    assert found == [INVOICE, f"reminder-2 {INVOICE}", f"credit-note {INVOICE}"]
    assert mail_identity(mail("credit-note", 1.0, "<0123abcd@traf3li.example>")) == f"credit-note {INVOICE}"
    kinds = [("invoice", ""), ("credit-note", ""), ("payment", "Payment PAY-1 of"), ("refund", "Refund of PAY-1 of")]
    assert [booking_identity(booking(kind, 1.0, memo)) for kind, memo in kinds] == [
        f"invoice {INVOICE}",
        f"credit-note {INVOICE}",
        "payment PAY-1",
        "refund PAY-1",
    ]
