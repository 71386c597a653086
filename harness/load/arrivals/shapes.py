"""How the rate of a load test goes over time: constant, ramp, step, spike, sine, month-end.

Data flow: the option ``--arrivals`` → **shapes** → ``arrivals``. A shape says how many arrivals the first so many
seconds bring, in units of the rate that was asked for: the integral of the rate, because arrivals can be read from that
exactly. Text such as ``spike:at_seconds=20,times=8`` names a shape and what is not as by default.

Not covered: chance. Whether arrivals come evenly or at random within a shape is drawn in
``harness.load.arrivals.arrivals``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Protocol

from harness.errors import UsageError


class Shape(Protocol):
    """The rate over time."""

    def arrived(self, seconds: float) -> float:
        """How many arrivals the time until then brings at a rate of one a second; it never falls."""
        ...


@dataclass(frozen=True)
class Constant:
    """The rate, all the time."""

    def arrived(self, seconds: float) -> float:
        """See ``Shape``."""
        return seconds


@dataclass(frozen=True)
class Ramp:
    """From nothing to the rate in a straight line, which it then keeps."""

    over_seconds: float = 60.0

    def arrived(self, seconds: float) -> float:
        """See ``Shape``."""
        climbing = min(seconds, self.over_seconds)
        return climbing**2 / (2 * self.over_seconds) + (seconds - climbing)


@dataclass(frozen=True)
class Step:
    """In equal steps to the rate, each held for so long: 1/4, 2/4, 3/4, 4/4, and so on at the last."""

    steps: float = 4.0
    each_seconds: float = 30.0

    def arrived(self, seconds: float) -> float:
        """See ``Shape``."""
        done = min(int(seconds / self.each_seconds), int(self.steps) - 1)
        before = self.each_seconds * done * (done + 1) / 2
        return (before + (done + 1) * (seconds - done * self.each_seconds)) / int(self.steps)


@dataclass(frozen=True)
class Spike:
    """The rate, and once a multiple of it for a short while."""

    at_seconds: float = 30.0
    for_seconds: float = 10.0
    times: float = 5.0

    def arrived(self, seconds: float) -> float:
        """See ``Shape``."""
        return seconds + (self.times - 1) * min(max(0.0, seconds - self.at_seconds), self.for_seconds)


@dataclass(frozen=True)
class Sine:
    """Up and down around the rate by a share of it, as day and night do."""

    period_seconds: float = 60.0
    swing: float = 0.5

    def arrived(self, seconds: float) -> float:
        """See ``Shape``."""
        turn = 2 * math.pi / self.period_seconds
        return seconds + self.swing * (1 - math.cos(turn * seconds)) / turn


@dataclass(frozen=True)
class MonthEnd:
    """Month after month at the rate, and in the last tenth of each a multiple of it."""

    month_seconds: float = 120.0
    times: float = 5.0

    def arrived(self, seconds: float) -> float:
        """See ``Shape``."""
        ending = self.month_seconds / 10
        months, within = divmod(seconds, self.month_seconds)
        late = max(0.0, within - (self.month_seconds - ending))
        return seconds + (self.times - 1) * (months * ending + late)


SHAPES: dict[str, type[Constant] | type[Ramp] | type[Step] | type[Spike] | type[Sine] | type[MonthEnd]] = {
    "constant": Constant,
    "ramp": Ramp,
    "step": Step,
    "spike": Spike,
    "sine": Sine,
    "month-end": MonthEnd,
}

AT_MOST_ONE = ("swing",)
AT_LEAST_ONE = ("times", "steps")
"""Below one the rate would be negative, or there would be no step."""


def parse_shape(name: str, given: dict[str, str]) -> Shape:
    """The shape of this name, with what was given in place of the defaults.

    :raises UsageError: naming what there is, when the name, a parameter or its value is not one.
    """
    made = SHAPES.get(name)
    if made is None:
        raise UsageError(f"there is no shape of arrivals {name!r}; there are {', '.join(SHAPES)} and poisson")
    known = [field.name for field in fields(made)]
    for parameter in given:
        if parameter not in known:
            raise UsageError(f"arrivals {name!r} have no {parameter!r}; they have {', '.join(known) or 'no parameter'}")
    return made(**{parameter: _number(name, parameter, value) for parameter, value in given.items()})


def _number(name: str, parameter: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    low = 1.0 if parameter in AT_LEAST_ONE else 0.0
    high = 1.0 if parameter in AT_MOST_ONE else math.inf
    if not (low <= value <= high and 0 < value < math.inf):
        bounds = f"from {low:g} to {high:g}" if high < math.inf else f"of at least {low:g}" if low else "above 0"
        raise UsageError(f"arrivals {name!r}: {parameter}={text} must be a number {bounds}")
    return value
