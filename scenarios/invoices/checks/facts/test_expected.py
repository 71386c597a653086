"""Which acts had to happen, and which may have, given what was asked and what the world has seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.judge.checks.effects import Acts
from harness.record.record import Outcome, Record, WorldAttempt
from scenarios.invoices.checks.facts.expected import is_cancelled
from scenarios.invoices.checks.facts.identities import BOOK, MAIL, REFUND, booking_identity, mail_identity
from scenarios.invoices.checks.facts.testing_records import INVOICE, booking, fate, mail, operation, record, recorded
from scenarios.invoices.checks.reminders import expected_acts

SENT = (mail("mail", 1.0), booking("invoice", 2.0))
PAID = (fate("PAY-1", "settled"), booking("payment", 3.0, "Payment PAY-1 of it"))


def acts(must: set[str] | None = None, may: set[str] | None = None) -> Acts:
    return Acts(frozenset(must or ()), frozenset(may or ()))


def test_an_invoice_that_was_not_cancelled_must_be_mailed_and_booked() -> None:
    found = expected_acts(record(*PAID, operations=[operation("pay/PAY-1")], payments=["PAY-1"], status="overdue"))
    assert found == {MAIL: acts({INVOICE}), BOOK: acts({f"invoice {INVOICE}", "payment PAY-1"}), REFUND: acts()}


def test_a_payment_that_went_back_must_not_be_booked() -> None:
    returned = record(
        fate("PAY-1", "returned"), operations=[operation("pay/PAY-1")], payments=["PAY-1"], status="overdue"
    )
    assert expected_acts(returned)[BOOK] == acts({f"invoice {INVOICE}"})
    unheard = record(operations=[operation("pay/PAY-1", Outcome.UNKNOWN)], payments=["PAY-1"], status="overdue")
    assert expected_acts(unheard)[BOOK] == acts({f"invoice {INVOICE}"}, {"payment PAY-1"})


def test_what_was_done_for_a_cancelled_invoice_must_be_undone() -> None:
    operations = [operation("cancel"), operation("pay/PAY-1")]
    found = expected_acts(record(*SENT, *PAID, operations=operations, payments=["PAY-1"], cancel_seconds=3.0))
    assert found[MAIL] == acts({f"credit-note {INVOICE}"}, {INVOICE})
    assert found[BOOK] == acts({f"credit-note {INVOICE}", "refund PAY-1"}, {f"invoice {INVOICE}", "payment PAY-1"})
    assert found[REFUND] == acts({"refund PAY-1"})


def test_what_the_world_never_saw_must_not_be_undone() -> None:
    found = expected_acts(record(operations=[operation("cancel")], cancel_seconds=3.0))
    assert found == {MAIL: acts(may={INVOICE}), BOOK: acts(may={f"invoice {INVOICE}"}), REFUND: acts()}


@pytest.mark.parametrize(
    ("outcomes", "may"),
    [
        ((), {INVOICE}),
        (("failed",), {INVOICE}),
        (("failed", "failed"), {INVOICE, f"credit-note {INVOICE}"}),
        ((None,), {INVOICE, f"credit-note {INVOICE}"}),
    ],
)
def test_a_credit_note_may_be_mailed_where_only_the_world_knows_that_no_invoice_was(
    outcomes: tuple[str | None, ...], may: set[str]
) -> None:
    """A mail has no key under which to ask whether it got through."""
    attempts = [
        replace(recorded(1.0), activity="send_invoice_email", attempt=number, outcome=outcome)
        for number, outcome in enumerate(outcomes, start=1)
    ]
    found = expected_acts(record(operations=[operation("cancel")], cancel_seconds=3.0, attempts=attempts))
    assert found[MAIL] == acts(may=may)


def test_a_credit_note_may_be_mailed_where_a_first_attempt_is_in_no_log() -> None:
    refused = replace(recorded(1.0), activity="send_invoice_email", attempt=2, outcome="failed")
    found = expected_acts(record(operations=[operation("cancel")], cancel_seconds=3.0, attempts=[refused]))
    assert found[MAIL] == acts(may={INVOICE, f"credit-note {INVOICE}"})


@pytest.mark.parametrize(
    ("invoice", "credit_note", "must"),
    [
        (("dropped", "refused"), ("refused",), set()),
        (("dropped", "refused"), ("error", "refused"), set()),
        (("dropped", "refused", "replayed"), ("refused",), {f"credit-note {INVOICE}"}),
        (("dropped", "refused"), ("error",), {f"credit-note {INVOICE}"}),
        (("dropped", "refused"), (), {f"credit-note {INVOICE}"}),
    ],
)
def test_nobody_is_told_whom_the_mail_server_does_not_know(
    invoice: tuple[str, ...], credit_note: tuple[str, ...], must: set[str]
) -> None:
    """Only the world knows of the first mail: the application heard that it was refused, and later the credit note."""
    asked = [
        *(("mail:invoice", outcome) for outcome in invoice),
        *(("mail:credit-note", outcome) for outcome in credit_note),
    ]
    attempts = tuple(
        WorldAttempt(f"a-{at}", "smtp", "mail", None, INVOICE, float(at), outcome, effect_kind=kind)
        for at, (kind, outcome) in enumerate(asked)
    )
    whole = record(mail("mail", 0.5), operations=[operation("cancel")], cancel_seconds=3.0)
    assert expected_acts(replace(whole, world_attempts=attempts))[MAIL].must == must


@pytest.mark.parametrize(
    ("outcome", "state", "kinds"),
    [
        (Outcome.UNKNOWN, "cancelled", acts({f"credit-note {INVOICE}"}, {INVOICE})),
        (Outcome.UNKNOWN, "paid", acts({INVOICE})),
        (Outcome.UNKNOWN, None, acts(may={INVOICE, f"credit-note {INVOICE}"})),
        (Outcome.FAIL, "paid", acts({INVOICE})),
    ],
)
def test_whether_a_cancelling_was_accepted_decides_and_the_end_tells_where_no_answer_did(
    outcome: Outcome, state: str | None, kinds: Acts
) -> None:
    whole = record(*SENT, operations=[operation("cancel", outcome)], cancel_seconds=3.0, status=state or "")
    if state is None:
        whole = replace(whole, executions=tuple(replace(run, result=None) for run in whole.executions))
    assert expected_acts(whole)[MAIL] == kinds


@pytest.mark.parametrize("detail", [{"skipped": "needs process"}, {"not asked yet": "PAY-1 is pending"}])
def test_a_cancelling_that_nobody_made_is_none(detail: dict[str, str]) -> None:
    asked = replace(operation("cancel", Outcome.UNKNOWN), detail=detail)
    assert is_cancelled(record(operations=[asked], cancel_seconds=3.0, status="cancelled"), INVOICE) is False


def test_what_is_processed_was_asked_for_whatever_was_answered() -> None:
    whole = record(status="overdue")
    unheard = _answered(whole, Outcome.UNKNOWN)
    assert expected_acts(unheard)[MAIL] == acts({INVOICE})
    assert expected_acts(replace(unheard, executions=(), facts=()))[MAIL] == acts(may={INVOICE})
    assert expected_acts(_answered(whole, Outcome.FAIL))[MAIL] == acts()


def _answered(whole: Record, outcome: Outcome) -> Record:
    made = (replace(each, outcome=outcome) if each.name == "process" else each for each in whole.operations)
    return replace(whole, operations=tuple(made))


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
