"""Both sides of every limit: nothing that an innocent application does is wrong, and every shift beyond a limit is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.invoices.oracle.ends import CLOCKS_SECONDS, PROMPT_SECONDS, wrong_end, wrong_fates
from scenarios.invoices.oracle.measured import Cancelling, Measured, Paid, Try
from scenarios.invoices.oracle.test_expected import expected, pay
from scenarios.invoices.oracle.testing_ends import run_of

SEEDS = st.integers(0, 10**9)
BEYOND = CLOCKS_SECONDS + 0.1


def findings(measured: Measured, state: str) -> list[str]:
    return [*wrong_fates(measured), *wrong_end(measured, state)]


def paid(name: str, *tries: Try, fate: str, amount: str = "115.00", struck: bool = False) -> Paid:
    [payment] = expected(pay(amount, name)).payments
    booked = min((each.ended_seconds for each in tries if each.taken), default=None)
    return Paid(payment, tries, fate, booked, struck)


def run(*payments: Paid, closes: float | None = 10.0, **fields: object) -> Measured:
    each = [pay(str(one.payment.amount), one.payment.payment_id) for one in payments]
    measured = Measured(expected(*each), tuple(payments), closes, ended_seconds=closes)
    return replace(measured, **fields)  # type: ignore[arg-type]


@given(SEEDS)
def test_what_an_innocent_application_does_late_is_not_wrong(seed: int) -> None:
    measured, state = run_of(seed, slow_seconds=7.0)
    excused = replace(measured, payments=tuple(replace(each, struck=True) for each in measured.payments))
    assert findings(excused, state) == []


@given(SEEDS)
def test_what_an_innocent_application_does_at_once_needs_no_excuse(seed: int) -> None:
    measured, state = run_of(seed, slow_seconds=0.4)
    assert findings(measured, state) == []


@given(SEEDS)
def test_money_cannot_become_something_else_than_was_answered(seed: int) -> None:
    measured, _ = run_of(seed, slow_seconds=7.0)
    other = {"settled": "returned", "returned": "settled"}
    for number, each in enumerate(measured.payments):
        broken = replace(measured, payments=_with(measured, number, replace(each, fate=other[each.fate])))
        assert list(wrong_fates(broken))


@given(SEEDS)
def test_an_invoice_cannot_have_ended_in_another_state(seed: int) -> None:
    measured, state = run_of(seed, slow_seconds=7.0)
    wrong = {"paid", "overdue", "cancelled", "refused", "invalid", "RUNNING (held)"} - {state}
    assert all(list(wrong_end(measured, each)) for each in wrong)


@given(SEEDS, st.floats(BEYOND, 3600.0))
def test_money_cannot_be_taken_that_was_sent_after_closing(seed: int, late: float) -> None:
    measured, _ = run_of(seed, slow_seconds=7.0)
    for number, each in enumerate(measured.payments):
        if each.fate == "settled" and measured.closes_seconds is not None and each.sent_seconds is not None:
            shift = measured.closes_seconds + late - each.sent_seconds
            assert any("after closing" in said for said in wrong_fates(_shifted(measured, number, shift)))


@given(SEEDS, st.floats(BEYOND, 3600.0))
def test_money_cannot_go_back_as_too_late_before_it_is(seed: int, early: float) -> None:
    measured, _ = run_of(seed, slow_seconds=7.0)
    cancelling = measured.cancelling
    limits = [measured.closes_seconds, cancelling.asked_seconds if cancelling is not None else None]
    limit = min((each for each in limits if each is not None), default=None)
    for number, each in enumerate(measured.payments):
        away = each.turned_away_seconds
        if each.fate == "returned" and limit is not None and away is not None and len(measured.payments) == 1:
            broken = _shifted(measured, number, limit - early - away)
            refused = cancelling is not None and cancelling.accepted is False
            assert refused or any("turned away" in said for said in wrong_fates(broken))


def _with(measured: Measured, number: int, each: Paid) -> tuple[Paid, ...]:
    return (*measured.payments[:number], each, *measured.payments[number + 1 :])


def _shifted(measured: Measured, number: int, seconds: float) -> Measured:
    each = measured.payments[number]
    tries = tuple(Try(t.sent_seconds + seconds, t.ended_seconds + seconds, t.status) for t in each.tries)
    return replace(measured, payments=_with(measured, number, replace(each, tries=tries)))


def test_an_answer_that_was_lost_changes_nothing() -> None:
    """Accepted before closing, the answer lost, the workflow ended: the repeat gets the receipt, however late."""
    tries = (Try(9.9, 10.3, None), Try(3000.0, 3000.1, 200))
    assert findings(run(paid("P1", *tries, fate="settled")), "paid") == []


def test_a_payment_that_is_turned_away_until_it_is_too_late_needs_an_excuse() -> None:
    tries = (Try(10.0 - PROMPT_SECONDS, 5.1, 503), Try(9.0, 10.2, 409))
    said = findings(run(paid("P1", *tries, fate="returned")), "overdue")
    assert len(said) == 1
    assert "nothing that it needs was struck" in said[0]
    assert findings(run(paid("P1", *tries, fate="returned", struck=True)), "overdue") == []
    near = (Try(10.1 - PROMPT_SECONDS, 10.2, 409),)
    assert findings(run(paid("P1", *near, fate="returned")), "overdue") == []


def test_a_payment_in_a_crowd_has_longer() -> None:
    """Temporal lets ten updates wait for a workflow; the eleventh is told to come again."""
    late = paid("P0", Try(4.0, 4.1, 503), Try(9.0, 10.2, 409), fate="returned", amount="1.00")
    crowd = [paid(f"P{number}", Try(3.0, 8.0, 200), fate="settled", amount="1.00") for number in range(1, 11)]
    assert list(wrong_fates(run(late, *crowd))) == []
    assert len(list(wrong_fates(run(late, *crowd[1:])))) == 1
    before = [replace(each, tries=(Try(1.0, 3.9, 200),)) for each in crowd]
    after = [replace(each, tries=(Try(10.1, 10.2, 200),)) for each in crowd]
    assert any("too late" in said for said in wrong_fates(run(late, *before)))
    assert any("too late" in said for said in wrong_fates(run(late, *after)))


def test_money_that_goes_back_an_hour_early_is_wrong_whatever_was_struck() -> None:
    early = paid("P1", Try(1.0, 1.1, 409), fate="returned", struck=True)
    assert any("3598.900 s before closing" in said for said in wrong_fates(run(early, closes=3600.0)))
    assert any("nothing closed the invoice" in said for said in wrong_fates(run(early, closes=None)))


def test_what_is_more_than_is_open_goes_back() -> None:
    first = paid("P1", Try(1.0, 1.1, 200), fate="settled")
    second = paid("P2", Try(1.2, 1.3, 422), fate="returned")
    assert findings(run(first, second), "paid") == []
    before = paid("P2", Try(0.2, 0.3, 422), fate="returned")
    assert findings(run(first, before), "paid") != []
    both = run(first, paid("P2", Try(1.2, 1.3, 200), fate="settled"))
    assert any("230.00 were settled of 115.00" in said for said in wrong_fates(both))


@pytest.mark.parametrize(
    ("cancelling", "state", "words"),
    [
        (Cancelling(3.0, 3.1, True), "cancelled", "all had been paid 1.900 s before"),
        (Cancelling(0.1, 0.2, False), "paid", "refused 0.900 s before it was paid"),
        (Cancelling(3.0, 3.1, False), "cancelled", "should have ended paid"),
        (Cancelling(0.1, 0.2, True), "paid", "should have ended cancelled"),
        (Cancelling(0.1, 0.2, True), "cancelled", "after the cancellation was accepted"),
        (None, "cancelled", "no cancellation was accepted"),
    ],
)
def test_a_cancelling_is_answered_by_what_was_paid_by_then(
    cancelling: Cancelling | None, state: str, words: str
) -> None:
    measured = run(paid("P1", Try(1.0, 1.1, 200), fate="settled"), cancelling=cancelling, ended_seconds=20.0)
    assert any(words in said for said in findings(measured, state))


@pytest.mark.parametrize(
    ("cancelling", "state"),
    [
        (Cancelling(3.0, 3.1, False), "paid"),
        (Cancelling(1.0, 3.1, True), "cancelled"),
        (Cancelling(1.0, None, None), "cancelled"),
        (Cancelling(1.0, None, None), "paid"),
    ],
)
def test_where_they_race_either_is_right(cancelling: Cancelling, state: str) -> None:
    measured = run(paid("P1", Try(1.0, 1.1, 200), fate="settled"), cancelling=cancelling, ended_seconds=20.0)
    assert findings(measured, state) == []


def test_nothing_falls_overdue_before_it_closes() -> None:
    early = run(closes=10.0, ended_seconds=9.0)
    assert any("1.000 s before its closing instant" in said for said in findings(early, "overdue"))
    assert any("not due in this run" in said for said in findings(run(closes=None), "overdue"))
    assert findings(run(closes=10.0, ended_seconds=10.1), "overdue") == []


def test_what_can_never_be_right_is_never_settled() -> None:
    [payment] = expected(pay("115.00", currency="USD")).payments
    tries = (Try(1.0, 1.1, 200),)
    measured = Measured(expected(pay("115.00", currency="USD")), (Paid(payment, tries, "settled"),), 10.0)
    assert any("was settled, though it is in USD" in said for said in wrong_fates(measured))
    assert measured.settled == 0
