"""Choices: from the seed and the place alone, kept in a plan, replayed from it, and never from the order of asking."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.sim.kernel.choices import LATE, QUICK, SHORTEST, SLOW, Drawn, Replayed
from harness.sim.kernel.plan import Choice, Plan
from harness.sim.kernel.swarm import CALM, INNOCENT, Swarm

ODD = Swarm({"breaks": 500, LATE: 100}, lags=True)
PLACES = [f"place {n}" for n in range(200)]


def test_a_draw_depends_on_seed_and_place_alone() -> None:
    forwards, backwards = Drawn(7, ODD), Drawn(7, ODD)
    there = {place: (forwards.lag(place), forwards.fault(f"{place} fault", ("breaks",), 1000)) for place in PLACES}
    back = {}
    for place in reversed(PLACES):
        back[place] = (backwards.lag(place), backwards.fault(f"{place} fault", ("breaks",), 1000))
    assert there == back
    assert dict(forwards.plan().choices) == dict(backwards.plan().choices)
    assert there["place 1"] != (Drawn(8, ODD).lag("place 1"), None)


def test_faults_strike_at_their_rate() -> None:
    struck = sum(Drawn(seed, ODD).fault("here", ("breaks", "unknown")) is not None for seed in range(1000))
    assert 430 < struck < 570


def test_lags_are_quick_but_for_those_that_are_late() -> None:
    lags = [Drawn(seed, ODD).lag("here") for seed in range(1000)]
    assert all(SHORTEST <= lag <= SHORTEST + SLOW for lag in lags)
    assert 40 < sum(lag > SHORTEST + QUICK for lag in lags) < 160
    assert max(Drawn(seed, INNOCENT).lag("here") for seed in range(1000)) <= SHORTEST + QUICK


def test_calm_is_calm() -> None:
    calm = Drawn(7, CALM)
    assert {calm.lag(place) for place in PLACES} == {SHORTEST}
    assert {calm.fault(place, ("breaks",)) for place in PLACES} == {None}
    assert calm.plan() == Plan(7)


def test_a_plan_replays_and_what_it_leaves_out_is_harmless() -> None:
    drawn = Drawn(7, ODD)
    first = [(drawn.lag(place), drawn.fault(f"{place} fault", ("breaks",), 1000)) for place in PLACES]
    plan = drawn.plan()
    replayed = Replayed(plan)
    assert [(replayed.lag(place), replayed.fault(f"{place} fault", ("breaks",), 1000)) for place in PLACES] == first
    assert replayed.plan() == plan
    assert drawn.identifier("here") == replayed.identifier("here") != Drawn(8, ODD).identifier("here")
    dropped = next(iter(plan.faults))
    rest = Replayed(plan.without([dropped]))
    assert rest.fault(dropped, ("breaks",), 1000) is None
    assert rest.lag("place 5") == replayed.lag("place 5")


def test_a_plan_is_text_and_back() -> None:
    plan = Plan(3, {"b": Choice("breaks", 12), "a": Choice("lag", 5)})
    assert Plan.from_json(plan.to_json()) == plan
    assert list(Plan.from_json(plan.to_json()).choices) == ["b", "a"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"seed": 1, "choices": {"a": "b"}}',
        '{"seed": 1, "choices": {"a": ["lag", 0.5]}}',
        '{"seed": "x", "choices": {}}',
        '{"seed": 1e999, "choices": {}}',
        '{"seed": true, "choices": {}}',
        '{"seed": -1, "choices": {}}',
    ],
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no plan"):
        Plan.from_json(text)


def test_a_swarm_leaves_kinds_out_and_is_the_same_for_a_seed() -> None:
    kinds = tuple(f"kind-{n}" for n in range(10))
    swarms = [Swarm.drawn(seed, kinds) for seed in range(40)]
    assert swarms == [Swarm.drawn(seed, kinds) for seed in range(40)]
    sizes = [len(swarm.rates) for swarm in swarms]
    assert min(sizes) < 5 < max(sizes)
    assert set().union(*(swarm.rates for swarm in swarms)) == set(kinds)
