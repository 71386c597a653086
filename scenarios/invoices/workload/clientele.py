"""Who the customers of a file are: each invoice has one, with a habit that shows on it.

Data flow: rows of the sample and seed → **customers** → operations of the workload. What a customer of one habit
does with an invoice is in ``customers``.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal, InvalidOperation

from scenarios.invoices.workload.customers import (
    FORGETFUL,
    HABITS,
    LAST_DUE_SECONDS,
    UNREACHABLE,
    Customer,
    PlannedPayment,
    draw_customer,
)
from scenarios.invoices.workload.sample import Rows, first_of_each, invoice_ids

MAILED = frozenset({UNREACHABLE, *FORGETFUL})
"""The habits that need an invoice that is mailed."""


def draw_habits(draw: random.Random, count: int, weights: Mapping[str, int] = HABITS) -> list[str]:
    """A habit for each of ``count`` customers: in the stated shares, as nearly as whole numbers go, in drawn order.

    Shares rather than chances, so that no seed is without a habit that some check depends on.
    """
    weight = sum(weights.values())
    exact = {habit: count * share / weight for habit, share in weights.items()}
    habits = [habit for habit, number in exact.items() for _ in range(int(number))]
    by_remainder = sorted(weights, key=lambda habit: exact[habit] % 1, reverse=True)
    habits += by_remainder[: count - len(habits)]
    draw.shuffle(habits)
    return habits


def placed_where_mailed(habits: Sequence[str], mailed: Sequence[bool]) -> list[str]:
    """The habits with each of those that depend on it put where an invoice is mailed, in exchange with the next.

    An unreachable customer whose invoice is never mailed would refuse nothing, and one who forgets would be reminded of
    nothing. Where there is nobody to exchange with, they stay.

    :param mailed: of each invoice in the order of ``habits``, whether it comes to be mailed at all.
    """
    placed = list(habits)
    free = [number for number, is_mailed in enumerate(mailed) if is_mailed and habits[number] not in MAILED]
    for number, habit in enumerate(habits):
        if habit in MAILED and not mailed[number] and free:
            other = next((later for later in free if later > number), free[0])
            free.remove(other)
            placed[number], placed[other] = placed[other], habit
    return placed


def placed_first(habits: Sequence[str], first: Sequence[str], mailed: Sequence[bool]) -> list[str]:
    """The habits with those of ``first`` at the first invoices that are mailed, each in exchange with what stood there.

    What has to come before a fault, whatever the seed, is not left to the order of the draw.
    """
    placed = list(habits)
    places = [number for number, is_mailed in enumerate(mailed) if is_mailed]
    for nth, (number, habit) in enumerate(zip(places, first, strict=False)):
        later = [other for other in places[nth:] if placed[other] == habit]
        if later:
            placed[number], placed[later[0]] = habit, placed[number]
    return placed


def draw_customers(
    rows: Rows,
    draw: random.Random,
    rate_per_second: float | None,
    weights: Mapping[str, int],
    fit: Set[str],
    last_due_seconds: float = LAST_DUE_SECONDS,
    first_habits: Sequence[str] = (),
) -> list[Customer]:
    """A customer per invoice of a file, in its order. Without a rate they are canaries, which pay promptly.

    :param weights: habit → weight.
    :param fit: the ids of the invoices that come to be mailed, if they are worth something.
    :param last_due_seconds: when what a forgetful customer owes falls due at the earliest, after work began.
    :param first_habits: those of the first customers whose invoices are mailed.
    """
    customers = []
    there: Counter[str] = Counter()
    first = first_of_each(rows)
    ids = invoice_ids(rows)
    habits = draw_habits(draw, len(ids), weights)
    mailed = [invoice_id in fit and (_total(first[invoice_id]) or 0) > 0 for invoice_id in ids]
    habits = placed_first(placed_where_mailed(habits, mailed), first_habits, mailed)
    for number, (invoice_id, habit) in enumerate(zip(ids, habits, strict=True)):
        total = _total(first[invoice_id])
        currency = first[invoice_id]["currency"] or "SAR"
        start = 0.0 if rate_per_second is None else round(0.5 + number / rate_per_second, 3)
        if rate_per_second is None:
            payment = PlannedPayment(f"PAY-{invoice_id}-1", str(total), currency, 1, 0.2)
            customers.append(Customer(invoice_id, "prompt", start, (payment,), None))
        elif total is None or total <= 0:
            customers.append(Customer(invoice_id, "never", start, (), None))
        else:
            customers.append(
                draw_customer(draw, invoice_id, habit, total, currency, start, last_due_seconds, there[habit])
            )
            there[habit] += 1
    return customers


def _total(row: Mapping[str, str]) -> Decimal | None:
    """The total of an invoice as its row says it, ``None`` when that is no finite number."""
    try:
        total = Decimal(row["invoice_total"])
    except InvalidOperation:
        return None
    return total if total.is_finite() else None
