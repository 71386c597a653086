"""Ways to damage the record of an innocent run, each with the checks of which one has to say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from harness.history_facts import FailedActivity
from harness.record import Effect, Outcome, Record

Damage = Callable[[Record], Record]

DAMAGES: dict[str, tuple[Damage, frozenset[str]]] = {}
"""Name → the damage, and the checks of which at least one says INVALID."""


def seen_by(*checks: str) -> Callable[[Damage], Damage]:
    """Enter a damage under the name of its function."""

    def enter(damage: Damage) -> Damage:
        DAMAGES[damage.__name__.removeprefix("_").replace("_", " ")] = (damage, frozenset(checks))
        return damage

    return enter


def _effects(record: Record, kind: str, booked: str | None = None) -> list[Effect]:
    return [
        effect
        for effect in record.effects
        if f"{effect.service}/{effect.operation}" == kind and (booked is None or effect.detail["kind"] == booked)
    ]


def _of_paid(record: Record, effects: list[Effect]) -> Effect:
    """The first of these that belongs to an invoice which ended paid: there, nothing is left to a race."""
    paid = {each.result["invoice_id"] for each in record.executions if each.result and each.result["status"] == "paid"}
    return next(effect for effect in effects if effect.reference in paid)


def _without(record: Record, gone: Effect) -> Record:
    return replace(record, effects=tuple(effect for effect in record.effects if effect.effect_id != gone.effect_id))


def _instead(record: Record, old: Effect, **changes: Any) -> Record:
    new = replace(old, **changes)
    return replace(record, effects=tuple(new if each.effect_id == old.effect_id else each for each in record.effects))


def _besides(record: Record, effect: Effect, **changes: Any) -> Record:
    return replace(record, effects=(*record.effects, replace(effect, effect_id="effect-more", **changes)))


def _ended(record: Record, how: str, **changes: Any) -> Record:
    """The result of the first execution that ended so is another."""
    old = next(each for each in record.executions if each.result and each.result["status"] == how)
    new = replace(old, result={**old.result, **changes})
    return replace(record, executions=tuple(new if each is old else each for each in record.executions))


@seen_by("effects")
def _a_mail_is_lost(record: Record) -> Record:
    return _without(record, _of_paid(record, _effects(record, "smtp/mail")))


@seen_by("effects")
def _a_booking_is_lost(record: Record) -> Record:
    return _without(record, _of_paid(record, _effects(record, "accounting/book", "invoice")))


@seen_by("effects")
def _a_payment_is_not_booked(record: Record) -> Record:
    return _without(record, _of_paid(record, _effects(record, "accounting/book", "payment")))


@seen_by("effects")
def _a_booking_is_doubled(record: Record) -> Record:
    return _besides(record, _effects(record, "accounting/book")[0])


@seen_by("effects")
def _a_mail_comes_again_under_another_key(record: Record) -> Record:
    return _besides(record, _effects(record, "smtp/mail")[0], key="<fresh@traf3li.example>")


@seen_by("effects")
def _a_mail_comes_again_with_other_bytes(record: Record) -> Record:
    return _besides(record, _effects(record, "smtp/mail")[0], digest="other")


@seen_by("effects", "books")
def _a_payment_is_booked_that_nobody_made(record: Record) -> Record:
    booking = _effects(record, "accounting/book", "payment")[0]
    return _besides(record, booking, detail={**booking.detail, "memo": "Payment PAY-NOBODY-1 of it"})


@seen_by("effects", "compensations")
def _a_refund_is_lost(record: Record) -> Record:
    return _without(record, _effects(record, "payments/refund")[0])


@seen_by("books")
def _an_entry_says_another_amount(record: Record) -> Record:
    booking = _effects(record, "accounting/book", "invoice")[0]
    lines = [{**line, "debit": line["debit"] + "1", "credit": line["credit"] + "1"} for line in booking.detail["lines"]]
    return _instead(record, booking, detail={**booking.detail, "lines": lines})


@seen_by("books")
def _an_entry_is_on_another_account(record: Record) -> Record:
    booking = _effects(record, "accounting/book", "payment")[0]
    lines = [{**line, "account": line["account"].replace("bank", "petty cash")} for line in booking.detail["lines"]]
    return _instead(record, booking, detail={**booking.detail, "lines": lines})


@seen_by("books")
def _an_entry_is_in_another_currency(record: Record) -> Record:
    booking = _effects(record, "accounting/book", "invoice")[0]
    return _instead(record, booking, detail={**booking.detail, "currency": "XXX"})


@seen_by("payments")
def _money_is_neither_kept_nor_returned(record: Record) -> Record:
    return _without(record, _of_paid(record, _effects(record, "payments/settled")))


@seen_by("payments")
def _a_paid_invoice_says_that_it_is_overdue(record: Record) -> Record:
    return _ended(record, "paid", status="overdue")


@seen_by("payments")
def _an_invoice_counts_more_than_was_paid(record: Record) -> Record:
    return _ended(record, "overdue", paid={"amount": "123456.00", "currency": "SAR"})


@seen_by("statuses")
def _the_books_say_another_status(record: Record) -> Record:
    subject = next(iter(record.shown))
    return replace(record, shown={**record.shown, subject: {**record.shown[subject], "status": "sent"}})


@seen_by("trail")
def _a_status_is_missing_from_the_trail(record: Record) -> Record:
    subject, shown = next((subject, each) for subject, each in record.shown.items() if len(each["trail"]) > 1)
    return replace(record, shown={**record.shown, subject: {**shown, "trail": shown["trail"][1:]}})


@seen_by("compensations")
def _the_credit_note_is_mailed_first(record: Record) -> Record:
    letter = next(each for each in _effects(record, "smtp/mail") if each.detail["subject"].startswith("Credit note"))
    return _instead(record, letter, at_seconds=letter.at_seconds - 100.0)


def _answer(record: Record, **changes: Any) -> Record:
    operations = [
        replace(each, detail={**each.detail, **changes}) if each.operation_id == "upload/invoices.csv" else each
        for each in record.operations
    ]
    return replace(record, operations=tuple(operations))


@seen_by("uploads")
def _a_good_invoice_is_not_accepted(record: Record) -> Record:
    upload = next(each for each in record.operations if each.operation_id == "upload/invoices.csv")
    return _answer(record, accepted=upload.detail["accepted"][1:])


@seen_by("uploads")
def _a_bad_row_is_not_named(record: Record) -> Record:
    upload = next(each for each in record.operations if each.operation_id == "upload/invoices.csv")
    return _answer(record, refused=upload.detail["refused"][1:])


@seen_by("uploads")
def _a_double_click_starts_two_runs(record: Record) -> Record:
    operations = [
        replace(each, detail={**each.detail, "run_id": "other"})
        if each.name == "process-again" and each.outcome is Outcome.OK
        else each
        for each in record.operations
    ]
    return replace(record, operations=tuple(operations))


@seen_by("liveness")
def _an_execution_never_ends(record: Record) -> Record:
    first, *others = record.executions
    return replace(record, executions=(replace(first, status="RUNNING", result=None, state="sent"), *others))


@seen_by("liveness")
def _what_was_cut_short_is_taken_up_late(record: Record) -> Record:
    cut = next(attempt for attempt in record.attempts if attempt.ended_seconds is None)
    later = [
        replace(each, started_seconds=each.started_seconds + 60.0, ended_seconds=(each.ended_seconds or 0.0) + 60.0)
        if (each.run_id, each.activity_id) == (cut.run_id, cut.activity_id) and each.attempt > cut.attempt
        else each
        for each in record.attempts
    ]
    return replace(record, attempts=tuple(later))


@seen_by("retries")
def _an_attempt_comes_too_soon(record: Record) -> Record:
    failed = next(each for each in record.attempts if each.outcome == "failed" and each.retryable)
    assert failed.ended_seconds is not None
    soon = failed.ended_seconds + 0.2
    sooner = [
        replace(each, started_seconds=soon)
        if (each.run_id, each.activity_id, each.attempt) == (failed.run_id, failed.activity_id, failed.attempt + 1)
        else each
        for each in record.attempts
    ]
    return replace(record, attempts=tuple(sooner))


@seen_by("retries")
def _a_policy_has_no_limit(record: Record) -> Record:
    return replace(record, policies=tuple(replace(policy, maximum_attempts=0) for policy in record.policies))


@seen_by("replay")
def _a_history_diverges(record: Record) -> Record:
    first, *others = record.replays
    return replace(record, replays=(replace(first, outcome="nondeterminism", message="another timer"), *others))


@seen_by("held")
def _an_execution_is_held_for_nothing(record: Record) -> Record:
    first, *others = record.facts
    spent = FailedActivity("book_invoice", "4", 1, "MAXIMUM_ATTEMPTS_REACHED", "gave up at once")
    held = replace(first, states={**first.states, "held": 1}, failed_activities=(spent,))
    attempt = next(each for each in record.attempts if each.run_id == first.run_id)
    logged = replace(attempt, activity="book_invoice", activity_id="4")
    return replace(record, facts=(held, *others), attempts=(*record.attempts, logged))


@seen_by("leaks")
def _an_update_is_never_answered(record: Record) -> Record:
    first, *others = record.facts
    return replace(record, facts=(replace(first, open_updates=1), *others))


@seen_by("leaks")
def _a_workflow_task_fails(record: Record) -> Record:
    first, *others = record.facts
    return replace(record, facts=(replace(first, task_failures=("WORKFLOW_WORKER_UNHANDLED_FAILURE: no",)), *others))
