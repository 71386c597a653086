"""The clock of the process in virtual time, for as long as a simulation runs.

What asks ``time.time`` or ``time.monotonic`` is told the time of the simulation: the workload, the API, and a workflow
that should not have asked. Not reached are ``datetime.now`` and names that were imported from ``time`` before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from harness.sim.kernel.timeline import SECOND, Timeline

BEGINS_SECONDS = 1_000.0
"""What the monotonic clock says when a simulation begins."""


def seconds_of(timeline: Timeline) -> float:
    """The instant of a simulation as the record has it."""
    return BEGINS_SECONDS + (timeline.now - timeline.begins) / SECOND


@contextmanager
def virtual_clock(timeline: Timeline) -> Iterator[None]:
    """Have ``time`` tell the time of a simulation. One thread alone may be in here."""
    virtual = {
        "time": lambda: timeline.now / SECOND,
        "time_ns": lambda: timeline.now,
        "monotonic": lambda: seconds_of(timeline),
        "monotonic_ns": lambda: round(seconds_of(timeline) * SECOND),
    }
    real = {name: getattr(time, name) for name in virtual}
    try:
        for name, function in virtual.items():
            setattr(time, name, function)
        yield
    finally:
        for name, function in real.items():
            setattr(time, name, function)
