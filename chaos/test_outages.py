"""Outages that repeat: each begins and lasts within its bounds, and the same seed gives the same plan."""

from __future__ import annotations

from chaos.outages import outages
from harness.seed import Seed


def test_each_begins_and_lasts_within_its_bounds_and_no_two_alike() -> None:
    plan = outages(Seed(3), "process-kill", (1.0, 2.5), {"one": 3.0, "two": 11.0}, process="world")
    one, two = plan.faults
    assert [(each.fault_id, each.kind, each.parameters["process"]) for each in plan.faults] == [
        ("one", "process-kill", "world"),
        ("two", "process-kill", "world"),
    ]
    assert 3.0 <= (one.after_seconds or 0.0) <= 5.0 <= 11.0 <= (two.after_seconds or 0.0) <= 13.0
    downs = {each.parameters["down_seconds"] for each in plan.faults}
    assert len(downs) == 2
    assert all(1.0 <= down <= 2.5 and down == round(down, 3) for down in downs)
    assert plan == outages(Seed(3), "process-kill", (1.0, 2.5), {"one": 3.0, "two": 11.0}, process="world")
