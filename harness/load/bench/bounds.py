"""What the generator is held to, and the lines that say so.

Data flow: windows → **bounds** → the command prints them, and exits with 1 when one is broken. Pure: the numbers
come in, the judgement goes out.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.load.bench.window import Window
from harness.load.measure.shown import duration

LEAST_PER_SECOND = 300.0
MOST_HUB_DELAY_SECONDS = 0.1
LEAST_THROUGHPUT_RATIO = 0.95
MOST_CPU_RATIO = 1.25


@dataclass(frozen=True)
class Bound:
    """One number beside its limit. ``measured`` and ``limit`` are in the same unit, ``shown`` writes either."""

    name: str
    measured: float
    limit: float
    at_least: bool
    shown: Callable[[float], str]
    spread: str = ""

    @property
    def met(self) -> bool:
        """Whether it is kept; a number that is none keeps nothing."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def line(self) -> str:
        """One line for a person."""
        words = "at least" if self.at_least else "at most"
        beside = f"  {self.spread}" if self.spread else ""
        sign = "✓" if self.met else "✗"
        return f"  {sign} {self.name:<28}{self.shown(self.measured):>9}  {words} {self.shown(self.limit)}{beside}"


@dataclass(frozen=True)
class Pair:
    """The locust way and the plain one, measured turn by turn on one server."""

    locust: Window
    plain: Window

    @property
    def throughput(self) -> float:
        """Workflows a second, locust's against the plain loop's; NaN when either did nothing."""
        return _ratio(self.locust.per_second, self.plain.per_second)

    @property
    def cpu(self) -> float:
        """Processor time per workflow, likewise."""
        return _ratio(self.locust.cpu_per_workflow_seconds, self.plain.cpu_per_workflow_seconds)

    def line(self, number: int) -> str:
        """One line for who waits for the rest."""
        return f"    server {number}: throughput {self.throughput:.2f}, CPU per workflow {self.cpu:.2f}"


def alone(window: Window) -> tuple[Bound, ...]:
    """The generator against a stub."""
    delay = float("inf") if window.hub_delay_p99_seconds is None else window.hub_delay_p99_seconds
    return (
        Bound("workflows a second", window.per_second, LEAST_PER_SECOND, True, _whole),
        Bound("hub delay p99", delay, MOST_HUB_DELAY_SECONDS, False, duration),
    )


def beside(pairs: Sequence[Pair]) -> tuple[Bound, ...]:
    """The locust way against the plain one: the median of the ratios within the pairs.

    :param pairs: at least one.
    """
    throughput, cpu = [pair.throughput for pair in pairs], [pair.cpu for pair in pairs]
    return (
        _ratio_bound("throughput, locust : plain", throughput, LEAST_THROUGHPUT_RATIO, at_least=True),
        _ratio_bound("CPU per workflow, likewise", cpu, MOST_CPU_RATIO, at_least=False),
    )


def ways(pairs: Sequence[Pair]) -> list[str]:
    """What either way did, as lines: the median, and in brackets the least and the most."""
    return [
        f"    {'':<28}{'locust':>30}{'plain asyncio':>30}",
        _way("workflows a second", [(pair.locust.per_second, pair.plain.per_second) for pair in pairs], _whole),
        _way(
            "client CPU per workflow",
            [(pair.locust.cpu_per_workflow_seconds, pair.plain.cpu_per_workflow_seconds) for pair in pairs],
            duration,
        ),
    ]


def _way(name: str, values: Sequence[tuple[float, float]], shown: Callable[[float], str]) -> str:
    locust, plain = ([value[side] for value in values] for side in (0, 1))
    return f"    {name:<28}{_spread(locust, shown):>30}{_spread(plain, shown):>30}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _ratio(value: float, other: float) -> float:
    """How many times the other; NaN, which keeps no bound, when either did nothing."""
    return value / other if 0 < value < math.inf and 0 < other < math.inf else math.nan


def _ratio_bound(name: str, ratios: Sequence[float], limit: float, *, at_least: bool) -> Bound:
    # A NaN is greater and less than nothing, so a median over it would be luck.
    median = math.nan if any(map(math.isnan, ratios)) else statistics.median(ratios)
    spread = f"({min(ratios):.2f} to {max(ratios):.2f} of {len(ratios)})"
    return Bound(name, median, limit, at_least, lambda value: f"{value:.2f}", spread)


def _spread(values: Sequence[float], shown: Callable[[float], str]) -> str:
    return f"{shown(statistics.median(values))} ({shown(min(values))}-{shown(max(values))})"
