"""Which ends of an invoice are right, given what was measured of its payments and of its cancellation.

Where requests race, more than one end is right, and which one was taken shows in the answers. So every limit is looked
at from both sides: what was turned away as too late must have been answered after the limit, and what was taken must
have been sent before it. What was sent well before must have been taken, unless something it needs was struck.

Everything is in seconds of the host's one clock. Not covered: why an answer came late; ``strikes`` tells that.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.invoices.oracle.invoices import Fate
from scenarios.invoices.oracle.measured import Cancelling, Measured, Paid

CLOCKS_SECONDS = 0.5
"""How far two instants may seem to be in the wrong order: the due instants are dates, drawn a moment before the host's
other clock was read, and what was sent or answered is noted a moment before or after."""

PROMPT_SECONDS = 5.0
"""A payment that is sent so long before a limit is taken before it, where nothing that it needs was struck. It takes
some hundredths of a second; the rest is for processors that are busy with something else."""

UPDATES_AT_ONCE = 10
"""So many updates Temporal lets wait for one workflow; whoever comes beside them comes again, and may come too late
(``history.maxInFlightUpdates`` of a Temporal server). So a payment that comes in a crowd has longer."""


def wrong_fates(measured: Measured) -> Iterator[str]:
    """What is wrong with what became of the money, in words."""
    for paid in measured.payments:
        if paid.fate == "settled":
            yield from _wrongly_settled(measured, paid)
        if paid.fate == "returned":
            yield from _wrongly_returned(measured, paid)
    if measured.settled > measured.expected.judged.total:
        yield f"{measured.settled} were settled of {measured.expected.judged.total}"


def _wrongly_settled(measured: Measured, paid: Paid) -> Iterator[str]:
    name, sent = paid.payment.payment_id, paid.sent_seconds
    if paid.payment.refused_for:
        yield f"{name} was settled, though {paid.payment.refused_for}"
    if sent is None or paid.taken_seconds is None:
        yield f"{name} was settled, though no answer says that it counts"
        return
    if measured.closes_seconds is not None and sent > measured.closes_seconds + CLOCKS_SECONDS:
        yield f"{name} was settled, though it was first sent {sent - measured.closes_seconds:.3f} s after closing"
    cancelling = measured.cancelling
    if cancelling is not None and cancelling.accepted and cancelling.answered_seconds is not None:
        late = sent - cancelling.answered_seconds
        if late > CLOCKS_SECONDS:
            yield f"{name} was settled, though it was first sent {late:.3f} s after the cancellation was accepted"


def _wrongly_returned(measured: Measured, paid: Paid) -> Iterator[str]:
    name, sent, away = paid.payment.payment_id, paid.sent_seconds, paid.turned_away_seconds
    if sent is None or away is None or paid.taken_seconds is not None:
        yield f"{name} went back, though the answers do not say that it never counts"
        return
    if paid.payment.refused_for or _no_room(measured, paid, away):
        return
    limits = []
    if measured.closes_seconds is not None:
        limits.append((measured.closes_seconds, "closing"))
    cancelling = measured.cancelling
    if cancelling is not None and cancelling.accepted is not False:
        limits.append((cancelling.asked_seconds, "cancellation was asked for"))
    if not limits:
        yield f"{name} went back, though it was due, and nothing closed the invoice"
        return
    limit, what = min(limits)
    if away < limit - CLOCKS_SECONDS:
        yield f"{name} went back, though it was turned away {limit - away:.3f} s before {what}"
    elif sent + PROMPT_SECONDS * _turns(measured, paid, sent, limit) <= limit and not paid.struck:
        yield (
            f"{name} went back, though it was first sent {limit - sent:.3f} s before {what} "
            "and nothing that it needs was struck: it was turned away until it was too late"
        )


def _turns(measured: Measured, paid: Paid, since: float, until: float) -> int:
    """How many times the workflow may have had its hands full of other payments, and once for this one."""
    beside = 0
    for other in measured.payments:
        came, taken = other.sent_seconds, other.taken_seconds
        if other is not paid and came is not None and came <= until and (taken is None or taken >= since):
            beside += 1
    return 1 + beside // UPDATES_AT_ONCE


def _no_room(measured: Measured, paid: Paid, away_seconds: float) -> bool:
    """Whether the payment may have been more than was still open when it was turned away."""
    others = Decimal(0)
    for other in measured.payments:
        sent = other.sent_seconds
        if other is not paid and other.fate == "settled" and sent is not None and sent <= away_seconds:
            others += other.payment.amount
    return others + paid.payment.amount > measured.expected.judged.total


def wrong_end(measured: Measured, state: str) -> Iterator[str]:
    """What is wrong with the state it ended in ("refused", "invalid", "paid", "overdue", "cancelled"), in words."""
    cancelling = measured.cancelling
    accepted = cancelling.accepted if cancelling is not None else False
    if accepted is None:
        accepted = state == "cancelled"
    wanted = _wanted(measured, cancelled=accepted)
    if state != wanted:
        yield f"ended {state}, though it should have ended {wanted}: {_because(measured, accepted)}"
    elif state == "overdue":
        yield from _closed_early(measured)
    if cancelling is not None and measured.expected.judged.fate is Fate.GOOD:
        yield from _wrongly_answered(measured, cancelling, state)


def _wanted(measured: Measured, *, cancelled: bool) -> str:
    fate = measured.expected.judged.fate
    if fate is Fate.REFUSED:
        return str(fate.value)
    if cancelled:
        return "cancelled"
    if fate is Fate.INVALID:
        return str(fate.value)
    return "paid" if measured.paid_in_full else "overdue"


def _because(measured: Measured, accepted: bool) -> str:
    if measured.expected.judged.fate is not Fate.GOOD:
        return f"it is {measured.expected.judged.fate.value}"
    if accepted:
        return "its cancellation was accepted"
    taken = ", ".join(each.payment.payment_id for each in measured.payments if each.fate == "settled") or "nothing"
    return f"{taken} settled, {measured.settled} of {measured.expected.judged.total}, and no cancellation was accepted"


def _closed_early(measured: Measured) -> Iterator[str]:
    if measured.closes_seconds is None:
        yield "ended overdue, though it is not due in this run"
    elif measured.ended_seconds is not None and measured.ended_seconds < measured.closes_seconds - CLOCKS_SECONDS:
        yield f"ended overdue {measured.closes_seconds - measured.ended_seconds:.3f} s before its closing instant"


def _wrongly_answered(measured: Measured, cancelling: Cancelling, state: str) -> Iterator[str]:
    """A cancelling is accepted as long as the invoice is open, and refused from then on."""
    asked, answered, paid = cancelling.asked_seconds, cancelling.answered_seconds, measured.surely_paid_seconds
    if cancelling.accepted and paid is not None and paid < asked - CLOCKS_SECONDS:
        yield f"its cancellation was accepted, though all had been paid {asked - paid:.3f} s before it was asked for"
    ended = measured.ended_seconds
    if cancelling.accepted and ended is not None and ended < asked - CLOCKS_SECONDS:
        yield f"its cancellation was accepted, though it had ended {asked - ended:.3f} s before it was asked for"
    if cancelling.accepted is False and answered is not None:
        closes = measured.surely_open_until_seconds if state == "paid" else measured.closes_seconds
        if closes is not None and answered < closes - CLOCKS_SECONDS:
            yield f"its cancellation was refused {closes - answered:.3f} s before it was {state}"
