"""Since when an invoice stands so, by what its trail says, and by what the world and the harness have seen.

A status is dated neither before that came true of which it tells (an invoice is sent once it is mailed and booked), nor
after the first attempt to write it into the books began. Both sides are causes and their effects, in that order on a
machine of any speed.
Data flow: measured instants and the worker's own log of attempts → **instants** → *trail*.

Not covered: how promptly a status follows what it tells of; a worker may have been dead in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from harness.record.record import Attempt, Record
from scenarios.invoices.checks.content.bills import Moment, put_in
from scenarios.invoices.checks.facts.acts import undoing
from scenarios.invoices.checks.facts.expected import agendas, expected_invoices, measured_invoices
from scenarios.invoices.checks.facts.facts import facts_of, was_made
from scenarios.invoices.checks.facts.identities import BOOK, MAIL
from scenarios.invoices.checks.reminders import RECORD

SLACK_SECONDS = 1.0
"""How far the server's clock may seem off the host's other one. On one host it is some milliseconds."""

Limit = tuple[float, str]
"""An instant on the host's clock, and what was then."""


def moment_of(record: Record, invoice_id: str) -> Moment | None:
    """One moment on both clocks, ``None`` where nobody knows when the invoice's file was dated."""
    known = record.once(put_in).get(invoice_id)
    return None if known is None else known.moment


def wrong_instants(record: Record, invoice_id: str, entries: Sequence[tuple[str, datetime]]) -> Iterator[str]:
    """What is wrong with when an invoice came to its statuses, in words.

    :param entries: every status of its trail with its instant, in their order.
    """
    moment = moment_of(record, invoice_id)
    if moment is None:
        return
    written = _written(record, invoice_id, len(entries))
    for number, (status, instant) in enumerate(entries):
        at = moment.seconds(instant)
        since, why = max(_not_before(record, invoice_id, status), default=(at, ""))
        if at < since - SLACK_SECONDS:
            yield f"{status} is dated {instant.isoformat()}, {since - at:.3f} s before {why}"
        limits = [*written[number : number + 1], *_not_after(record, invoice_id)]
        until, why = min(limits, default=(at, ""))
        if at > until + SLACK_SECONDS:
            yield f"{status} is dated {instant.isoformat()}, {at - until:.3f} s after {why}"


def _not_before(record: Record, invoice_id: str, status: str) -> Iterator[Limit]:
    """What came before the invoice stood so."""
    facts, measured = facts_of(record), measured_invoices(record)[invoice_id]
    clicks = (facts.operations.get((name, invoice_id)) for name in ("process", "process-again"))
    asked = [click.invoked_seconds for click in clicks if click is not None and was_made(click)]
    if asked:
        yield min(asked), "anybody asked to process it"
    if status == "sent":
        for act, what in (((MAIL, invoice_id), "it was mailed"), ((BOOK, f"invoice {invoice_id}"), "it was booked")):
            if act in facts.done:
                yield facts.done[act].at_seconds, what
    if status == "paid" and measured.surely_open_until_seconds is not None:
        yield measured.surely_open_until_seconds, "the last of its payments was booked"
    if status == "cancelled":
        if measured.cancelling is not None:
            yield measured.cancelling.asked_seconds, "anybody asked to cancel it"
        # A credit note of which nobody is sure that it is needed may be given up, and go out all the same.
        for kind, name in undoing(record, expected_invoices(record)[invoice_id]):
            if kind != MAIL and (kind, name) in facts.done:
                yield facts.done[kind, name].at_seconds, f"{'/'.join(kind)} of {name}"
    known = agendas(record).get(invoice_id)
    if known is not None and status == "past-due":
        yield known.due_seconds, "it fell due"
    if known is not None and status == "overdue":
        yield known.closes_seconds, "it closed"


def _not_after(record: Record, invoice_id: str) -> Iterator[Limit]:
    """When the invoice was seen to have ended, and when its trail was read."""
    run, reads = facts_of(record).invoice(invoice_id).last_run, record.phase("final-reads")
    if run is not None and run.closed_seconds is not None:
        yield run.closed_seconds, "its workflow had ended"
    if reads is not None and reads.left_seconds is not None:
        yield reads.left_seconds, "its trail was read"


def _written(record: Record, invoice_id: str, statuses: int) -> list[Limit]:
    """By when each of so many statuses was known; nothing where it cannot be told which activity wrote which."""
    written = record.once(_writes).get(invoice_id, [])
    # One that was held and resumed is another activity of the same status.
    return written if len(written) == statuses else []


def _writes(record: Record) -> Mapping[str, list[Limit]]:
    """By when each activity that writes a status knew its instant, by invoice, in the order in which they began."""
    ends: defaultdict[str, dict[tuple[str, str], list[Attempt]]] = defaultdict(dict)
    for attempt in sorted(record.attempts, key=lambda each: each.started_seconds):
        if attempt.activity == RECORD:
            ends[attempt.subject].setdefault((attempt.run_id, attempt.activity_id), []).append(attempt)
    return {subject: [_known(attempts) for attempts in activities.values()] for subject, activities in ends.items()}


def _known(attempts: Sequence[Attempt]) -> Limit:
    """When the instant was known at the latest: the workflow gave it to the activity, so before its first attempt."""
    first = [each.started_seconds for each in attempts if each.attempt == 1]
    if first:
        return min(first), "the first attempt to write it began"
    # The worker died before it could log that attempt, and any of the others may have written it.
    ended = [each.ended_seconds for each in attempts if each.outcome == "completed" and each.ended_seconds is not None]
    return max(ended, default=float("inf")), "it was written into the books"
