"""Lays faults out in time: one after another, in an order and for lengths of the seed's, with calm between.

Data flow: a claim names its faults → **plan** → nemesis. What is noticed of a fault is noticed by records that do
not say whose fault it was, so no fault strikes before the one before it has been over for a while. It costs the minute
that each claim takes, and buys that a fault which nobody felt is known to be one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chaos.noticed import NOTICED_WITHIN_SECONDS
from chaos.plan import Plan, PlannedFault, seconds
from harness.seed import Seed

# Some invoices have to be through before the first fault: what is slow is told by what was not.
FIRST_SECONDS = 4.0
# After a fault its callers still notice it for so long, and the next may not be taken for it.
CALM_SECONDS = NOTICED_WITHIN_SECONDS + 0.5
# What a killed process takes on two cores until it serves again; its fault is over only then.
SERVES_AGAIN_SECONDS = 2.5

LENGTH = {
    "process-kill": "down_seconds",
    "process-restart": "down_seconds",
    "process-pause": "paused_seconds",
    "worker-kill": "down_seconds",
}
"""The parameter that says how long a fault lasts, where it is not ``for_seconds``."""


@dataclass(frozen=True)
class Outage:
    """A fault without its time: ``parameters`` lack its length, which is drawn from ``seconds`` (least and most)."""

    fault_id: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seconds: tuple[float, float] = (3.0, 10.0)


def in_turn(seed: Seed, outages: Sequence[Outage]) -> Plan:
    """The plan in which these strike one after another, in an order that is drawn, too."""
    draw = seed.stream("faults")
    planned = []
    after_seconds = FIRST_SECONDS
    for outage in draw.sample(outages, len(outages)):
        length = LENGTH.get(outage.kind, "for_seconds")
        lasts_seconds = seconds(draw, *outage.seconds)
        parameters = {**outage.parameters, length: lasts_seconds}
        planned.append(PlannedFault(outage.fault_id, outage.kind, parameters, after_seconds=round(after_seconds, 3)))
        after_seconds += lasts_seconds + CALM_SECONDS
        if length == "down_seconds":
            after_seconds += SERVES_AGAIN_SECONDS
    return Plan(tuple(planned))
