"""Makes a failure small: the fewest subjects, then the fewest faults and operations, then the smallest times.

A candidate counts when the very same is wrong with it (``complaint``). Dropping a choice changes nothing of what the
others mean, because each belongs to a place (``harness.sim.kernel.plan``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from harness.experiment.workload import PlannedOperation
from harness.sim.kernel.choices import Replayed
from harness.sim.kernel.plan import LAG, Choice, Plan
from harness.sim.kernel.timeline import MILLISECOND
from harness.simulate.case import Case
from harness.simulate.failure.complaint import Complaint, complains_of, complaint_of
from harness.simulate.once import Simulated

SECONDS_AT_MOST = 30.0
TIMES_AT_MOST = 40
"""Of so many choices at most the times are made smaller."""

Run = Callable[[Case, Replayed], Simulated]


@dataclass
class Shrinker:
    """One failure on its way down.

    :param run: simulates.
    :param failed: what it was at first; ``complaint`` is what has to stay wrong.
    :param best: the smallest so far that still fails.
    """

    run: Run
    failed: Simulated
    complaint: Complaint
    best: Simulated
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
            return False  # a failure of the harness, and not the one that is looked for
        if got.record.interrupted is not None and self.failed.record.interrupted is None:
            return False  # what came to no end says nothing of one that did
        if not complains_of(got, self.complaint):
            return False
        self.best = got
        return True

    def left(self) -> Sequence[PlannedOperation]:
        """The operations of the best."""
        case = self.best.case
        return case.family.workload(case.seed, case.without).operations()

    def keeps_without(self, names: Iterable[str]) -> bool:
        """Whether it still fails so when these subjects and operations are left out, too."""
        case = self.best.case
        return self.keeps(replace(case, without=case.without | set(names)), self.best.plan)

    def keeps_calm_at(self, places: Iterable[str]) -> bool:
        """Whether it still fails so when nothing happens at these places."""
        return self.keeps(self.best.case, self.best.plan.without(places))


def shrink(run: Run, failed: Simulated, *, seconds: float = SECONDS_AT_MOST) -> tuple[Simulated, int]:
    """The smallest failure that is found in the time there is, and how many were tried.

    What is left says the same of the same subject as ``failed`` does with its first finding.

    :param failed: one in which a check says INVALID.
    """
    shrinker = Shrinker(run, failed, complaint_of(failed), failed, time.monotonic() + seconds)
    if not shrinker.keeps(failed.case, failed.plan):
        return failed, shrinker.tried  # it does not come again; the digest of a second run says why
    if failed.case.crash_every_task:
        shrinker.keeps(replace(failed.case, crash_every_task=False), failed.plan)
    _drop_subjects(shrinker)  # first, because what is left takes less time then
    shrinker.keeps_calm_at(_lags(shrinker))
    _drop(list(shrinker.best.plan.faults), shrinker.keeps_calm_at)
    _drop(_lags(shrinker), shrinker.keeps_calm_at)
    _drop([each.operation_id for each in shrinker.left()], shrinker.keeps_without)
    _drop(list(shrinker.best.plan.faults), shrinker.keeps_calm_at)
    _shorten(shrinker)
    return shrinker.best, shrinker.tried


def _lags(shrinker: Shrinker) -> list[str]:
    return [place for place, choice in shrinker.best.plan.choices.items() if choice.kind == LAG]


def _drop_subjects(shrinker: Shrinker) -> None:
    """At once all that the complaint is not about, if that will do."""
    operations = shrinker.left()
    about = _about(shrinker.complaint, operations)
    others = {each.subject for each in operations} - about
    if about and others:
        shrinker.keeps_without(others)
    _drop(list(dict.fromkeys(each.subject for each in shrinker.left())), shrinker.keeps_without)


def _about(complaint: Complaint, operations: Sequence[PlannedOperation]) -> set[str]:
    """The subjects that the complaint names, and those without which nothing is asked about them."""
    subject_of = {each.operation_id: each.subject for each in operations}
    named = {
        each.subject
        for each in operations
        if complaint.subject in (each.subject, each.operation_id, each.workflow_id)
        or (each.subject and each.subject in complaint.subject)
    }
    while (
        more := {
            subject_of[need]
            for each in operations
            if each.subject in named
            for need in each.needs
            if need in subject_of
        }
        - named
    ):
        named |= more
    return named


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
    """Make the time of each choice that is left as short as can be, or halve it for as long as it fails."""
    for place in list(shrinker.best.plan.choices)[:TIMES_AT_MOST]:
        if _time_at(shrinker, place) < 2 * MILLISECOND or _takes(shrinker, place, MILLISECOND):
            continue
        while (left := _time_at(shrinker, place)) >= 2 * MILLISECOND and _takes(shrinker, place, left // 2):
            pass


def _time_at(shrinker: Shrinker, place: str) -> int:
    choice = shrinker.best.plan.choices.get(place)
    return choice.nanoseconds if choice is not None else 0


def _takes(shrinker: Shrinker, place: str, nanoseconds: int) -> bool:
    """Whether it still fails so when it takes so long."""
    plan = shrinker.best.plan
    choice = Choice(plan.choices[place].kind, nanoseconds)
    return shrinker.keeps(shrinker.best.case, Plan(plan.seed, {**plan.choices, place: choice}))
