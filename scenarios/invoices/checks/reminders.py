"""Which reminders had to be mailed, and which may have been: by the instants, the money and what was struck.

A reminder had to be mailed when the invoice was recorded as sent before its instant, was surely open long enough after
it, and nothing was struck that decides on it. It may have been when the invoice was possibly open. What mails it may
fail for a while: then it is tried again, or held and resumed, so that delays it and excuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.judge.checks.effects import Acts
from harness.record.record import Outcome, Record
from scenarios.invoices.checks.facts.acts import as_acts, base_acts
from scenarios.invoices.checks.facts.expected import agendas, invoice_struck, is_cancelled, measured_invoices, was_asked
from scenarios.invoices.checks.facts.facts import facts_of
from scenarios.invoices.checks.facts.identities import BOOK, MAIL, Kind
from scenarios.invoices.oracle.agenda import Agenda
from scenarios.invoices.oracle.ends import CLOCKS_SECONDS
from scenarios.invoices.oracle.measured import Measured
from scenarios.kit.checks.strikes import ACCOUNTING, BOOKS, SERVER, SMTP, strikes_of

SLOW_SECONDS = 3.5
"""What is to be done at an instant is begun within it, where nothing is struck: less than the grace after the last."""

DELAYS = (SMTP, BOOKS)
"""What an invoice may wait for between two instants: mailing the reminder before, and recording a status."""


def expected_acts(record: Record) -> Mapping[Kind, Acts]:
    """The business acts that had to happen, and those that may have, as the effects check wants them."""
    acts = base_acts(record)
    for invoice_id, instants in agendas(record).items():
        if was_asked(record, invoice_id) is not Outcome.FAIL and measured_invoices(record)[invoice_id].expected.mail:
            acts[MAIL].update(reminders_of(record, invoice_id, instants))
    return as_acts(acts)


def demanded(record: Record) -> dict[int, int]:
    """Number of the reminder → how many of it had to be mailed; those of no invoice are counted as none."""
    must = expected_acts(record)[MAIL].must
    numbers = range(1, 1 + max((len(each.reminders) for each in agendas(record).values()), default=0))
    return {number: sum(map(is_reminder(number), must)) for number in numbers}


def is_reminder(number: int) -> Callable[[str], bool]:
    """Whether a business act is the reminder with this number of any invoice."""
    return lambda act: act.startswith(f"reminder-{number} ")


def reminders_of(record: Record, invoice_id: str, instants: Agenda) -> dict[str, bool]:
    """The reminders that an invoice may have had, with whether they had to be mailed."""
    return {
        f"reminder-{number} {invoice_id}": _had_to_be(record, invoice_id, instants, number)
        for number, at in enumerate(instants.reminders, start=1)
        if _may_have_been(record, invoice_id, number, at)
    }


def _may_have_been(record: Record, invoice_id: str, number: int, at: float) -> bool:
    """Whether the invoice was possibly sent before the instant and open at it, and it was not mailed before it."""
    done, measured = facts_of(record).done, measured_invoices(record)[invoice_id]
    booked, mailed = done.get((BOOK, f"invoice {invoice_id}")), done.get((MAIL, f"reminder-{number} {invoice_id}"))
    if booked is not None and booked.at_seconds > at + CLOCKS_SECONDS:
        return False
    if mailed is not None and mailed.at_seconds < at - CLOCKS_SECONDS:
        return False
    closed = [measured.surely_paid_seconds]
    if measured.cancelling is not None and measured.cancelling.accepted:
        closed.append(measured.cancelling.answered_seconds)
    return all(each is None or each > at - CLOCKS_SECONDS for each in closed)


def _had_to_be(record: Record, invoice_id: str, instants: Agenda, number: int) -> bool:
    at = instants.reminders[number - 1]
    measured = measured_invoices(record)[invoice_id]
    return (
        was_asked(record, invoice_id) is Outcome.OK
        and sent_by(record, invoice_id) < at - CLOCKS_SECONDS
        and open_until(record, measured) > at + SLOW_SECONDS
        and decided_in_peace(record, invoice_id, instants, at)
        and not _no_longer_wanted(record, invoice_id, at)
    )


def sent_by(record: Record, invoice_id: str) -> float:
    """When the invoice was recorded as sent, and the server heard of it, at the latest.

    Only then does it wait for its instants. What a worker has done and could not report is done once more.
    """
    strikes = strikes_of(record)
    recorded = (
        (attempt.worker, attempt.ended_seconds)
        for attempt in facts_of(record).invoice(invoice_id).attempts
        if attempt.activity == RECORD and attempt.outcome == "completed" and attempt.ended_seconds is not None
    )
    heard = (
        at + strikes.stuck_seconds
        if strikes.worker(worker, at, at + REPORT_SECONDS) or strikes.touched((SERVER,), at, at + REPORT_SECONDS)
        else at
        for worker, at in recorded
    )
    return min(heard, default=float("inf"))


def open_until(record: Record, measured: Measured) -> float:
    """Until when the invoice was surely neither paid nor cancelled."""
    limits = [measured.surely_open_until_seconds]
    if is_cancelled(record, measured.expected.invoice_id) is not False and measured.cancelling is not None:
        limits.append(measured.cancelling.asked_seconds)
    return min((each for each in limits if each is not None), default=float("inf"))


def decided_in_peace(record: Record, invoice_id: str, instants: Agenda, at: float) -> bool:
    """Whether nothing was struck that could keep the invoice from deciding at this instant what is to be done."""
    if invoice_struck(record, invoice_id, (SERVER,), at, at + SLOW_SECONDS):
        return False
    first = min([*instants.reminders, instants.due_seconds])
    # One that is paid in parts may be going on in a new run, and waits until the payments under way are booked.
    several = len(measured_invoices(record)[invoice_id].payments) > 1
    delays = (SERVER, ACCOUNTING, *DELAYS) if several else (SERVER, *DELAYS)
    if at <= first and not several:
        return True
    # Something was to be done before, which it may still be at; of an activity that was just handed to a worker that
    # dies nobody hears, so every worker counts.
    strikes, until = strikes_of(record), at + SLOW_SECONDS
    return not (invoice_struck(record, invoice_id, delays, first, until) or strikes.any_worker(first, until))


def _no_longer_wanted(record: Record, invoice_id: str, at: float) -> bool:
    """Whether it may have been given up: held, because it could not be mailed, until the money had come."""
    ended = facts_of(record).invoice(invoice_id).state
    strikes = strikes_of(record)
    return ended != "overdue" and strikes.touched((SMTP, BOOKS), at, at + strikes.stuck_seconds)


REPORT_SECONDS = 2.0
"""How long the report of an activity that is done may be on its way to the server."""

RECORD = "record_status"
"""The activity that records a status in the books; the attempt log is the harness's own."""
