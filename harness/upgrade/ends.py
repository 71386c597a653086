"""How the executions of a company ended, and whether each end is one that either version alone comes to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.record.record import Record


@dataclass(frozen=True)
class End:
    """The last run of a workflow id. ``result`` is plain JSON, ``state`` the application's word for where it stands."""

    status: str
    result: Any
    state: str | None
    failure: str | None

    def __str__(self) -> str:
        if self.status != "COMPLETED":
            return self.status.lower() + (f" ({self.failure})" if self.failure else "")
        return f"completed with {self.result!r}"


@dataclass(frozen=True)
class Ends:
    """Of a whole company. ``effects`` says what the world accepted: reference → effect → how often."""

    executions: Mapping[str, End]
    effects: Mapping[str, Counter[str]]


def ends_of(record: Record) -> Ends:
    """How everything ended."""
    executions = {
        each.workflow_id: End(each.status, each.result, each.state, each.failure) for each in record.executions
    }
    effects: dict[str, Counter[str]] = defaultdict(Counter)
    for each in record.effects:
        effects[each.reference][f"{each.service}/{each.operation} {each.key or ''} {each.digest[:12]}".strip()] += 1
    return Ends(executions, effects)


def unlike_both(got: Ends, old: Ends, new: Ends) -> Iterator[tuple[str, str]]:
    """What ended as neither the old version alone nor the new one alone ends it: about what, and how.

    Each execution, and all effects with one reference, are held for themselves against both.
    """
    for name in sorted({*got.executions, *old.executions, *new.executions}):
        allowed = [each.executions.get(name) for each in (old, new)]
        if (end := got.executions.get(name)) not in allowed:
            yield name, f"{_told(end)}; by the old code alone {_told(allowed[0])}, by the new {_told(allowed[1])}"
    nothing: Counter[str] = Counter()
    for reference in sorted({*got.effects, *old.effects, *new.effects}):
        found, before, after = (each.effects.get(reference, nothing) for each in (got, old, new))
        if found not in (before, after):
            nearest = min(before, after, key=lambda each: ((found - each) + (each - found)).total())
            yield (
                reference,
                "; ".join(
                    [
                        *(f"too much: {_times(effect, count)}" for effect, count in sorted((found - nearest).items())),
                        *(f"missing: {_times(effect, count)}" for effect, count in sorted((nearest - found).items())),
                    ]
                ),
            )


def _told(end: End | None) -> str:
    return "never began" if end is None else str(end)


def _times(effect: str, count: int) -> str:
    return effect if count == 1 else f"{effect} ({count} times)"
