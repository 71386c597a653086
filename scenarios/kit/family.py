"""A family under test as one value, and the frame of every claim on it.

A family brings its effects and what is promised of them, its oracle, its checks and its words; a claim adds a promise,
a workload and faults. What is demanded of every workflow, whatever it is about, is demanded here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from chaos.nemesis import PlanNemesis
from chaos.plan import Plan
from harness.experiment.claim import Claim, Evidence
from harness.experiment.workload import Drive, Workload, drive
from harness.judge.check import Check
from harness.judge.checks.effects import Acts, EffectsCheck, Promise
from harness.judge.checks.ends import EndsCheck
from harness.judge.checks.held import HeldCheck
from harness.judge.checks.latency import LatencyCheck
from harness.judge.checks.leaks import LeaksCheck
from harness.judge.checks.liveness import LivenessCheck
from harness.judge.checks.refused import RefusedCheck
from harness.judge.checks.replay import ReplayCheck
from harness.judge.checks.retries import RetriesCheck
from harness.judge.checks.vacuity import VacuityCheck
from harness.record.record import Record
from harness.report.vocabulary import Vocabulary
from harness.seed import Seed
from scenarios.kit.checks.availability import AvailabilityCheck, Permits
from scenarios.kit.checks.results import Results, ResultsCheck
from scenarios.kit.effects import asked_of_the_world

# A worker's death is noticed by the heartbeat time-out (5 s) or, between activities, by the workflow task time-out
# (10 s) after a sticky queue nobody serves (10 s); then comes a back-off of at most 8 s. The rest is slack for 2 cores.
RECOVERY_SECONDS = 30.0

# The guide's policy. More would hide an outage for longer than anybody was promised; no limit would hide it for ever.
ATTEMPTS_AT_MOST = 5

# What those five attempts are apart from each other: 1 + 2 + 4 + 8 s. An outage that is over sooner holds nobody up.
PATIENCE_SECONDS = 15.0


def nothing_may(record: Record) -> Permits:
    """No operation may be refused, whatever happened."""
    return lambda operation: False


@dataclass(frozen=True)
class Family:
    """What all claims on one family have in common.

    :param promises: how often each of its effects happens.
    :param expected: the oracle: the record -> (service, operation) -> the acts that had to happen, and that may have.
    :param final_states: the values of ``BusinessStatus`` with which its workflows may end.
    :param vocabulary: its words for the report; ``start`` is the operation that begins work.
    :param ends: the oracle of ends: the record -> subject -> the states in which its workflow may end.
    :param results: the oracle of results: the record -> subject -> what its workflow may return, as plain JSON.
    :param refused: the names of operations that must be refused, and some of which must have been.
    :param may_be_refused: the oracle of refusals: the record -> which operations may be refused, beside those that must
        be.
    :param demands: acts of which some must have had to happen, with nothing to excuse that they did not.
    :param checks: its own, beside those of every family.
    :param reads: services of the world that its activities only read.
    :param outside: names of operations that ask the world itself: an error there says nothing of the application.

    ``ends``, ``results`` or ``may_be_refused`` is ``None`` when a check of the family's own judges that.
    """

    promises: tuple[Promise, ...]
    expected: Callable[[Record], Mapping[tuple[str, str], Acts]]
    final_states: frozenset[str]
    vocabulary: Vocabulary
    ends: Callable[[Record], Mapping[str, frozenset[str]]] | None
    results: Callable[[Record], Results] | None
    refused: tuple[str, ...] = ()
    may_be_refused: Callable[[Record], Permits] | None = nothing_may
    demands: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    reads: frozenset[str] = frozenset()
    outside: tuple[str, ...] = ()

    @property
    def services(self) -> frozenset[str]:
        """Those of the world that its activities call."""
        return self.reads | {promise.service for promise in self.promises}


def claim_on(
    family: Family,
    name: str,
    promise: str,
    plan: Callable[[Seed], Plan],
    workload: Callable[[Seed], Workload],
    *,
    evidence: Evidence,
    workers: int = 3,
    settle_seconds: float = 60.0,
    held_at_least: int = 0,
    latency_bounds_seconds: Mapping[str, float] | None = None,
    stacks: tuple[str, ...] = ("dev", "full", "external"),
    checks: tuple[Check, ...] = (),
    drive: Drive = drive,
) -> Claim:
    """A claim on the family, tried while the plan's faults strike.

    :param held_at_least: so many executions must have been held, or the run is no evidence.
    :param latency_bounds_seconds: operation name -> the p99 promised for it, from the intended start.
    :param stacks: those that have all the plan breaks; it is tried on the first when nobody asks for another.
    :param checks: more than those of the family.
    :param drive: who runs the schedule; by default the harness.
    """
    return Claim(
        name=name,
        promise=promise,
        workload=workload,
        nemesis=lambda seed: PlanNemesis(plan(seed)),
        checks=(
            EffectsCheck(family.promises, family.expected, family.demands, asked_of_the_world()),
            *_of_the_oracle(family),
            *family.checks,
            LivenessCheck(family.final_states, RECOVERY_SECONDS),
            RetriesCheck(ATTEMPTS_AT_MOST, services=family.services),
            ReplayCheck(),
            HeldCheck(PATIENCE_SECONDS, refusals_hold=True, held_at_least=held_at_least),
            LeaksCheck(),
            LatencyCheck(latency_bounds_seconds or {}, start=family.vocabulary.start),
            VacuityCheck(evidence),
            *checks,
        ),
        evidence=evidence,
        workers=workers,
        settle_seconds=settle_seconds,
        vocabulary=family.vocabulary,
        stacks=stacks,
        drive=drive,
    )


def _of_the_oracle(family: Family) -> Iterator[Check]:
    """Those that hold what the oracle says of the family against the record."""
    if family.ends is not None:
        yield EndsCheck(family.ends)
    if family.results is not None:
        yield ResultsCheck(family.results)
    if family.refused:
        yield RefusedCheck(family.refused)
    if (may_be_refused := family.may_be_refused) is not None:

        def permits(record: Record) -> Permits:
            also = may_be_refused(record)
            return lambda operation: operation.name in family.refused or also(operation)

        yield AvailabilityCheck(permits, family.services, family.outside)
