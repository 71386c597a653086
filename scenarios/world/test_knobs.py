"""Knobs: what they are read from, and that their draws are seeded."""

from __future__ import annotations

from typing import Any

import pytest

from harness.seed import Seed
from scenarios.world.faults import Fate
from scenarios.world.knobs import Knob, KnobRefused, Knobs, parse_knob


def test_services_behave_until_told_otherwise() -> None:
    assert Knobs(Seed(1)).draw("smtp") == Fate(0.0, None, False)


def test_what_is_not_named_is_reset() -> None:
    knobs = Knobs(Seed(1))
    knobs.set("smtp", {"refuse": True})
    assert knobs.set("smtp", {"latency_seconds": 2}) == Knob(latency_seconds=2.0)
    knobs.reset()
    assert knobs.answer()["smtp"] == {
        "latency_seconds": 0.0,
        "error_rate": 0.0,
        "error_status": 503,
        "refuse": False,
    }


def test_the_same_seed_draws_the_same_errors_whatever_other_services_draw() -> None:
    def draws(seed: int, *, others: bool) -> list[int | None]:
        knobs = Knobs(Seed(seed))
        knobs.set("smtp", {"error_rate": 0.5})
        knobs.set("payments", {"error_rate": 0.5})
        drawn = []
        for _ in range(40):
            if others:
                knobs.draw("payments")
            drawn.append(knobs.draw("smtp").error_status)
        return drawn

    assert draws(7, others=False) == draws(7, others=True)
    assert draws(7, others=False) != draws(8, others=False)
    assert set(draws(7, others=False)) == {None, 503}


@pytest.mark.parametrize(
    "fields",
    [
        {"error_rate": 1.1},
        {"error_rate": "0.5"},
        {"latency_seconds": -1},
        {"latency_seconds": float("nan")},
        {"error_status": 200},
        {"refuse": 1},
        {"speed": 1},
    ],
)
def test_a_malformed_knob_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(KnobRefused):
        parse_knob(fields)


def test_an_unknown_service_has_no_knob() -> None:
    with pytest.raises(KeyError):
        Knobs(Seed(1)).set("fax", {})
