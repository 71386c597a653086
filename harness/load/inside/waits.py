"""How long tasks waited for a worker, from the buckets of a histogram that begins anew with each process.

Data flow: pages → **waits** → ``seen``. A bucket says that a wait was at most its bound and no more, so that is
what is shown: "at most 20 ms".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.load.inside.page import Buckets


@dataclass(frozen=True)
class Waited:
    """Waits of one kind. ``math.inf`` says: longer than ``last_bound_seconds``; ``None``: nothing waited."""

    count: int
    p50_seconds: float | None
    p99_seconds: float | None
    last_bound_seconds: float

    @staticmethod
    def of(buckets: Buckets) -> Waited:
        """The percentiles of these buckets, by nearest rank."""
        finite = [bound for bound in buckets if math.isfinite(bound)]
        return Waited(
            round(sum(buckets.values())), at_most(buckets, 0.5), at_most(buckets, 0.99), max(finite, default=0.0)
        )

    def to_json(self) -> dict[str, Any]:
        """For a file. A percentile that is ``null`` while something waited lies above the last bound."""

        def known(seconds: float | None) -> float | None:
            return None if seconds is None or math.isinf(seconds) else seconds

        return {
            "count": self.count,
            "p50_at_most_seconds": known(self.p50_seconds),
            "p99_at_most_seconds": known(self.p99_seconds),
            "last_bound_seconds": self.last_bound_seconds,
        }


def at_most(buckets: Buckets, share: float) -> float | None:
    """The bound of the bucket in which this share of all ends; ``None`` when there are none."""
    rank, seen = max(1, math.ceil(round(share * sum(buckets.values()), 9))), 0.0
    for bound, count in sorted(buckets.items()):
        seen += count
        if count and seen >= rank:
            return bound
    return None


def grown(values: Sequence[float]) -> float:
    """By how much a counter grew from the first value to the last; one that went down began anew at zero."""
    return sum(after - before if after >= before else after for before, after in itertools.pairwise(values))


def grown_buckets(pages: Sequence[Buckets]) -> dict[float, float]:
    """What came into each bucket from the first page to the last; where one went down, all began anew at zero."""
    total: dict[float, float] = {}
    for before, after in itertools.pairwise(pages):
        anew = any(after.get(bound, 0.0) < count for bound, count in before.items())
        since: Mapping[float, float] = {} if anew else before
        for bound, count in after.items():
            total[bound] = total.get(bound, 0.0) + count - since.get(bound, 0.0)
    return total
