"""The search for the highest rate that is kept: double it until it is not, then halve what lies between.

Data flow: ``command`` → **search** → ``trial`` for each rate. It knows nothing of how a rate is tried.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from harness.load.capacity.step import Limits, Step


@dataclass(frozen=True)
class Range:
    """From where to where is looked: the rates a second, and how near is near enough (a share of the rate)."""

    first: float
    most: float
    precision: float = 0.1


@dataclass(frozen=True)
class Found:
    """What the search came to. ``kept`` is the highest rate that was kept, ``broken`` the lowest above it that was not;
    ``None`` where there was none: then the capacity lies outside the range. ``steps`` are all that were tried, by rate.
    """

    kept: Step | None
    broken: Step | None
    steps: tuple[Step, ...]

    @property
    def complete(self) -> bool:
        """Whether the capacity lies between two rates that were tried."""
        return self.kept is not None and self.broken is not None


async def search(try_rate: Callable[[float], Awaitable[Step]], limits: Limits, within: Range) -> Found:
    """Try rates until the highest that is kept is known."""
    steps: list[Step] = []
    kept: Step | None = None
    broken: Step | None = None
    rate = within.first
    while not _near_enough(kept, broken, within.precision):
        step = await try_rate(rate)
        steps.append(step)
        if limits.broken(step):
            broken = step
        else:
            kept = step
        if kept is None or (broken is None and rate >= within.most):
            break
        between = None if broken is None else (kept.rate_per_second + broken.rate_per_second) / 2
        rate = min(rate * 2, within.most) if between is None else between
    return Found(kept, broken, tuple(sorted(steps, key=lambda step: step.rate_per_second)))


def _near_enough(kept: Step | None, broken: Step | None, precision: float) -> bool:
    if kept is None or broken is None:
        return False
    return broken.rate_per_second - kept.rate_per_second <= precision * kept.rate_per_second
