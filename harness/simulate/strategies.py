"""Hypothesis strategies of companies in trouble, for ordinary tests: ``docs/simulator.md`` shows one.

Only tests import this: it needs Hypothesis, which comes with nothing else of Assay. Data flow: a seed is simulated
once with nothing wrong → every **fate** that could have struck there → Hypothesis draws a few of them → a plan. What
is drawn is a value, so Hypothesis makes a failure small by itself: fewer fates, then earlier ones, then shorter times.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from harness.sim.kernel.choices import SHORTEST, Choices, Replayed
from harness.sim.kernel.plan import LAG, Choice, Plan
from harness.simulate.bench import Bench
from harness.simulate.case import Case
from harness.simulate.once import Simulated
from harness.simulate.trouble import LATEST, STRUCK_ATTEMPTS

FIRST = " attempt 1 fault"
STEPS = 8
"""Times are drawn in so many steps: few of them are told apart by what they do."""


@dataclass(frozen=True)
class Fate:
    """What can strike at a place, for how long at most (in nanoseconds)."""

    place: str
    kind: str
    longest: int = 0


@dataclass(frozen=True)
class Company:
    """One that was drawn. Its repr is short, because Hypothesis prints it."""

    case: Case = field(repr=False)
    plan: Plan

    def run(self, bench: Bench) -> Simulated:
        """Simulate it."""
        return bench.run(self.case, Replayed(self.plan))


def companies(
    bench: Bench, family: str, *, seeds: range = range(1, 6), faults_at_most: int = 4
) -> st.SearchStrategy[Company]:
    """Companies of a family in trouble.

    :param seeds: each costs one more simulation, with nothing wrong.
    :raises UsageError: there is no such family.
    """

    @functools.cache
    def of_seed(seed: int) -> st.SearchStrategy[Company]:
        case = Case(bench.family(family), seed)
        return plans(bench, case, faults_at_most=faults_at_most).map(lambda plan: Company(case, plan))

    bench.family(family)
    return st.sampled_from(seeds).flatmap(of_seed)


def plans(bench: Bench, case: Case, *, faults_at_most: int = 4) -> st.SearchStrategy[Plan]:
    """Plans of what goes wrong in one company: at most so many faults, and as many messages that are late."""
    watching = _Watching(case.seed, frozenset(bench.faults))
    bench.run(case, watching)
    drawn = st.tuples(_some(watching.faults, faults_at_most), _some(watching.lags, faults_at_most))
    return drawn.map(lambda both: _plan(case.seed, [*both[0], *both[1]]))


def _some(fates: Sequence[Fate], at_most: int) -> st.SearchStrategy[list[tuple[Fate, int]]]:
    """A few of them, each with its time in steps."""
    if not fates:
        return st.builds(list[tuple[Fate, int]])
    return st.lists(st.tuples(st.sampled_from(fates), st.integers(0, STEPS)), max_size=at_most)


def _plan(seed: int, drawn: Sequence[tuple[Fate, int]]) -> Plan:
    times = {fate: SHORTEST + fate.longest * step // STEPS if fate.longest else 0 for fate, step in drawn}
    return Plan(seed, {fate.place: Choice(fate.kind, time) for fate, time in times.items()})


class _Watching:
    """Choices that let nothing go wrong, and write down what could have.

    :param kinds: of faults that a promise has to bear; that somebody cancels an execution is none of them.
    :ivar faults: in the order in which they could have struck; ``lags`` likewise, of messages.
    """

    def __init__(self, seed: int, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._harmless: Choices = Replayed(Plan(seed))
        self.faults: list[Fate] = []
        self.lags: list[Fate] = []

    def lag(self, place: str) -> int:
        """See ``Choices``."""
        self.lags.append(Fate(place, LAG, LATEST - 2 * SHORTEST))
        return self._harmless.lag(place)

    def fault(self, place: str, kinds: tuple[str, ...], longest: int = 0) -> Choice | None:
        """See ``Choices``. Where a first attempt is struck there will be a second one."""
        attempts = range(1, STRUCK_ATTEMPTS + 1) if place.endswith(FIRST) else ()
        later = [f"{place.removesuffix(FIRST)} attempt {number} fault" for number in attempts] or [place]
        self.faults += [Fate(each, kind, longest) for each in later for kind in kinds if kind in self._kinds]
        return None

    def identifier(self, place: str) -> str:
        """See ``Choices``."""
        return self._harmless.identifier(place)

    def plan(self) -> Plan:
        """See ``Choices``."""
        return self._harmless.plan()
