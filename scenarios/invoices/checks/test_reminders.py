"""Which reminders had to be mailed: the invoice is due at 20 s, reminded of at 16 and 22 s, and closes at 26 s."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record.record import Effect, FaultRecord, Outcome, Record
from scenarios.invoices.checks.facts.identities import MAIL
from scenarios.invoices.checks.facts.testing_records import (
    INVOICE,
    booking,
    fate,
    mail,
    operation,
    record,
    recorded,
    struck,
    tried,
)
from scenarios.invoices.checks.reminders import demanded, expected_acts

FIRST, SECOND = f"reminder-1 {INVOICE}", f"reminder-2 {INVOICE}"
SENT = (mail("mail", 1.0), booking("invoice", 2.0))


def run(*effects: Effect, sent: float = 3.0, status: str = "overdue", **rest: Any) -> Record:
    attempts = [recorded(sent)] if sent else []
    return record(*SENT, *effects, status=status, due_seconds=20.0, attempts=attempts, **rest)


def paid(taken: float, booked: float) -> dict[str, Any]:
    """A payment over all of it."""
    return {
        "payments": ["PAY-1"],
        "amount": "115.00",
        "webhooks": [tried("PAY-1", booked - 0.5, taken)],
        "operations": [operation("pay/PAY-1")],
        "status": "paid",
    }


def reminders(whole: Record) -> tuple[set[str], set[str]]:
    """Those that had to be mailed, and those that may have been."""
    acts = expected_acts(whole)[MAIL]
    return set(acts.must) - {INVOICE}, set(acts.may) - {INVOICE}


def test_what_was_sent_in_time_and_never_paid_is_reminded_of_twice() -> None:
    assert reminders(run()) == ({FIRST, SECOND}, set())
    assert demanded(run()) == {1: 1, 2: 1}
    assert demanded(run(sent=0.0)) == {1: 0, 2: 0}


@pytest.mark.parametrize(("sent", "must"), [(15.4, {FIRST, SECOND}), (15.6, {SECOND}), (21.6, set())])
def test_an_invoice_that_has_just_come_need_not_be_reminded_of(sent: float, must: set[str]) -> None:
    assert reminders(run(sent=sent)) == (must, {FIRST, SECOND} - must)


def test_an_invoice_that_came_after_the_instant_must_not_be_reminded_of() -> None:
    late = record(
        mail("mail", 17.0), booking("invoice", 17.0), status="overdue", due_seconds=20.0, attempts=[recorded(17.5)]
    )
    assert reminders(late) == ({SECOND}, set())


def test_a_reminder_before_its_instant_is_none() -> None:
    assert reminders(run(mail("reminder-2", 16.1))) == ({FIRST}, set())
    assert reminders(run(mail("reminder-2", 16.1), sent=0.0)) == (set(), {FIRST})


@pytest.mark.parametrize(
    ("booked", "taken", "must", "may"),
    [
        (15.0, 15.2, set(), set()),
        (15.0, 16.2, set(), {FIRST}),
        (15.0, 22.2, set(), {FIRST, SECOND}),
        (20.0, 20.2, {FIRST}, set()),
        (20.0, 25.2, {FIRST}, {SECOND}),
        (25.8, 25.9, {FIRST, SECOND}, set()),
    ],
)
def test_the_money_decides_from_both_sides(booked: float, taken: float, must: set[str], may: set[str]) -> None:
    effects = (fate("PAY-1", "settled"), booking("payment", booked, "Payment PAY-1 of it"))
    assert reminders(run(*effects, **paid(taken, booked))) == (must, may)


@pytest.mark.parametrize(
    ("asked", "must", "may"),
    [(10.0, set(), set()), (15.9, set(), {FIRST}), (20.0, {FIRST}, set()), (25.8, {FIRST, SECOND}, set())],
)
def test_a_cancelling_decides_like_money(asked: float, must: set[str], may: set[str]) -> None:
    whole = run(operations=[operation("cancel", at=asked)], cancel_seconds=1.0, status="cancelled")
    found = reminders(whole)
    assert (found[0] - {f"credit-note {INVOICE}"}, found[1]) == (must, may)
    refused = run(operations=[operation("cancel", Outcome.FAIL, at=asked)], cancel_seconds=1.0)
    assert reminders(refused)[0] == {FIRST, SECOND}


@pytest.mark.parametrize(
    ("fault", "must"),
    [
        (struck("service", "accounting", 3.0, 40.0), {FIRST, SECOND}),
        (struck("process", "api", 3.0, 40.0, "application"), {FIRST, SECOND}),
        (struck("service", "payments", 3.0, 40.0), {FIRST, SECOND}),
        (struck("service", "smtp", 15.0, 30.0), {FIRST}),
        (struck("service", "smtp", 23.0, 30.0), {FIRST}),
        (struck("service", "smtp", 26.0, 30.0), {FIRST, SECOND}),
        (struck("worker", "worker-2.1", 5.2, 6.0), {FIRST, SECOND}),
        (struck("worker", "worker-2.1", 17.0, 18.0), {FIRST}),
        (struck("worker", "worker-2.1", 3.5, 4.5), {FIRST, SECOND}),
        (struck("worker", "worker-1.1", 4.8, 4.9), set()),
        (struck("worker", "worker-1.1", 5.0, 6.0), set()),
        (struck("worker", "worker-1.1", 0.0, 1.0), set()),
        (struck("process", "temporal", 10.0, 11.0, "server"), set()),
        (struck("process", "temporal", 40.0, 41.0, "server"), {FIRST, SECOND}),
        (FaultRecord("f", "unheard-of", "", 10.0, 11.0), set()),
    ],
)
def test_a_fault_excuses_only_what_it_touched(fault: FaultRecord, must: set[str]) -> None:
    assert reminders(run(faults=[fault]))[0] == must


def test_mail_that_is_put_off_may_be_given_up_only_when_the_money_has_come() -> None:
    fault = struck("service", "smtp", 15.0, 30.0)
    assert reminders(run(faults=[fault]))[0] == {FIRST}
    effects = (fate("PAY-1", "settled"), booking("payment", 25.0, "Payment PAY-1 of it"))
    assert reminders(run(*effects, faults=[fault], **paid(25.2, 25.0)))[0] == set()


def test_what_is_not_due_in_the_run_is_not_reminded_of() -> None:
    assert reminders(record(*SENT, status="overdue", attempts=[recorded(3.0)])) == (set(), set())
