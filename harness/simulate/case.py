"""What is simulated, and what came of it, wherever it ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.judge.judge import COMPLETENESS
from harness.record.record import Record, RunInfo
from harness.sim.kernel.choices import Choices, Drawn
from harness.sim.kernel.plan import Plan
from harness.sim.kernel.swarm import Swarm
from harness.sim.simulation import FAULTS
from harness.simulate.binding import Family
from harness.simulate.cuts import BESIDE, LONGER, EveryFirst
from harness.simulate.trouble import Note
from harness.verdict import CheckResult, Verdict


@dataclass(frozen=True)
class Case:
    """What is simulated: a company, and what is left out of it.

    :param without: subjects and operations that are left out.
    :param cut: a way in which the first attempt of every activity is cut (``cuts``).
    """

    family: Family
    seed: int
    without: frozenset[str] = frozenset()
    crash_every_task: bool = False
    cut: str = ""

    def choices(self, faults: tuple[str, ...]) -> Choices:
        """What its seed draws. Beside a cut only the world may fail: some activities are there for that alone.

        :param faults: the kinds that there are.
        """
        if self.cut:
            outside = [kind for kind in faults if kind not in FAULTS and self.family.world_fails(self.seed)]
            return EveryFirst(Drawn(self.seed, Swarm(dict.fromkeys(outside, BESIDE), lags=True)), self.cut)
        return Drawn(self.seed, Swarm.drawn(self.seed, faults))

    @property
    def settle_seconds(self) -> float:
        """How long everything has to end once all is healed."""
        return self.family.settle_seconds * (LONGER if self.cut else 1)


@dataclass(frozen=True)
class Judged:
    """What came of a company, wherever it ran.

    :param plan: the choices that came to pass; ``notes`` what went wrong by them.
    """

    case: Case
    plan: Plan
    record: Record
    results: Sequence[CheckResult]
    notes: Sequence[Note]

    @property
    def verdict(self) -> Verdict:
        """INVALID for a broken promise, UNKNOWN for a doubt or where nothing was there to judge."""
        if self.broken:
            return Verdict.INVALID
        judged = any(result.verdict is Verdict.VALID for result in self.results)
        return Verdict.UNKNOWN if self.doubts or not judged or not self.record.executions else Verdict.VALID

    @property
    def doubts(self) -> Sequence[CheckResult]:
        """The checks that found what they could not judge, and that the company came to no end, if it did not.

        A check that had nothing to judge says UNKNOWN and finds nothing. Whether it ever had is the campaign's to ask.
        """
        unknown = [result for result in self.results if result.verdict is Verdict.UNKNOWN]
        return [result for result in unknown if result.findings or result.check == COMPLETENESS]

    @property
    def broken(self) -> Sequence[CheckResult]:
        """The checks that say INVALID."""
        return [result for result in self.results if result.verdict is Verdict.INVALID]


def info_of(case: Case, stack: str) -> RunInfo:
    """What its record says of it."""
    name = case.family.name
    command = f"assay simulate {name} --seeds {case.seed}..{case.seed}"
    return RunInfo(f"{name}-{case.seed}", name, "", case.seed, stack, "", command)
