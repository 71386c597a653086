"""Ways to damage the record of an innocent run, each with the checks of which one has to say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from harness.record.record import Effect, Outcome, Record

Damage = Callable[[Record], Record]

DAMAGES: dict[str, tuple[Damage, frozenset[str]]] = {}
"""Name → the damage, and the checks of which at least one says INVALID."""


def seen_by(*checks: str) -> Callable[[Damage], Damage]:
    """Enter a damage under the name of its function."""

    def enter(damage: Damage) -> Damage:
        DAMAGES[damage.__name__.removeprefix("_").replace("_", " ")] = (damage, frozenset(checks))
        return damage

    return enter


def effects_of(record: Record, kind: str, booked: str | None = None) -> list[Effect]:
    """The effects of this kind ("smtp/mail"), of bookings those of this kind of entry."""
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


def besides(record: Record, effect: Effect, **changes: Any) -> Record:
    """The record with one more effect, like this one but for the changes."""
    return replace(record, effects=(*record.effects, replace(effect, effect_id="effect-more", **changes)))


def _ended(record: Record, how: str, **changes: Any) -> Record:
    """The result of the first execution that ended so is another."""
    old = next(each for each in record.executions if each.result and each.result["status"] == how)
    new = replace(old, result={**old.result, **changes})
    return replace(record, executions=tuple(new if each is old else each for each in record.executions))


@seen_by("effects")
def _a_mail_is_lost(record: Record) -> Record:
    return _without(record, _of_paid(record, effects_of(record, "smtp/mail")))


@seen_by("effects")
def _a_booking_is_lost(record: Record) -> Record:
    return _without(record, _of_paid(record, effects_of(record, "accounting/book", "invoice")))


@seen_by("effects")
def _a_payment_is_not_booked(record: Record) -> Record:
    return _without(record, _of_paid(record, effects_of(record, "accounting/book", "payment")))


@seen_by("effects")
def _a_booking_is_doubled(record: Record) -> Record:
    return besides(record, effects_of(record, "accounting/book")[0])


@seen_by("effects")
def _a_mail_comes_again_under_another_key(record: Record) -> Record:
    return besides(record, effects_of(record, "smtp/mail")[0], key="<fresh@traf3li.example>")


@seen_by("effects")
def _a_mail_comes_again_with_other_bytes(record: Record) -> Record:
    return besides(record, effects_of(record, "smtp/mail")[0], digest="other")


@seen_by("effects", "books")
def _a_payment_is_booked_that_nobody_made(record: Record) -> Record:
    booking = effects_of(record, "accounting/book", "payment")[0]
    return besides(record, booking, detail={**booking.detail, "memo": "Payment PAY-NOBODY-1 of it"})


@seen_by("effects", "compensations")
def _a_refund_is_lost(record: Record) -> Record:
    return _without(record, effects_of(record, "payments/refund")[0])


@seen_by("books")
def _an_entry_says_another_amount(record: Record) -> Record:
    booking = effects_of(record, "accounting/book", "invoice")[0]
    lines = [{**line, "debit": line["debit"] + "1", "credit": line["credit"] + "1"} for line in booking.detail["lines"]]
    return _instead(record, booking, detail={**booking.detail, "lines": lines})


@seen_by("books")
def _an_entry_is_on_another_account(record: Record) -> Record:
    booking = effects_of(record, "accounting/book", "payment")[0]
    lines = [{**line, "account": line["account"].replace("bank", "petty cash")} for line in booking.detail["lines"]]
    return _instead(record, booking, detail={**booking.detail, "lines": lines})


@seen_by("books")
def _an_entry_is_in_another_currency(record: Record) -> Record:
    booking = effects_of(record, "accounting/book", "invoice")[0]
    return _instead(record, booking, detail={**booking.detail, "currency": "XXX"})


@seen_by("books")
def _an_entry_names_nobody(record: Record) -> Record:
    booking = effects_of(record, "accounting/book", "invoice")[0]
    memo = f"Invoice {booking.reference} to "
    return _instead(record, booking, detail={**booking.detail, "memo": memo})


@seen_by("books")
def _an_entry_names_another_invoice(record: Record) -> Record:
    booking = effects_of(record, "accounting/book", "payment")[0]
    return _instead(record, booking, detail={**booking.detail, "memo": f"{booking.detail['memo']}-2"})


@seen_by("payments")
def _money_is_neither_kept_nor_returned(record: Record) -> Record:
    return _without(record, _of_paid(record, effects_of(record, "payments/settled")))


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
    letter = next(each for each in effects_of(record, "smtp/mail") if each.detail["subject"].startswith("Credit note"))
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
