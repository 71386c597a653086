"""Customers pay amounts that add up, in every habit, whatever the seed."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scenarios.invoices.workload.customers import (
    HABITS,
    LAST_DUE_SECONDS,
    MANY_PARTS,
    PARTS_COUNT,
    PARTS_THEN_FORGETS,
    draw_customer,
    split,
)
from workflows.invoices.model import PAYMENTS_PER_RUN

TOTALS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)


@given(TOTALS, st.integers(1, 4), st.integers())
def test_parts_add_up_and_are_positive(total: Decimal, parts: int, seed: int) -> None:
    amounts = split(total, parts, random.Random(seed))
    assert sum(amounts) == total
    assert all(amount > 0 for amount in amounts)


@given(TOTALS, st.sampled_from(["prompt", "parts", "parts-delivered-twice"]), st.integers())
def test_who_pays_in_full_pays_the_total(total: Decimal, habit: str, seed: int) -> None:
    customer = draw_customer(random.Random(seed), "INV-1", habit, total, "SAR", 3.0)
    assert sum(Decimal(payment.amount) for payment in customer.payments) == total
    assert customer.due_seconds is None
    assert len({payment.payment_id for payment in customer.payments}) == len(customer.payments)


@given(TOTALS, st.integers())
def test_a_payment_counted_twice_would_still_fit_below_the_total(total: Decimal, seed: int) -> None:
    customer = draw_customer(random.Random(seed), "INV-1", "parts-delivered-twice", total, "SAR", 3.0)
    first = Decimal(customer.payments[0].amount)
    assert len(customer.payments) == 1 or 2 * first <= total


@given(
    TOTALS, st.sampled_from([habit for habit in {**HABITS, **MANY_PARTS} if habit.endswith("cancels")]), st.integers()
)
def test_who_cancels_has_not_paid_in_full(total: Decimal, habit: str, seed: int) -> None:
    customer = draw_customer(random.Random(seed), "INV-1", habit, total, "SAR", 3.0)
    assert customer.cancel_seconds is not None
    assert customer.due_seconds is None
    paid = sum(Decimal(payment.amount) for payment in customer.payments)
    assert paid < total or len(customer.payments) == 1  # too small to be split


@given(st.integers())
def test_many_parts_come_several_at_once(seed: int) -> None:
    customer = draw_customer(random.Random(seed), "INV-1", "many-parts-due", Decimal("115.00"), "SAR", 3.0)
    instants = Counter(payment.after_seconds for payment in customer.payments)
    assert len(customer.payments) == PARTS_COUNT
    assert set(instants.values()) == {3}
    assert max(instants) < (customer.due_seconds or 0)


@given(st.integers(), st.integers(0, 5))
def test_who_forgets_after_many_parts_has_gone_on_in_a_new_run_and_owes_the_rest(seed: int, before: int) -> None:
    total = Decimal("115.00")
    customer = draw_customer(random.Random(seed), "INV-1", PARTS_THEN_FORGETS, total, "SAR", 3.0, before=before)
    assert len(customer.payments) > PAYMENTS_PER_RUN
    assert 0 < sum(Decimal(payment.amount) for payment in customer.payments) < total
    assert customer.cancel_seconds is None
    assert customer.due_seconds is not None
    assert customer.due_seconds > LAST_DUE_SECONDS
    assert max(payment.after_seconds for payment in customer.payments) < customer.due_seconds - 20.0
