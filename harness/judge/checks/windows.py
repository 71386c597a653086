"""Times in which something was so: disjoint, in order, and asked of in logarithmic time, however many there are."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

Span = tuple[float, float | None]
"""From and until, in seconds; ``None`` where no end is known."""


class Windows:
    """The union of spans. One without an end lasts for ever."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[float] = []
        self._ends: list[float] = []
        whole = ((start, math.inf if end is None else end) for start, end in spans)
        for start, end in sorted(whole):
            if end < start:
                continue
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)
        pairs = zip(self._starts, self._ends, strict=True)
        self._lasted = [0.0, *accumulate(end - start for start, end in pairs)]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._starts)

    def meet(self, start: float, end: float) -> bool:
        """Whether any of them has a moment in common with this time, both ends included."""
        place = bisect_left(self._ends, start)
        return place < len(self._starts) and self._starts[place] <= end

    def within(self, start: float, end: float) -> list[Span]:
        """The parts of this time that lie in one of them."""
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        return [
            (max(start, since), min(end, until))
            for since, until in zip(self._starts[first:last], self._ends[first:last], strict=True)
        ]

    def covered(self, start: float, end: float) -> float:
        """How many seconds of this time lie in one of them."""
        return max(0.0, self._before(end) - self._before(start))

    def _before(self, at: float) -> float:
        """How many seconds of them lie before an instant."""
        place = bisect_right(self._starts, at)
        if not place:
            return 0.0
        return self._lasted[place - 1] + min(at, self._ends[place - 1]) - self._starts[place - 1]
