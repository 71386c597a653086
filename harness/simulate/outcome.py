"""What is kept of one seed, and what a campaign of many came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.judge.judge import COMPLETENESS
from harness.simulate.case import Judged
from harness.simulate.cuts import CUTS
from harness.verdict import Verdict, worst


@dataclass(frozen=True)
class Outcome:
    """One seed of one family, as plain JSON.

    :param cut: in which way every activity was cut, if in any.
    :param checks: check → its verdict.
    :param broken: check → its summary, of those that say INVALID; ``doubts`` of those that could not say.
    :param activities: types that were attempted.
    :param differs: whether a second simulation came to something else.
    """

    family: str
    seed: int
    cut: str
    verdict: str
    executions: int
    tasks: int
    faults: Mapping[str, int]
    checks: Mapping[str, str]
    broken: Mapping[str, str]
    doubts: Mapping[str, str]
    activities: Sequence[str]
    differs: bool = False


def outcome_of(got: Judged, *, differs: bool = False) -> Outcome:
    """What is kept of it."""
    record = got.record
    # Of no execution nothing could be judged; that is a doubt only where there should have been one.
    doubts = {each.check: each.summary for each in got.doubts if record.executions or each.check == COMPLETENESS}
    if differs:
        doubts["twice"] = "simulated twice it is not the same: something reads a clock, chance or the order of a set"
    verdict = Verdict.UNKNOWN if differs and got.verdict is Verdict.VALID else got.verdict
    return Outcome(
        family=got.case.family.name,
        seed=got.case.seed,
        cut=got.case.cut,
        verdict=verdict.value,
        executions=len(record.executions),
        tasks=sum(each.tasks_completed for each in record.facts),
        faults=dict(Counter(note.kind for note in got.notes)),
        checks={each.check: each.verdict.value for each in got.results if each.check != COMPLETENESS},
        broken={each.check: each.summary for each in got.broken},
        doubts=doubts,
        activities=sorted({each.activity for each in record.attempts}),
        differs=differs,
    )


@dataclass
class Tally:
    """Many seeds, added up.

    :ivar judged: (family, check) → in how many seeds it had something to judge; 0 for one that never had.
    :ivar begun: family → executions.
    :ivar cells: (activity, cut) → whether every simulation with it was VALID.
    :param activities: those of the application that have to be cut in every way; none where nothing is cut.
    """

    seeds: int = 0
    executions: int = 0
    tasks: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    judged: Counter[tuple[str, str]] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    invalid: list[Outcome] = field(default_factory=list)
    doubtful: list[Outcome] = field(default_factory=list)
    cells: dict[tuple[str, str], bool] = field(default_factory=dict)
    activities: frozenset[str] = frozenset()

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.seeds += 1
        self.executions += outcome.executions
        self.begun[outcome.family] += outcome.executions
        self.tasks += outcome.tasks
        self.faults.update(outcome.faults)
        self.verdicts[outcome.verdict] += 1
        for check, verdict in outcome.checks.items():
            self.judged[outcome.family, check] += verdict != Verdict.UNKNOWN.value
        if outcome.broken:
            self.invalid.append(outcome)
        elif outcome.doubts:
            self.doubtful.append(outcome)
        for activity in outcome.activities if outcome.cut else ():
            cell = activity, outcome.cut
            self.cells[cell] = self.cells.get(cell, True) and not outcome.broken and not outcome.doubts

    @property
    def cut(self) -> frozenset[str]:
        """The activities that were cut in some way."""
        return frozenset(activity for activity, _ in self.cells)

    @property
    def idle(self) -> Sequence[tuple[str, str]]:
        """Families with a check that never had anything to judge there, whatever it had in others."""
        return sorted(each for each, times in self.judged.items() if not times)

    @property
    def empty(self) -> Sequence[str]:
        """Families of which no execution ever began."""
        return sorted(family for family, executions in self.begun.items() if not executions)

    @property
    def unstruck(self) -> Sequence[tuple[str, str]]:
        """Cells that no simulation had."""
        wanted = ((activity, cut) for activity in sorted(self.activities) for cut in CUTS)
        return [cell for cell in wanted if cell not in self.cells]

    def verdict(self, *, whole: bool = True) -> Verdict:
        """INVALID for a broken promise; UNKNOWN for a doubt, a family or a check with nothing to judge, or no fault.

        :param whole: whether it is a campaign, of which every check must have judged something.
        """
        if self.invalid:
            return Verdict.INVALID
        unproved = not self.executions or bool(self.doubtful)
        if whole:
            idle = self.idle or self.empty
            unproved = unproved or bool(idle) or not self.faults or bool(self.unstruck)
        return worst([Verdict.UNKNOWN if unproved else Verdict.VALID])


def tally_of(outcomes: Iterable[Outcome]) -> Tally:
    """All of them added up."""
    tally = Tally()
    for outcome in outcomes:
        tally.add(outcome)
    return tally
