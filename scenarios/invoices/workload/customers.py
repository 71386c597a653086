"""How the customers of a run pay: drawn from the seed, one habit per invoice.

Data flow: sample rows → **habits** → operations of the workload and expectations of the oracle. Amounts are minor
units (halalas, fils), so that parts always add up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from scenarios.invoices.oracle.agenda import agenda
from scenarios.world import GRACE_SECONDS, REMINDERS

# habit → weight. Every claim needs all of them: part payments delivered twice are what finds a payment counted twice.
HABITS = {
    "prompt": 42,
    "parts": 14,
    "parts-delivered-twice": 12,
    "never": 6,
    "forgets": 6,
    "part-only": 5,
    "late": 6,
    "cancels": 4,
    "part-then-cancels": 6,
    "unreachable-then-cancels": 4,
}

# The mail server refuses mail to these for good, so the invoice is held, and all that can be done is to cancel it.
UNREACHABLE = "unreachable-then-cancels"

# Nobody pays these, and they fall due only when what the faults have touched has long gone on: whatever the seed, both
# reminders of some invoice have to be mailed, and nothing excuses that they were not.
FORGETS = "forgets"

# These have paid so many parts that their invoice has gone on in a new run, and then forget the rest as those do: what
# an invoice has to remind of, and until when it is open, must have gone on with it.
PARTS_THEN_FORGETS = "many-parts-then-forgets"

FORGETFUL = (FORGETS, PARTS_THEN_FORGETS)

# For claims on what happens after many payments: most invoices are paid in many small parts, several of them at once,
# so that some are always under way when a workflow goes on in a new run.
MANY_PARTS = {
    "many-parts": 5,
    "many-parts-due": 3,
    "many-parts-then-cancels": 2,
    "prompt": 1,
    "late": 1,
    FORGETS: 1,
    PARTS_THEN_FORGETS: 2,
}
PARTS_COUNT = 15
PARTS_AT_ONCE = 3
# More than one run may book, whatever is under way when it has booked enough (the check *runs*).
MANY_MORE_PARTS_COUNT = 25

# Near enough that the run sees it pass.
NEAR_DUE_SECONDS = 8.0

# Who forgets falls due so long after work began, at the earliest; every second of them later still, because a machine
# with much else to do takes longer to be itself again after the faults.
LAST_DUE_SECONDS = 36.0
LATER_SECONDS = 20.0

# Who pays late does so past the due instant, some before the invoice closes and some after.
CLOSES_AFTER_SECONDS = agenda(0.0, REMINDERS, GRACE_SECONDS).closes_seconds
# After the due instant, by turns: what is tried on every seed must not depend on luck.
LATE_SECONDS = (
    (CLOSES_AFTER_SECONDS - 2.8, CLOSES_AFTER_SECONDS - 0.8),
    (CLOSES_AFTER_SECONDS - 0.2, CLOSES_AFTER_SECONDS + 3.0),
)


@dataclass(frozen=True)
class PlannedPayment:
    """A payment of a customer: ``after_seconds`` is when it is meant to be made, after work began."""

    payment_id: str
    amount: str
    currency: str
    deliveries: int
    after_seconds: float


@dataclass(frozen=True)
class Customer:
    """What one customer does with one invoice.

    ``start_seconds`` is when its processing is meant to start, ``due_seconds`` when it falls due (``None``: in 30
    days), ``cancel_seconds`` when it is cancelled (``None``: never), all after work began.
    """

    invoice_id: str
    habit: str
    start_seconds: float
    payments: tuple[PlannedPayment, ...]
    due_seconds: float | None
    cancel_seconds: float | None = None


def draw_customer(
    draw: random.Random,
    invoice_id: str,
    habit: str,
    total: Decimal,
    currency: str,
    start_seconds: float,
    last_due_seconds: float = LAST_DUE_SECONDS,
    before: int = 0,
) -> Customer:
    """Draw what a customer of this habit does with one invoice.

    :param total: what the invoice says it comes to, in the currency's own digits.
    :param start_seconds: when its processing is meant to start, after work began.
    :param last_due_seconds: when what a forgetful customer owes falls due at the earliest, after work began.
    :param before: how many customers of this habit there are already: they take turns.
    """
    first = round(draw.uniform(0.3, 2.5), 3)
    amounts = _amounts(draw, habit, total)
    near = habit in ("never", "part-only", "late", "many-parts-due", *FORGETFUL)
    due_seconds = round(start_seconds + NEAR_DUE_SECONDS, 3) if near else None
    if due_seconds is not None and habit in FORGETFUL:
        # After many parts always later: they have to have come before.
        later = habit == PARTS_THEN_FORGETS or before % 2
        due_seconds = max(due_seconds, last_due_seconds + LATER_SECONDS * later)
    late = NEAR_DUE_SECONDS + draw.uniform(*LATE_SECONDS[before % 2])

    def paid_at(number: int) -> float:
        """When payment ``number`` (from 1) is made."""
        if habit == "late":
            return late
        if habit.startswith("many-parts"):
            # One that falls due is reminded of before most of its parts have come.
            waits = 1.5 if habit == "many-parts-due" else 0.0
            return first + waits + 0.6 * (1 + (number - 1) // PARTS_AT_ONCE)
        return first + 0.4 * number

    payments = tuple(
        PlannedPayment(
            payment_id=f"PAY-{invoice_id}-{number}",
            amount=str(amount),
            currency=currency,
            deliveries=2 if habit == "parts-delivered-twice" else 1,
            after_seconds=round(start_seconds + paid_at(number), 3),
        )
        for number, amount in enumerate(amounts, start=1)
    )
    cancel_seconds = None
    if habit.endswith("cancels"):
        # From before it is sent to well after what was paid; the unreachable not before a slow machine has mailed them.
        earliest, latest = (3.0, 5.0) if habit == UNREACHABLE else (-0.7, 2.0)
        cancel_seconds = round(start_seconds + paid_at(len(payments)) + draw.uniform(earliest, latest), 3)
    return Customer(invoice_id, habit, start_seconds, payments, due_seconds, cancel_seconds)


def _amounts(draw: random.Random, habit: str, total: Decimal) -> list[Decimal]:
    """What a customer of this habit pays, in the order of paying."""
    shares = {
        "prompt": 1,
        "parts": draw.randint(2, 3),
        "parts-delivered-twice": 2,
        "never": 0,
        FORGETS: 0,
        "part-only": 1,
        "late": 1,
        "cancels": 0,
        UNREACHABLE: 0,
        "part-then-cancels": draw.randint(1, 2),
        "many-parts": PARTS_COUNT,
        "many-parts-due": PARTS_COUNT,
        "many-parts-then-cancels": PARTS_COUNT,
        PARTS_THEN_FORGETS: MANY_MORE_PARTS_COUNT,
    }[habit]
    pays_all = habit not in ("part-only", "part-then-cancels", "many-parts-then-cancels", PARTS_THEN_FORGETS)
    amounts = split(total, shares + (not pays_all), draw)[:shares]
    if habit == "parts-delivered-twice":
        # The smaller part first: counted twice, it still fits below the total, so nothing but the count gives it away.
        amounts.sort()
    return amounts


def split(total: Decimal, parts: int, draw: random.Random) -> list[Decimal]:
    """Split a positive total into ``parts`` positive amounts that add up to it, in the total's own digits.

    A total too small for so many parts (one halala) stays whole.
    """
    if parts < 1:
        return []
    exponent = total.as_tuple().exponent
    assert isinstance(exponent, int), "a total is a finite number"
    unit = Decimal(1).scaleb(exponent)
    units = int(total / unit)
    if units < parts:
        return [total]
    cuts = sorted(draw.sample(range(1, units), parts - 1))
    return [(high - low) * unit for low, high in zip([0, *cuts], [*cuts, units], strict=True)]
