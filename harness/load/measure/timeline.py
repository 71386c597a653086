"""What one row did second by second: how many succeeded, how many failed, and how long they took.

Data flow: operation → **timeline** → ``measurements`` → the charts of the report. A second holds only the
counters that are not zero, at two significant digits (off by at most 1 %), so that minutes of it fit a message between
processes. Seconds count from each process's own beginning of the test: the clocks of two machines are never compared.

Not covered: verdicts. They are made of the whole histogram (``harness.load.measure.latencies``), never of seconds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hdrh.histogram import HdrHistogram

from harness.load.measure.latencies import HIGHEST_MICROSECONDS, MICROSECONDS

_RULER = HdrHistogram(1, HIGHEST_MICROSECONDS, 2)
"""Never filled: it says which counter a duration belongs to."""


@dataclass
class Second:
    """What ended in one second, or in several that were added up. ``counts``: place on HDR's ruler → how many."""

    succeeded: int = 0
    failed: int = 0
    counts: Counter[int] = field(default_factory=Counter)

    def add(self, other: Second) -> None:
        """Take in what another holds."""
        self.succeeded += other.succeeded
        self.failed += other.failed
        self.counts.update(other.counts)

    def percentile(self, share: float) -> float | None:
        """The duration by nearest rank, in seconds; ``None`` when nothing succeeded."""
        rank, seen = max(1, math.ceil(round(share * self.counts.total(), 9))), 0
        for place in sorted(self.counts):
            seen += self.counts[place]
            if seen >= rank:
                value = _RULER.get_highest_equivalent_value(_RULER.get_value_from_index(place))
                return float(value) / MICROSECONDS
        return None


class Timeline:
    """The seconds of one row, by their number since the test began in this process."""

    def __init__(self) -> None:
        self._seconds: dict[int, Second] = {}

    def succeeded(self, at_seconds: float, took_seconds: float) -> None:
        """Count a success that ended at this time after the beginning."""
        second = self._second(at_seconds)
        second.succeeded += 1
        value = min(round(took_seconds * MICROSECONDS), HIGHEST_MICROSECONDS)
        second.counts[_RULER.get_counts_array_index(value)] += 1

    def failed(self, at_seconds: float) -> None:
        """Count a failure that came at this time after the beginning."""
        self._second(at_seconds).failed += 1

    def _second(self, at_seconds: float) -> Second:
        place = max(0, math.floor(at_seconds))
        second = self._seconds.get(place)
        # Not setdefault: a second is expensive to make, and this is called for each operation.
        if second is None:
            second = self._seconds[place] = Second()
        return second

    @property
    def lasted_seconds(self) -> int:
        """Until the end of the last second in which anything ended."""
        return max(self._seconds, default=-1) + 1

    def in_steps_of(self, width_seconds: int) -> tuple[Second, ...]:
        """All seconds from the beginning on, so many added up in each, those without anything among them."""
        steps = [Second() for _ in range(math.ceil(self.lasted_seconds / width_seconds))]
        for at, second in self._seconds.items():
            steps[at // width_seconds].add(second)
        return tuple(steps)

    def merge(self, others: Iterable[Timeline]) -> None:
        """Add others of the same row, second by second."""
        for other in others:
            for at, second in other._seconds.items():
                self._second(at).add(second)

    def to_json(self) -> dict[str, Any]:
        """For a message or a file."""
        return {
            str(at): [second.succeeded, second.failed, sorted(second.counts.items())]
            for at, second in sorted(self._seconds.items())
        }

    @staticmethod
    def from_json(content: dict[str, Any]) -> Timeline:
        """What ``to_json`` wrote."""
        timeline = Timeline()
        for at, (succeeded, failed, counts) in content.items():
            timeline._seconds[int(at)] = Second(succeeded, failed, Counter({place: count for place, count in counts}))
        return timeline
