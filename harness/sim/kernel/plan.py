"""What was chosen in one execution: a value that replays it exactly and of which any entry may be dropped.

An entry belongs to a **place** ("pay-7/1 activity 3 attempt 2"), never to a position in a row of draws. So dropping one
changes nothing of what the others mean, which is what a shrinker lives on. A place without an entry chooses what is
harmless: no fault, and the shortest time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from harness.errors import UsageError

LAG = "lag"
"""The kind of a choice that is only a time."""


class Choice(NamedTuple):
    """One choice: what, and how long in nanoseconds where that has a meaning."""

    kind: str
    nanoseconds: int = 0


@dataclass(frozen=True)
class Plan:
    """All choices of one execution that were not the harmless one. ``seed`` also draws ids."""

    seed: int
    choices: Mapping[str, Choice] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def faults(self) -> Mapping[str, Choice]:
        """The choices that are more than a time."""
        return {place: choice for place, choice in self.choices.items() if choice.kind != LAG}

    def without(self, places: Iterable[str]) -> Plan:
        """The same plan with these places choosing what is harmless."""
        dropped = set(places)
        return Plan(self.seed, {place: choice for place, choice in self.choices.items() if place not in dropped})

    def to_json(self) -> str:
        """As text, in the order in which the choices were made."""
        return json.dumps({"seed": self.seed, "choices": {place: [*each] for place, each in self.choices.items()}})

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read what :meth:`to_json` wrote.

        :raises UsageError: it is no such text.
        """
        try:
            read = json.loads(text)
            choices = {place: Choice(str(kind), _whole(time)) for place, (kind, time) in read["choices"].items()}
            return cls(_whole(read["seed"]), choices)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise UsageError(f"no plan of the simulator: {error!r}; one is an object with seed and choices") from error


def _whole(value: object) -> int:
    """The value itself: what is nearly a whole number would be another execution."""
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no whole number from 0 on")
    return value
