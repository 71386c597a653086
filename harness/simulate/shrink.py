"""Makes a failure small: the fewest faults, then the fewest operations, then the smallest times that still break it.

A candidate counts when one of the checks that said INVALID says it again. Dropping a choice changes nothing of what the
others mean, because each belongs to a place (``harness.sim.kernel.plan``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from harness.sim.kernel.choices import Replayed
from harness.sim.kernel.plan import LAG, Choice, Plan
from harness.sim.kernel.timeline import MILLISECOND
from harness.simulate.once import Case, Simulated

SECONDS_AT_MOST = 60.0
TIMES_AT_MOST = 40
"""Of so many choices at most the times are made smaller."""

Run = Callable[[Case, Replayed], Simulated]


@dataclass
class Shrinker:
    """One failure on its way down.

    :param run: simulates.
    :param best: the smallest so far that still fails.
    """

    run: Run
    best: Simulated
    checks: frozenset[str]
    until: float
    tried: int = 0

    def keeps(self, case: Case, plan: Plan) -> bool:
        """Whether it still fails so; it is the best then."""
        if time.monotonic() > self.until:
            return False
        self.tried += 1
        try:
            got = self.run(case, Replayed(plan))
        except Exception:
            return False  # another failure, and not the one that is looked for
        if not self.checks & {each.check for each in got.broken}:
            return False
        self.best = got
        return True


def shrink(run: Run, failed: Simulated, *, seconds: float = SECONDS_AT_MOST) -> tuple[Simulated, int]:
    """The smallest failure that is found in the time there is, and how many were tried."""
    checks = frozenset(each.check for each in failed.broken)
    shrinker = Shrinker(run, failed, checks, time.monotonic() + seconds)
    plan = failed.plan
    if not shrinker.keeps(failed.case, plan):
        return failed, shrinker.tried  # it does not come again; the digest of a second run says why
    _drop_subjects(shrinker)  # first, because what is left takes less time then
    _drop_lags(shrinker)
    _drop_faults(shrinker)
    _drop_operations(shrinker)
    _drop_faults(shrinker)
    _shorten(shrinker)
    return shrinker.best, shrinker.tried


def _drop_lags(shrinker: Shrinker) -> None:
    plan = shrinker.best.plan
    lags = [place for place, choice in plan.choices.items() if choice.kind == LAG]
    if not shrinker.keeps(shrinker.best.case, plan.without(lags)):
        _drop(lags, lambda dropped: shrinker.keeps(shrinker.best.case, shrinker.best.plan.without(dropped)))


def _drop_faults(shrinker: Shrinker) -> None:
    faults = list(shrinker.best.plan.faults)
    _drop(faults, lambda dropped: shrinker.keeps(shrinker.best.case, shrinker.best.plan.without(dropped)))


def _drop_subjects(shrinker: Shrinker) -> None:
    case = shrinker.best.case
    operations = case.family.workload(case.seed, case.without).operations()
    _drop(list(dict.fromkeys(each.subject for each in operations)), lambda dropped: _without(shrinker, dropped))


def _drop_operations(shrinker: Shrinker) -> None:
    case = shrinker.best.case
    operations = case.family.workload(case.seed, case.without).operations()
    _drop([each.operation_id for each in operations], lambda dropped: _without(shrinker, dropped))


def _without(shrinker: Shrinker, dropped: Sequence[str]) -> bool:
    case = shrinker.best.case
    return shrinker.keeps(replace(case, without=case.without | set(dropped)), shrinker.best.plan)


def _drop(things: Sequence[str], drops: Callable[[Sequence[str]], bool]) -> None:
    """Drop halves, then quarters, down to single ones, of what is left."""
    left, size = list(things), len(things)
    while left and size:
        kept: list[str] = []
        for start in range(0, len(left), size):
            part = left[start : start + size]
            if not drops(part):
                kept += part
        left = kept
        size //= 2


def _shorten(shrinker: Shrinker) -> None:
    """Halve the time of each choice that is left, for as long as it fails."""
    for place in list(shrinker.best.plan.choices)[:TIMES_AT_MOST]:
        while True:
            plan = shrinker.best.plan
            choice = plan.choices.get(place)
            if choice is None or choice.nanoseconds < 2 * MILLISECOND:
                break
            shorter = Choice(choice.kind, choice.nanoseconds // 2)
            if not shrinker.keeps(shrinker.best.case, Plan(plan.seed, {**plan.choices, place: shorter})):
                break
