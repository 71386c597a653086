"""Each way to date a status wrongly is found, and none that is right: due at 20 s, closed at 26 s."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.record.record import Attempt, Phase, Record
from harness.verdict import Verdict
from scenarios.invoices.checks.facts.testing_records import (
    DATED_AT,
    INVOICE,
    booking,
    fate,
    mail,
    operation,
    record,
    recorded,
    refund,
    tried,
)
from scenarios.invoices.checks.trail import TrailCheck

SENT = (mail("mail", 1.0), booking("invoice", 2.0))
RIYADH = 3 * 3600.0


def writes(*ended: float) -> list[Attempt]:
    """One activity after another that wrote a status and ended then."""
    return [replace(recorded(at), activity_id=str(number)) for number, at in enumerate(ended)]


def dated(whole: Record, *seconds: float) -> Record:
    """The record whose trail is dated so."""
    shown = whole.shown[INVOICE]
    trail = [
        {**entry, "at": (DATED_AT + timedelta(seconds=at)).isoformat()}
        for entry, at in zip(shown["trail"], seconds, strict=True)
    ]
    return replace(whole, shown={INVOICE: {**shown, "trail": trail}})


def overdue() -> Record:
    """Sent at 2 s, past due at 20 s and overdue at 26 s; each is written half a second later."""
    attempts = writes(2.5, 20.5, 26.5)
    return record(*SENT, status="overdue", trail=("sent", "past-due", "overdue"), due_seconds=20.0, attempts=attempts)


def paid() -> Record:
    """In two parts, booked at 5 s and 9 s."""
    parts = [("PAY-1", 5.0), ("PAY-2", 9.0)]
    effects = [
        each for id_, at in parts for each in (fate(id_, "settled"), booking("payment", at, f"Payment {id_} of"))
    ]
    webhooks = [tried(id_, at - 0.5, at + 0.1) for id_, at in parts]
    given_: dict[str, Any] = {
        "payments": ["PAY-1", "PAY-2"],
        "amount": "57.50",
        "webhooks": webhooks,
        "attempts": writes(2.5, 9.5),
    }
    return record(*SENT, *effects, status="paid", trail=("sent", "paid"), due_seconds=20.0, **given_)


def cancelled() -> Record:
    """Asked for at 10 s, the money back at 11 s, all of it undone at 12 s."""
    money = (fate("PAY-1", "settled"), booking("payment", 5.0, "Payment PAY-1 of it"), refund("PAY-1", 11.0))
    undone = (booking("refund", 11.5, "Refund PAY-1 of it"), booking("credit-note", 12.0), mail("credit-note", 12.2))
    given_: dict[str, Any] = {"payments": ["PAY-1"], "webhooks": [tried("PAY-1", 4.5, 5.1)]}
    return record(
        *(*SENT, *money, *undone),
        status="cancelled",
        trail=("sent", "cancelled"),
        operations=[operation("cancel", at=10.0)],
        cancel_seconds=10.0,
        attempts=writes(2.5, 12.8),
        **given_,
    )


def messages(whole: Record) -> str:
    return "; ".join(finding.message for finding in TrailCheck()(whole).findings)


@pytest.mark.parametrize("whole", [overdue(), paid(), cancelled(), dated(cancelled(), 2.1, 12.3)])
def test_what_is_dated_when_it_came_true_is_valid(whole: Record) -> None:
    assert TrailCheck()(whole).verdict is Verdict.VALID, messages(whole)


@given(st.tuples(st.floats(2.0, 2.5), st.floats(20.0, 20.5), st.floats(26.0, 26.5)), st.floats(-0.8, 0.8))
def test_what_lies_between_cause_and_writing_is_valid_whatever_the_clocks_differ_by(
    at: tuple[float, float, float], off: float
) -> None:
    assert messages(dated(overdue(), *(each + off for each in at))) == ""


@pytest.mark.parametrize(
    ("whole", "seconds", "said"),
    [
        # The start of the workflow, for everything.
        (overdue(), (0.0, 0.0, 0.0), "sent is dated 2026-01-01T00:00:00+00:00, 2.000 s before it was booked"),
        (overdue(), (0.0, 0.0, 0.0), "20.000 s before it fell due"),
        (paid(), (0.0, 0.0), "9.000 s before the last of its payments was booked"),
        (cancelled(), (0.0, 0.0), "before accounting/book of credit-note"),
        # The due instant for the closing one.
        (overdue(), (2.1, 20.0, 20.0), "6.000 s before it closed"),
        # The end, for everything.
        (overdue(), (26.0, 26.0, 26.0), "sent is dated 2026-01-01T00:00:26+00:00, 23.600 s after the first attempt"),
        (overdue(), (26.0, 26.0, 26.0), "past-due is dated 2026-01-01T00:00:26+00:00, 5.600 s after the first attempt"),
        # The clock of another zone.
        (overdue(), (2.0 + RIYADH, 20.0 + RIYADH, 26.0 + RIYADH), "after the first attempt to write it began"),
        (overdue(), (2.0 - RIYADH, 20.0 - RIYADH, 26.0 - RIYADH), "before it was booked"),
        # The first payment, or the wish to cancel.
        (paid(), (2.1, 5.1), "3.900 s before the last of its payments"),
        (cancelled(), (2.1, 10.0), "2.000 s before accounting/book of credit-note"),
    ],
)
def test_what_is_dated_otherwise_is_found(whole: Record, seconds: tuple[float, ...], said: str) -> None:
    broken = dated(whole, *seconds)
    assert TrailCheck()(broken).verdict is Verdict.INVALID
    assert said in messages(broken)


def test_nothing_is_dated_before_anybody_asked() -> None:
    invalid = dated(record(status="invalid", trail=("invalid",), amount="1.00"), -5.0)
    assert "5.000 s before anybody asked to process it" in messages(invalid)


def test_what_has_no_zone_has_no_instant() -> None:
    shown = overdue().shown[INVOICE]
    trail = [{**entry, "at": entry["at"].removesuffix("+00:00")} for entry in shown["trail"]]
    assert "without an instant" in messages(replace(overdue(), shown={INVOICE: {**shown, "trail": trail}}))


def test_the_end_and_the_final_reads_are_a_limit_where_nobody_knows_who_wrote_it() -> None:
    late = dated(overdue(), 2.0, 20.0, 40.0)
    resumed = replace(late, attempts=tuple(writes(2.5, 20.5, 21.5, 26.5)))
    assert TrailCheck()(resumed).verdict is Verdict.VALID
    assert "10.000 s after its trail was read" in messages(replace(resumed, phases=(Phase("final-reads", 29.0, 30.0),)))
    first, last = resumed.executions
    closed = replace(resumed, executions=(first, replace(last, closed_seconds=27.0)))
    assert "13.000 s after its workflow had ended" in messages(closed)


def test_the_first_attempt_knew_the_instant_however_late_another_wrote_it() -> None:
    died = replace(overdue().attempts[0], ended_seconds=None, outcome=None)
    again = replace(died, attempt=2, started_seconds=9.0, ended_seconds=9.1, outcome="completed")
    whole = replace(overdue(), attempts=(died, again, *overdue().attempts[1:]))
    assert TrailCheck()(whole).verdict is Verdict.VALID
    assert "6.600 s after the first attempt to write it began" in messages(dated(whole, 9.0, 20.0, 26.0))


def test_where_no_worker_lived_to_log_the_first_attempt_the_end_of_the_last_is_the_limit() -> None:
    again = replace(overdue().attempts[0], attempt=2, started_seconds=9.0, ended_seconds=9.1)
    whole = replace(overdue(), attempts=(again, *overdue().attempts[1:]))
    assert messages(dated(whole, 10.0, 20.0, 26.0)) == ""
    assert "3.900 s after it was written into the books" in messages(dated(whole, 13.0, 20.0, 26.0))


def test_where_nobody_knows_when_the_file_was_dated_nothing_is_proved() -> None:
    upload, *others = overdue().operations
    result = TrailCheck()(replace(overdue(), operations=(replace(upload, detail={}), *others)))
    assert (result.verdict, result.summary[:27]) == (Verdict.UNKNOWN, "of 1 invoices nobody knows ")
