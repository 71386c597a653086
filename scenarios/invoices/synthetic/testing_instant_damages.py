"""Ways to damage what an innocent run says of its instants and trails, each with the checks that have to say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from harness.record.record import Record, WebhookTry
from scenarios.invoices.checks.facts.expected import agendas, measured_invoices
from scenarios.invoices.checks.facts.facts import facts_of
from scenarios.invoices.checks.facts.identities import MAIL
from scenarios.invoices.checks.reminders import expected_acts, is_reminder
from scenarios.invoices.synthetic.testing_damages import Damage

HOUR = 3600.0


def _trail_of(record: Record, state: str) -> tuple[str, list[dict[str, Any]]]:
    """The first invoice that ended so, and its trail."""
    subject = next(each for each in record.shown if facts_of(record).invoice(each).state == state)
    return subject, list(record.shown[subject]["trail"])


def _with_trail(record: Record, subject: str, trail: list[dict[str, Any]]) -> Record:
    return replace(record, shown={**record.shown, subject: {**record.shown[subject], "trail": trail}})


def a_status_was_never_written(record: Record) -> Record:
    """The first one."""
    subject, trail = _trail_of(record, "paid")
    return _with_trail(record, subject, trail[1:])


def past_due_was_never_written(record: Record) -> Record:
    """Of an invoice that went overdue."""
    subject, trail = _trail_of(record, "overdue")
    return _with_trail(record, subject, [entry for entry in trail if entry["status"] != "past-due"])


def a_status_was_written_twice(record: Record) -> Record:
    """The first one."""
    subject, trail = _trail_of(record, "paid")
    return _with_trail(record, subject, [trail[0], *trail])


def two_statuses_are_in_the_wrong_order(record: Record) -> Record:
    """The last two."""
    subject, trail = _trail_of(record, "overdue")
    return _with_trail(record, subject, [*trail[:-2], trail[-1], trail[-2]])


def a_status_was_written_by_a_foreign_run(record: Record) -> Record:
    """By a run of another invoice."""
    subject, trail = _trail_of(record, "paid")
    foreign = next(run.run_id for run in record.executions if run.subject != subject)
    return _with_trail(record, subject, [{**trail[0], "run_id": foreign}, *trail[1:]])


def a_trail_goes_back_in_time(record: Record) -> Record:
    """By a year."""
    subject, trail = _trail_of(record, "paid")
    return _with_trail(record, subject, [*trail[:-1], {**trail[-1], "at": "2020-01-01T00:00:00+00:00"}])


def every_status_is_dated_like_the_first(record: Record) -> Record:
    """As if its run had begun with all of them."""
    subject, trail = _trail_of(record, "overdue")
    return _with_trail(record, subject, [{**entry, "at": trail[0]["at"]} for entry in trail])


def every_status_is_dated_like_the_last(record: Record) -> Record:
    """As if somebody had dated them when they were read."""
    subject, trail = _trail_of(record, "overdue")
    return _with_trail(record, subject, [{**entry, "at": trail[-1]["at"]} for entry in trail])


def a_trail_is_dated_in_riyadh(record: Record) -> Record:
    """Its clock is three hours ahead, and called UTC."""
    subject, trail = _trail_of(record, "paid")
    ahead = [{**entry, "at": str(datetime.fromisoformat(entry["at"]) + timedelta(hours=3))} for entry in trail]
    return _with_trail(record, subject, ahead)


def money_went_back_an_hour_early(record: Record) -> Record:
    """Of an invoice that was closed when it came."""
    closing = agendas(record)
    payment = next(
        each.payment.payment_id
        for invoice_id, measured in measured_invoices(record).items()
        for each in measured.payments
        if each.fate == "returned" and invoice_id in closing and measured.cancelling is None and measured.expected.mail
    )
    return _moved(record, payment, -HOUR)


def money_was_taken_after_closing(record: Record) -> Record:
    """Of an invoice that closed in the run."""
    closing = agendas(record)
    payment = next(
        each.payment.payment_id
        for invoice_id, measured in measured_invoices(record).items()
        for each in measured.payments
        if each.fate == "settled" and invoice_id in closing
    )
    return _moved(record, payment, HOUR)


def _moved(record: Record, payment_id: str, seconds: float) -> Record:
    def moved(each: WebhookTry) -> WebhookTry:
        return replace(each, sent_seconds=each.sent_seconds + seconds, ended_seconds=each.ended_seconds + seconds)

    webhooks = (moved(each) if each.subject == payment_id else each for each in record.webhooks)
    return replace(record, webhooks=tuple(webhooks))


def _without_reminder(record: Record, number: int) -> Record:
    act = next(each for each in sorted(expected_acts(record)[MAIL].must) if is_reminder(number)(each))
    gone = facts_of(record).done[(MAIL, act)]
    return replace(record, effects=tuple(each for each in record.effects if each.key != gone.key))


def the_first_reminder_was_never_mailed(record: Record) -> Record:
    """One that nothing excuses."""
    return _without_reminder(record, 1)


def the_second_reminder_was_never_mailed(record: Record) -> Record:
    """One that nothing excuses."""
    return _without_reminder(record, 2)


INSTANT_DAMAGES: dict[str, tuple[Damage, frozenset[str]]] = {
    damage.__name__.replace("_", " "): (damage, frozenset({check}))
    for check, damages in {
        "trail": (
            *(a_status_was_never_written, past_due_was_never_written, a_status_was_written_twice),
            *(two_statuses_are_in_the_wrong_order, a_status_was_written_by_a_foreign_run, a_trail_goes_back_in_time),
            *(every_status_is_dated_like_the_first, every_status_is_dated_like_the_last, a_trail_is_dated_in_riyadh),
        ),
        "payments": (money_went_back_an_hour_early, money_was_taken_after_closing),
        "effects": (the_first_reminder_was_never_mailed, the_second_reminder_was_never_mailed),
    }.items()
    for damage in damages
}
"""Name → the damage, and the check that says INVALID."""
