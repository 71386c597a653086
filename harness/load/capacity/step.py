"""One rate that was tried: what came of it, and whether the system kept up.

Where it fits: ``trial`` measures a **step**, ``search`` decides by ``Limits.broken`` where to try next. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.load.inside.usage import Usage
from harness.load.measure.offered import LATE_SECONDS
from harness.load.measure.shown import duration, share

LEAST_OFFERED = 0.98
LEAST_COMPLETED = 0.95


@dataclass(frozen=True)
class Step:
    """What was measured at one rate, after a while of settling in. ``None`` where nothing ended."""

    rate_per_second: float
    completed_per_second: float
    p50_seconds: float | None
    p99_seconds: float | None
    errors_share: float
    offered_share: float
    unseen: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class Limits:
    """What a rate has to keep within to be one that the system can take."""

    p99_seconds: float
    errors_share: float = 0.01

    def broken(self, step: Step) -> str:
        """Why this rate was not kept, in words; empty when it was."""
        if step.offered_share < LEAST_OFFERED:
            late = f"{share(step.offered_share)} of it were begun within {duration(LATE_SECONDS)}"
            return f"the generator could not offer it: {late}"
        if step.p99_seconds is None:
            return "nothing was completed"
        if step.completed_per_second < LEAST_COMPLETED * step.rate_per_second:
            return f"only {step.completed_per_second:.1f}/s were completed, so a queue grew"
        if step.p99_seconds >= self.p99_seconds:
            return f"p99 was {duration(step.p99_seconds)}"
        if step.errors_share >= self.errors_share:
            return f"{share(step.errors_share)} were errors"
        return f"{step.unseen:,} had not ended" if step.unseen else ""
