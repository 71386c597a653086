"""The same outage more than once in a run, each at a time of its own by the clock.

Data flow: a claim names the fault and when it may begin → **plan** → nemesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaos.plan import Plan, PlannedFault, seconds
from harness.seed import Seed

BEGINS_WITHIN_SECONDS = 2.0


def outages(
    seed: Seed, kind: str, down_seconds: tuple[float, float], earliest_seconds: Mapping[str, float], **parameters: Any
) -> Plan:
    """The plan of them, drawn from the seed.

    :param kind: of a fault that has ``down_seconds``.
    :param down_seconds: how long each lasts at the least and at the most.
    :param earliest_seconds: the id of each → after how many seconds of work it may begin; it does within 2 s of that.
    :param parameters: what else the fault needs.
    """
    draw = seed.stream("faults")
    return Plan(
        tuple(
            PlannedFault(
                fault_id,
                kind,
                {**parameters, "down_seconds": seconds(draw, *down_seconds)},
                after_seconds=seconds(draw, earliest, earliest + BEGINS_WITHIN_SECONDS),
            )
            for fault_id, earliest in earliest_seconds.items()
        )
    )
