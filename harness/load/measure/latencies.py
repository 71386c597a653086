"""How long the operations of one row took, as an HDR histogram that merges exactly.

Data flow: operation → **latencies** → ``measurements`` → thresholds, table, report. A histogram keeps three
significant digits (a value is off by at most 0.1 %) between a microsecond and a day, in a fixed number of counters: any
number of processes can be added up, in any order, and the sum is what one process would have counted. The longest time
is kept beside it, to the microsecond.

Not covered: when something happened (``harness.load.measure.timeline``).
"""

from __future__ import annotations

import math
from typing import Any

from hdrh.histogram import HdrHistogram

from harness.errors import HarnessDefect

HIGHEST_MICROSECONDS = 24 * 3600 * 1_000_000
"""Longer times are counted as this one; ``max_seconds`` is still exact."""

SIGNIFICANT_DIGITS = 3
MICROSECONDS = 1_000_000
COUNTER_BYTES = 8
STRETCH_BYTES = 1_000 * COUNTER_BYTES


class Latencies:
    """A histogram of durations. It is filled from one thread and merged with others of its kind."""

    def __init__(self) -> None:
        self._histogram = HdrHistogram(1, HIGHEST_MICROSECONDS, SIGNIFICANT_DIGITS)
        self._max_microseconds = 0

    def record(self, seconds: float) -> None:
        """Count one duration."""
        value = self._noted(seconds)
        self._histogram.record_value(min(value, HIGHEST_MICROSECONDS))

    def record_corrected(self, seconds: float, expected_interval_seconds: float) -> None:
        """Count one duration, and what a user who waited could not ask meanwhile.

        A closed-loop user asks once in ``expected_interval_seconds``; while an answer of 15 s keeps it waiting, the
        requests it would have sent are missing from the measurement, and each would have waited too. HDR's correction
        puts them in: 15 s, 15 s less one interval, less two, and so on down to one interval. What is left below that is
        no request that was kept back: the library for Python puts it in all the same, as a quick answer that never was,
        which is why its own is not used. An interval of 0 corrects nothing.
        """
        value = min(self._noted(seconds), HIGHEST_MICROSECONDS)
        interval = round(expected_interval_seconds * MICROSECONDS)
        self._histogram.record_value(value)
        while 0 < interval <= (value := value - interval):
            self._histogram.record_value(value)

    def _noted(self, seconds: float) -> int:
        if not 0 <= seconds < math.inf:
            raise HarnessDefect(f"an operation took {seconds} s; were its instants given in the wrong order?")
        value = round(seconds * MICROSECONDS)
        self._max_microseconds = max(self._max_microseconds, value)
        return value

    @property
    def count(self) -> int:
        """How many durations there are, those that a correction put in among them."""
        return int(self._histogram.total_count)

    @property
    def max_seconds(self) -> float | None:
        """The longest that was measured; ``None`` when nothing was."""
        return self._max_microseconds / MICROSECONDS if self.count else None

    def percentile(self, share: float, *, slower: int = 0) -> float | None:
        """The duration that this share of all is not longer than, by nearest rank: ``0.99`` for p99.

        :param slower: so many more are taken to be slower than all that were measured (those whose end is not known).
        :returns: ``inf`` when the rank falls among the slower ones; ``None`` when there is nothing at all.
        """
        total = self.count + slower
        if total == 0:
            return None
        # Rounded, because 0.07 * 100 is a little more than 7 to a computer.
        rank = max(1, math.ceil(round(share * total, 9)))
        seen = 0
        for index, count in self.counts():
            seen += count
            if seen >= rank:
                return self._duration_at(index)
        return math.inf

    def counts(self) -> list[tuple[int, int]]:
        """The counters that are not zero, by their place in the histogram."""
        # Nearly all are zero: they are passed over a thousand at a time, which makes this ten times as fast.
        content = memoryview(self._histogram.counts).cast("B")
        found: list[tuple[int, int]] = []
        for start in range(0, len(content), STRETCH_BYTES):
            stretch = content[start : start + STRETCH_BYTES]
            if any(stretch.tobytes().strip(b"\0")):
                first = start // COUNTER_BYTES
                found += [(first + place, count) for place, count in enumerate(stretch.cast("Q")) if count]
        return found

    def distribution(self) -> list[tuple[float, float]]:
        """For each duration that was counted: which share of all is not longer than it, and the duration in seconds."""
        points, seen = [], 0
        for index, count in self.counts():
            seen += count
            points.append((seen / self.count, self._duration_at(index)))
        return points

    def _duration_at(self, index: int) -> float:
        value = self._histogram.get_highest_equivalent_value(self._histogram.get_value_from_index(index))
        return min(int(value), self._max_microseconds) / MICROSECONDS

    def merge(self, other: Latencies) -> None:
        """Add what the other counted; nothing is lost or rounded."""
        if other.count:
            self._histogram.add(other._histogram)
        self._max_microseconds = max(self._max_microseconds, other._max_microseconds)

    def to_json(self) -> dict[str, Any]:
        """For a message or a file: HDR's own compressed format, which other tools read too."""
        if not self.count:
            return {"histogram": None, "max_microseconds": 0}
        return {"histogram": self._histogram.encode().decode("ascii"), "max_microseconds": self._max_microseconds}

    @staticmethod
    def from_json(content: dict[str, Any]) -> Latencies:
        """What ``to_json`` wrote."""
        latencies = Latencies()
        if content["histogram"] is not None:
            latencies._histogram.decode_and_add(content["histogram"].encode("ascii"))
        latencies._max_microseconds = content["max_microseconds"]
        return latencies
