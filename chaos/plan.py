"""The plan: the faults of one run, each with its time or its milestone. Drawn from the seed, written as JSON.

The same claim and seed always give the same bytes. What the plan does to real processes is not the same twice (the
operating system schedules as it likes), and the report says so.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.record.cuts import WAYS


@dataclass(frozen=True)
class HoldPoint:
    """A milestone in the world: the ``nth`` effect of ``service``/``operation``, held at ``point``.

    ``point`` is "before_effect" or "after_commit".
    """

    service: str
    operation: str
    nth: int
    point: str


@dataclass(frozen=True)
class CutPoint:
    """A milestone that is looked for when its turn comes: the next effect of a kind, to be cut in one way.

    ``effect`` is the world's word ("mail:reminder"), ``way`` one of `harness.record.cuts.WAYS`. The cuts of one
    ``lane`` come one after the other, in the order of the plan; lanes run side by side.
    """

    effect: str
    way: str
    lane: int


@dataclass(frozen=True)
class PlannedFault:
    """One fault of a plan: at ``after_seconds`` of work, when the world holds ``hold``, or at ``cut``."""

    fault_id: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    after_seconds: float | None = None
    hold: HoldPoint | None = None
    cut: CutPoint | None = None

    def __post_init__(self) -> None:
        """Refuse a fault that would never strike, where the plan is written.

        :raises ValueError: it has no moment, or one that cannot come.
        """
        after = self.after_seconds
        if after is None and self.hold is None and self.cut is None:
            raise ValueError(f"the fault {self.fault_id!r} has no moment: give it after_seconds=1.0, a hold or a cut")
        if after is not None and not (isinstance(after, int | float) and 0 <= after < math.inf):
            raise ValueError(f"the fault {self.fault_id!r}: after_seconds must be a number of seconds, not {after!r}")

    def to_json(self) -> dict[str, Any]:
        """The fault as plain JSON, without what is not set."""
        answer: dict[str, Any] = {"fault_id": self.fault_id, "kind": self.kind, "parameters": dict(self.parameters)}
        if self.after_seconds is not None:
            answer["after_seconds"] = self.after_seconds
        if self.hold is not None:
            answer["hold"] = dict(self.hold.__dict__)
        if self.cut is not None:
            answer["cut"] = dict(self.cut.__dict__)
        return answer

    def when(self) -> str:
        """When it strikes, in words."""
        if self.cut is not None:
            return f"at the next {self.cut.effect}: {WAYS[self.cut.way]} (lane {self.cut.lane})"
        if self.hold is not None:
            moment = {"after_commit": "after its commit", "before_effect": "before its effect"}[self.hold.point]
            return f"at {self.hold.service}/{self.hold.operation} number {self.hold.nth}, {moment}"
        return f"{self.after_seconds:g} s after work began"


@dataclass(frozen=True)
class Plan:
    """All faults of a run, in the order they were drawn."""

    faults: tuple[PlannedFault, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no plan, where it is written.

        :raises TypeError: something in it is no fault.
        :raises ValueError: two faults have one name, by which the record tells them apart.
        """
        for fault in self.faults:
            if not isinstance(fault, PlannedFault):
                raise TypeError(f"a plan is made of PlannedFault(…), not of {fault!r}")
        ids = [fault.fault_id for fault in self.faults]
        if again := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"two faults of the plan are called {', '.join(map(repr, again))}; rename one")

    def to_json(self) -> list[dict[str, Any]]:
        """The plan as plain JSON."""
        return [fault.to_json() for fault in self.faults]


def seconds(draw: random.Random, least: float, most: float) -> float:
    """A time or a duration between the two, in whole milliseconds: what a plan's file says of it is all of it."""
    return round(draw.uniform(least, most), 3)


def plan_from_json(faults: Sequence[Mapping[str, Any]]) -> Plan:
    """The plan of a ``plan.json``'s ``faults``.

    :raises TypeError: a fault has keys that faults do not have, or lacks one it needs.
    """
    return Plan(
        tuple(
            PlannedFault(
                **{
                    **fault,
                    "hold": HoldPoint(**fault["hold"]) if fault.get("hold") else None,
                    "cut": CutPoint(**fault["cut"]) if fault.get("cut") else None,
                }
            )
            for fault in faults
        )
    )
