"""The table of the engines, and what the simulator is held to. Pure: the numbers come in, the lines go out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.load.bench.bounds import Bound
from harness.load.measure.shown import duration
from harness.simulate.engines.growth import Growth
from harness.simulate.engines.search import Tried, best_of

LEAST_RATIO = 15.0
MEBIBYTE = 1024**2
HEAD = f"    {'':<28}{'executions/s':>14}   at processes × in flight in each (others that were tried)"


@dataclass(frozen=True)
class Row:
    """One engine. ``left_out`` says why it was not tried, and is empty when it was."""

    name: str
    tried: tuple[Tried, ...] = ()
    left_out: str = ""

    @property
    def per_second(self) -> float:
        """At its best; 0 when it did nothing."""
        best = best_of(self.tried)
        return best.per_second if best else 0.0

    @property
    def failed(self) -> bool:
        """Whether it was tried and never came to an end."""
        return not self.left_out and best_of(self.tried) is None

    def lines(self) -> list[str]:
        """One for the table, and what went wrong below it."""
        best = best_of(self.tried)
        if self.left_out:
            return [f"    {self.name:<28}{'left out':>14}   {self.left_out}"]
        problems = [f"      {each.at}: {each.problem}" for each in self.tried if each.problem]
        lesser = [each for each in self.tried if not each.problem and each is not best]
        if best is None:
            return [f"    {self.name:<28}{'no end':>14}", *problems]
        others = ", ".join(f"{each.at}: {each.per_second:,.1f}" for each in lesser)
        beside = f"   ({others})" if others else ""
        return [f"    {self.name:<28}{best.per_second:>14,.1f}   {best.at}{beside}", *problems]


def bounds(simulated: Sequence[Row], others: Sequence[Row]) -> tuple[Bound, ...]:
    """Each figure of the simulator against the best of the others.

    A number that is none keeps no bound, and there is none when any other did nothing.
    """
    best = max((row.per_second for row in others), default=0.0)
    return tuple(_bound(f"{row.name} : best server", row.per_second / best if best else math.nan) for row in simulated)


def _bound(name: str, ratio: float) -> Bound:
    return Bound(name, ratio, LEAST_RATIO, True, lambda value: f"{value:.1f} ×")


def growth_lines(growth: Growth) -> list[str]:
    """What an event costs in a longer execution, and what memory a process has gained."""
    short, long = growth.short, growth.long
    gained = growth.rss_after_bytes - growth.rss_before_bytes
    return [
        f"    processor time per event: {duration(short.per_event_seconds)} in executions of {short.events_each:,.0f} "
        f"events, {duration(long.per_event_seconds)} in those of {long.events_each:,.0f} "
        f"({long.per_event_seconds / short.per_event_seconds:.2f} ×)",
        f"    memory of one process: {gained / MEBIBYTE:+,.1f} MiB over {growth.executions:,} executions, from "
        f"{growth.rss_before_bytes / MEBIBYTE:,.0f} MiB",
    ]
