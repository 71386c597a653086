"""What a load generator says of its own part in a run: a piece of the record, judged by the check *generator*."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GeneratorRecord:
    """What a load generator says of its own part: how many operations its schedule had, begun, and of these late.

    ``verdict`` and ``reasons`` are its own, by its own thresholds.
    """

    name: str
    verdict: str
    scheduled: int
    begun: int
    late: int
    reasons: tuple[str, ...] = ()
