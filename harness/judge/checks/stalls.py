"""When the machine itself had no time, by the harness's own clockwork: it takes a sample every second.

Data flow: samples of the record → **stalls** → checks, which hold nobody to a time that nobody had.
"""

from __future__ import annotations

from itertools import pairwise

from harness.record.record import Record

STALL_SECONDS = 1.6
"""Two samples that are further apart than this say that the machine had no time in between."""

STALLED_SHARE = 0.05
"""Where the machine had no time for more than this share of the run, it is what may have been too slow."""


def stalls(record: Record) -> list[tuple[float, float]]:
    """From when to when the machine had no time, in order."""
    instants = sorted(sample.at_seconds for sample in record.samples)
    return [(before, after) for before, after in pairwise(instants) if after - before > STALL_SECONDS]


def stalled_share(record: Record) -> float:
    """Which share of the time between the first and the last sample that was; 0 where there were no samples."""
    instants = [sample.at_seconds for sample in record.samples]
    span = max(instants, default=0.0) - min(instants, default=0.0)
    return sum(after - before for before, after in stalls(record)) / span if span else 0.0


def machine_was_slow(record: Record) -> bool:
    """Whether the machine had no time for so much of the run that no bound in time can be demanded of anybody."""
    return stalled_share(record) > STALLED_SHARE
