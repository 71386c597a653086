"""What the world was asked and what came of it: requests and effects, side by side, per service and operation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.record.record import Record
from harness.report.summary import EffectCount

OUTCOMES = {
    "accepted": "accepted",
    "dropped": "accepted",
    "replayed": "replayed",
    "refused": "refused",
    "conflict": "refused",
}
"""The column of an outcome; every other outcome is an error. A dropped answer is an effect all the same."""


@dataclass(frozen=True)
class Asked:
    """One row. ``requests`` is 0 for effects of the world's own doing, which nobody asked for by request."""

    service: str
    operation: str
    requests: int
    accepted: int
    replayed: int
    refused: int
    errors: int
    references: int
    repeated: int


def asked(record: Record, effects: Sequence[EffectCount]) -> tuple[Asked, ...]:
    """A row for every service and operation that was asked or accepted something, by name."""
    outcomes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for request in record.world_attempts:
        outcomes[request.service, request.operation][request.outcome] += 1
    accepted = {(effect.service, effect.operation): effect for effect in effects}
    return tuple(_row(*kind, outcomes[kind], accepted.get(kind)) for kind in sorted({*outcomes, *accepted}))


def _row(service: str, operation: str, outcomes: Counter[str], effect: EffectCount | None) -> Asked:
    columns: Counter[str] = Counter()
    for outcome, count in outcomes.items():
        columns[OUTCOMES.get(outcome, "errors")] += count
    return Asked(
        service=service,
        operation=operation,
        requests=outcomes.total(),
        accepted=effect.accepted if effect else 0,
        replayed=columns["replayed"],
        refused=columns["refused"],
        errors=columns["errors"],
        references=effect.references if effect else 0,
        repeated=effect.repeated if effect else 0,
    )
