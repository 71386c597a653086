"""How long tasks waited, from buckets that begin anew: bounds hold, and a restart neither loses nor adds."""

from __future__ import annotations

import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from harness.load.inside.waits import Waited, at_most, grown, grown_buckets

BOUNDS = (0.01, 0.1, 1.0, math.inf)

COUNTS = st.lists(st.integers(0, 50), min_size=len(BOUNDS), max_size=len(BOUNDS))


@given(st.lists(st.floats(0, 5), min_size=1, max_size=50), st.sampled_from([0.5, 0.99]))
def test_a_percentile_lies_at_or_below_its_bound_and_above_the_bound_before(waits: list[float], share: float) -> None:
    buckets = dict.fromkeys(BOUNDS, 0.0)
    for wait in waits:
        buckets[min(bound for bound in BOUNDS if wait <= bound)] += 1
    true = sorted(waits)[max(1, math.ceil(round(share * len(waits), 9))) - 1]
    bound = at_most(buckets, share)
    assert bound is not None
    assert max((lower for lower in BOUNDS if lower < bound), default=-1.0) < true <= bound


@given(st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=5), min_size=1, max_size=4))
def test_a_counter_over_restarts_has_grown_by_what_each_process_counted(lives: list[list[int]]) -> None:
    # A process that counted nothing since its predecessor ended looks like the same one, and so it may.
    lives = [list(itertools.accumulate([0, *life])) for life in lives]
    assert grown([float(count) for life in lives for count in life]) == sum(life[-1] for life in lives)


@given(st.lists(COUNTS, min_size=1, max_size=4))
def test_buckets_over_restarts_have_grown_by_what_each_process_counted(lives: list[list[int]]) -> None:
    pages = [page for life in lives for page in ({}, dict(zip(BOUNDS, map(float, life), strict=True)))]
    total = {bound: float(sum(life[place] for life in lives)) for place, bound in enumerate(BOUNDS)}
    assert grown_buckets(pages) == total


def test_what_was_there_before_the_first_page_is_not_counted() -> None:
    assert grown_buckets([{0.1: 100.0}, {0.1: 103.0}]) == {0.1: 3.0}
    assert grown([100.0]) == 0.0


def test_one_bucket_that_went_down_tells_of_a_new_process_for_all() -> None:
    assert grown_buckets([{0.1: 5.0, 1.0: 2.0}, {0.1: 9.0, 1.0: 1.0}]) == {0.1: 9.0, 1.0: 1.0}


def test_beyond_the_last_bound_nothing_is_known_but_that() -> None:
    waited = Waited.of({0.1: 0.0, 5.0: 1.0, math.inf: 9.0})
    assert waited.p99_seconds == math.inf
    assert waited.to_json() == {
        "count": 10,
        "p50_at_most_seconds": None,
        "p99_at_most_seconds": None,
        "last_bound_seconds": 5.0,
    }
    assert Waited.of({}).p50_seconds is None
