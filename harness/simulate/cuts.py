"""The matrix of cuts in virtual time: the first attempt of every activity, cut in one way after the other.

A real run strikes one effect a cell (`docs/cuts.md`). Here one simulation strikes every activity of a company in one
way, and there is one for each way. The world fails beside it, in all of its ways: an activity that finds out what
became of a refused request is only asked for where one is refused.
"""

from __future__ import annotations

from harness.sim.kernel.choices import Choices
from harness.sim.kernel.plan import Choice, Plan
from harness.sim.kernel.timeline import SECOND
from harness.sim.worker.attempt import FAULTS as CUTS

FIRST = " attempt 1 fault"
LASTS = 6 * SECOND
"""Beyond the heartbeat time-out."""
LONGER = 10
"""So many times as long may everything take to end when every activity is cut: each takes seconds more, and an invoice
that was paid in fifteen parts has thirty of them to undo."""
BESIDE = 150
"""The rate of each kind of fault of the world beside a cut, of a thousand places where it can strike."""
AT_ONCE = ("worker-dies-in-activity",)
AT_ONCE_LASTS = SECOND // 100
"""A worker dies while the activity is about."""

__all__ = ["BESIDE", "CUTS", "LONGER", "EveryFirst"]


class EveryFirst:
    """Choices that cut the first attempt of every activity in one way, and are the given ones beside that."""

    def __init__(self, choices: Choices, cut: str) -> None:
        self._choices, self._cut = choices, cut
        self._taken: dict[str, Choice] = {}

    def lag(self, place: str) -> int:
        """See ``Choices``."""
        return self._choices.lag(place)

    def fault(self, place: str, kinds: tuple[str, ...], longest: int = 0) -> Choice | None:
        """See ``Choices``."""
        if self._cut not in kinds or not place.endswith(FIRST):
            return self._choices.fault(place, kinds, longest)
        chosen = Choice(self._cut, AT_ONCE_LASTS if self._cut in AT_ONCE else LASTS)
        self._taken[place] = chosen
        return chosen

    def identifier(self, place: str) -> str:
        """See ``Choices``."""
        return self._choices.identifier(place)

    def plan(self) -> Plan:
        """See ``Choices``."""
        plan = self._choices.plan()
        return Plan(plan.seed, {**plan.choices, **self._taken})
