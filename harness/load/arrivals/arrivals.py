"""When work arrives in an open run: instants drawn from a seed, whatever the system does.

Data flow: shape, rate and seed → **arrivals** → the open loop begins work at each. Arrivals come evenly, or at
random as of many who do not know each other (``poisson``, or ``gaps=poisson`` with any shape). Every process draws the
whole schedule and keeps its own part of it, so that the parts of many are the same schedule as that of one.

Not covered: whether the generator keeps to it (``harness.load.measure.offered``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from harness.errors import UsageError
from harness.load.arrivals.shapes import Shape, parse_shape
from harness.seed import Seed

GAPS = ("even", "poisson")


@dataclass(frozen=True)
class Plan:
    """A shape of the rate, and whether the gaps in it are even or drawn (``poisson``)."""

    shape: Shape
    gaps: str = "even"


def parse_arrivals(text: str) -> Plan:
    """Read ``constant``, ``poisson``, ``ramp:over_seconds=20``, ``spike:times=8,gaps=poisson``, and so on.

    :raises UsageError: naming what there is.
    """
    name, _, rest = text.strip().partition(":")
    given: dict[str, str] = {}
    for part in filter(None, rest.split(",")):
        parameter, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"arrivals {text!r}: {part!r} should be parameter=value")
        given[parameter.strip()] = value.strip()
    gaps = given.pop("gaps", "poisson" if name == "poisson" else "even")
    if gaps not in GAPS:
        raise UsageError(f"arrivals {text!r}: gaps={gaps} should be one of {', '.join(GAPS)}")
    return Plan(parse_shape("constant" if name == "poisson" else name, given), gaps)


def arrivals(
    plan: Plan | str, *, rate_per_second: float, seed: int, worker_index: int = 0, workers: int = 1
) -> Iterator[float]:
    """The instants, in seconds after the beginning, without end.

    :param plan: a plan, or its text for ``parse_arrivals``.
    :param seed: draws the gaps of ``poisson``; even arrivals do not depend on it.
    :param worker_index: which part of the schedule this process has, from 0; every arrival is in just one part.
    :param workers: how many parts there are.
    :raises UsageError: when the plan, the rate or the part is not one.
    """
    plan = parse_arrivals(plan) if isinstance(plan, str) else plan
    if not 0 < rate_per_second < float("inf"):
        raise UsageError(f"a rate of {rate_per_second:g} a second brings no arrivals; it must be above 0")
    if not 0 <= worker_index < workers:
        raise UsageError(f"there is no worker {worker_index} of {workers}; they count from 0")
    return islice(_schedule(plan, rate_per_second, seed), worker_index, None, workers)


def _schedule(plan: Plan, rate_per_second: float, seed: int) -> Iterator[float]:
    at = 0.0
    for arrived in _counted(plan.gaps, seed):
        at = _reached(plan.shape, arrived / rate_per_second, at)
        yield at


def _counted(gaps: str, seed: int) -> Iterator[float]:
    """When each would arrive at a constant rate of one a second."""
    draw = Seed(seed).stream("arrivals")
    arrived = 0.0
    while True:
        if gaps == "poisson":
            arrived += draw.expovariate(1.0)
        yield arrived
        if gaps == "even":
            arrived += 1.0


def _reached(shape: Shape, arrived: float, since_seconds: float) -> float:
    """The first instant by which so many have arrived, looked for from the one before it on."""
    low, stretch = since_seconds, 1.0
    while shape.arrived(low + stretch) < arrived:
        low, stretch = low + stretch, stretch * 2
    high = low + stretch
    # Halving 60 times is more than a float can tell apart.
    for _ in range(60):
        middle = (low + high) / 2
        if shape.arrived(middle) < arrived:
            low = middle
        else:
            high = middle
    return high
