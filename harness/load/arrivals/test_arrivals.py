"""Arrivals keep their shape and rate, come again from their seed, and share out without a gap or a double."""

from __future__ import annotations

import math
from itertools import islice, pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.load.arrivals.arrivals import arrivals, parse_arrivals
from harness.load.arrivals.shapes import SHAPES

TEXTS = [*SHAPES, "poisson", "spike:times=8,gaps=poisson", "step:steps=3,each_seconds=7", "sine:swing=1"]
FEW = settings(max_examples=40)


def until(seconds: float, text: str, rate: float = 10.0, seed: int = 1) -> list[float]:
    return list(takewhile(lambda at: at < seconds, arrivals(text, rate_per_second=rate, seed=seed)))


def counted(instants: list[float], start: float, end: float) -> int:
    return sum(start <= at < end for at in instants)


@FEW
@given(st.sampled_from(TEXTS), st.integers(0, 2**64), st.integers(1, 7), st.floats(0.1, 500.0))
def test_parts_of_a_schedule_are_disjoint_and_complete(text: str, seed: int, workers: int, rate: float) -> None:
    whole = list(islice(arrivals(text, rate_per_second=rate, seed=seed), 20 * workers))
    parts = [
        list(islice(arrivals(text, rate_per_second=rate, seed=seed, worker_index=index, workers=workers), 20))
        for index in range(workers)
    ]
    assert sorted(at for part in parts for at in part) == whole
    assert [part[0] for part in parts] == whole[:workers]


@FEW
@given(st.sampled_from(TEXTS), st.integers(0, 2**64), st.floats(0.1, 500.0))
def test_arrivals_come_in_order_and_as_many_as_the_shape_says(text: str, seed: int, rate: float) -> None:
    instants = list(islice(arrivals(text, rate_per_second=rate, seed=seed), 200))
    assert instants == sorted(instants)
    assert instants[0] >= 0
    plan = parse_arrivals(text)
    if plan.gaps == "even":
        for place, at in enumerate(instants):
            assert plan.shape.arrived(at) * rate == pytest.approx(place, abs=1e-6)


def test_the_same_seed_gives_the_same_arrivals_and_another_gives_others() -> None:
    assert until(20, "poisson", seed=7) == until(20, "poisson", seed=7)
    assert until(20, "poisson", seed=7) != until(20, "poisson", seed=8)
    assert until(20, "constant", seed=7) == until(20, "constant", seed=8)


def test_constant_arrivals_are_evenly_apart() -> None:
    assert until(1, "constant", rate=5) == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8])


def test_random_arrivals_keep_the_rate_and_have_the_gaps_of_a_poisson_process() -> None:
    instants = until(400, "poisson", rate=10)
    gaps = [later - earlier for earlier, later in pairwise(instants)]
    assert len(instants) == pytest.approx(4_000, abs=4 * math.sqrt(4_000))
    # Memoryless: a gap is longer than its mean with probability 1/e.
    assert sum(gap > 0.1 for gap in gaps) / len(gaps) == pytest.approx(1 / math.e, abs=0.03)


def test_a_ramp_grows_and_stays() -> None:
    instants = until(120, "ramp:over_seconds=60")
    assert [counted(instants, start, start + 20) for start in range(0, 120, 20)] == pytest.approx(
        [33, 100, 167, 200, 200, 200], abs=2
    )


def test_steps_are_held_and_the_last_goes_on() -> None:
    instants = until(60, "step:steps=4,each_seconds=10")
    assert [counted(instants, start, start + 10) for start in range(0, 60, 10)] == pytest.approx(
        [25, 50, 75, 100, 100, 100], abs=1
    )


def test_a_spike_is_a_multiple_for_a_while() -> None:
    instants = until(60, "spike:at_seconds=20,for_seconds=10,times=5")
    assert [counted(instants, start, start + 10) for start in range(0, 60, 10)] == pytest.approx(
        [100, 100, 500, 100, 100, 100], abs=1
    )


def test_a_sine_swings_around_the_rate() -> None:
    instants = until(120, "sine:period_seconds=60,swing=0.5")
    assert len(instants) == pytest.approx(1_200, abs=2)
    assert counted(instants, 10, 20) == pytest.approx(150, abs=3)
    assert counted(instants, 40, 50) == pytest.approx(52, abs=3)


def test_every_month_ends_with_a_burst() -> None:
    instants = until(240, "month-end:month_seconds=120,times=5")
    for month in (0, 120):
        assert counted(instants, month, month + 108) == pytest.approx(1_080, abs=2)
        assert counted(instants, month + 108, month + 120) == pytest.approx(600, abs=2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("wave", "there are constant, ramp"),
        ("spike:height=3", "they have at_seconds"),
        ("constant:times=3", "no parameter"),
        ("ramp:over_seconds=0", "above 0"),
        ("ramp:over_seconds=soon", "above 0"),
        ("sine:swing=1.5", "from 0 to 1"),
        ("spike:times=0.5", "at least 1"),
        ("spike:times", "parameter=value"),
        ("ramp:gaps=odd", "even, poisson"),
        ("poisson:times=2", "no parameter"),
    ],
)
def test_what_is_no_shape_is_refused_with_what_there_is(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_arrivals(text)


@pytest.mark.parametrize("wrong", [{"rate_per_second": 0.0}, {"worker_index": 2, "workers": 2}, {"workers": 0}])
def test_a_rate_or_a_part_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        arrivals("constant", **{"rate_per_second": 1.0, "seed": 1, **wrong})  # type: ignore[arg-type]
