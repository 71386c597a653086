"""Every habit is there on every seed, and an unreachable customer is one who would be mailed."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scenarios.invoices.workload.clientele import MAILED, draw_habits, placed_first, placed_where_mailed
from scenarios.invoices.workload.customers import FORGETS, HABITS, MANY_PARTS, PARTS_THEN_FORGETS, UNREACHABLE


@given(st.integers(20, 400), st.integers(), st.sampled_from([HABITS, MANY_PARTS]))
def test_no_seed_is_without_a_habit(count: int, seed: int, weights: dict[str, int]) -> None:
    habits = Counter(draw_habits(random.Random(seed), count, weights))
    assert habits.total() == count
    weight = sum(weights.values())
    assert all(abs(habits[habit] - count * share / weight) < 1 for habit, share in weights.items())


@given(
    st.lists(st.tuples(st.sampled_from(["prompt", "never", UNREACHABLE, FORGETS, PARTS_THEN_FORGETS]), st.booleans()))
)
def test_who_refuses_mail_or_forgets_is_mailed_where_any_other_is(invoices: list[tuple[str, bool]]) -> None:
    habits, mailed = [habit for habit, _ in invoices], [is_mailed for _, is_mailed in invoices]
    placed = placed_where_mailed(habits, mailed)
    assert Counter(placed) == Counter(habits)
    idle = [habit in MAILED and not is_mailed for habit, is_mailed in zip(placed, mailed, strict=True)]
    reachable = [habit not in MAILED and is_mailed for habit, is_mailed in zip(placed, mailed, strict=True)]
    assert not (any(idle) and any(reachable))


@given(st.lists(st.sampled_from(["prompt", "late", "never"]), max_size=12), st.data())
def test_the_first_customers_have_the_habits_that_they_must(habits: list[str], data: st.DataObject) -> None:
    mailed = data.draw(st.lists(st.booleans(), min_size=len(habits), max_size=len(habits)))
    placed = placed_first(habits, ("late", "late"), mailed)
    assert sorted(placed) == sorted(habits)
    of_mailed = [habit for habit, is_mailed in zip(placed, mailed, strict=True) if is_mailed]
    late = of_mailed.count("late")
    assert of_mailed[: min(late, 2)] == ["late"] * min(late, 2)
    not_mailed = [number for number, is_mailed in enumerate(mailed) if not is_mailed]
    assert all(placed[number] == habits[number] for number in not_mailed)
