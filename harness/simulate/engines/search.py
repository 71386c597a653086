"""The concurrency at which an engine does most: first more at a time in one process, then more processes.

Data flow: a way to measure → **search** → all that was tried. It stops where more brings nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from harness.load.bench.rig import BenchFailed

IN_FLIGHT = (1, 4, 16, 64)
"""Executions under way at a time in one process, as they are tried."""


@dataclass(frozen=True)
class Concurrency:
    """So many processes, each with so many executions under way at a time."""

    processes: int
    in_flight: int

    def __str__(self) -> str:
        return f"{self.processes} × {self.in_flight}"


@dataclass(frozen=True)
class Tried:
    """One measurement. ``problem`` says why it came to no end, and is empty when it did."""

    at: Concurrency
    per_second: float = 0.0
    problem: str = ""


Measure = Callable[[Concurrency], Awaitable[float]]


def best_of(tried: Sequence[Tried]) -> Tried | None:
    """The one that did most; ``None`` when none came to its end."""
    return max((each for each in tried if not each.problem), key=lambda each: each.per_second, default=None)


async def attempt(measure: Measure, at: Concurrency) -> Tried:
    """Measure once; what fails is told."""
    try:
        return Tried(at, await measure(at))
    except BenchFailed as failed:
        return Tried(at, problem=str(failed))


async def search(measure: Measure, *, cores: int, in_flight: Sequence[int] = IN_FLIGHT) -> tuple[Tried, ...]:
    """Measure at more and more concurrency, as long as that brings more and does not fail.

    :param cores: of this machine; there are no more processes than that.
    :param in_flight: how many at a time, in one process, in their order.
    """
    tried: list[Tried] = []

    async def brings_more(at: Concurrency) -> bool:
        before = best_of(tried)
        tried.append(await attempt(measure, at))
        return not tried[-1].problem and (before is None or tried[-1].per_second > before.per_second)

    for each in in_flight:
        if not await brings_more(Concurrency(1, each)):
            break
    best, processes = best_of(tried), 2
    while best and processes <= cores and await brings_more(Concurrency(processes, best.at.in_flight)):
        processes *= 2
    return tuple(tried)
