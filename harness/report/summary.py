"""A run in counts: what the end of `assay run`, the sentence and the top of the page are made of.

Everything is counted from the record; only ``lost`` is taken from the checks, because only an oracle knows what should
have been there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from harness.judge.measures import overall_verdict, percentile
from harness.judge.recovery import RecoveryFloor, recovery, recovery_floor
from harness.record.record import Effect, Outcome, Record
from harness.report.vocabulary import Vocabulary
from harness.verdict import CheckResult, Verdict


@dataclass(frozen=True)
class EffectCount:
    """Effects of one (service, operation): how many the world accepted, on how many references.

    ``repeated`` is how many things happened more than once: things are told apart by reference and by the vocabulary's
    ``identity`` fields of the detail.
    """

    service: str
    operation: str
    accepted: int
    references: int
    repeated: int


@dataclass(frozen=True)
class ExecutionCount:
    """Executions of one workflow type that stood alike at the final reads."""

    workflow_type: str
    status: str
    state: str | None
    count: int


@dataclass(frozen=True)
class FaultCount:
    """Faults by how far they went. ``unhealed`` were injected and never healed."""

    planned: int
    landed: int
    felt: int
    healed: int
    unhealed: int


@dataclass(frozen=True)
class Summary:
    """The counts of one run. ``subjects`` were begun, ``closed`` executions came to an end, ``running`` did not.

    ``lost`` is the largest count named "lost" of any check, ``None`` when no check counts it. ``never_recovered`` is
    how many attempts that a fault cut short never came back. Recovery times are in seconds.
    """

    verdict: Verdict
    subjects: int
    executions: tuple[ExecutionCount, ...]
    closed: int
    running: int
    operations: tuple[tuple[Outcome, int], ...]
    effects: tuple[EffectCount, ...]
    attempts: int
    attempts_cut_short: int
    faults: FaultCount
    worst_recovery_seconds: float | None
    p50_recovery_seconds: float | None
    never_recovered: int
    floor: RecoveryFloor
    lost: int | None


def summary(record: Record, results: Sequence[CheckResult], vocabulary: Vocabulary | None = None) -> Summary:
    """Count the run. The vocabulary says which operation begins a subject and what tells two effects apart."""
    words = vocabulary or Vocabulary()
    recovered = [each.seconds for fault in recovery(record) for each in fault.cut_short]
    known = sorted(seconds for seconds in recovered if seconds is not None)
    outcomes = Counter(operation.outcome for operation in record.operations)
    running = sum(1 for execution in record.executions if execution.status == "RUNNING")
    return Summary(
        verdict=overall_verdict(record, results),
        subjects=_subjects(record, words.start),
        executions=_executions(record),
        closed=len(record.executions) - running,
        running=running,
        operations=tuple((outcome, outcomes[outcome]) for outcome in Outcome),
        effects=record.once(_EffectCounts(tuple(words.identity))),
        attempts=len(record.attempts),
        attempts_cut_short=sum(1 for attempt in record.attempts if attempt.ended_seconds is None),
        faults=_faults(record),
        worst_recovery_seconds=known[-1] if known else None,
        p50_recovery_seconds=percentile(known, 0.5) if known else None,
        never_recovered=len(recovered) - len(known),
        floor=recovery_floor(record),
        lost=_lost(results),
    )


def _subjects(record: Record, start: str) -> int:
    begun = {operation.subject for operation in record.operations if operation.name == start}
    return len(begun or {execution.workflow_id for execution in record.executions})


def _executions(record: Record) -> tuple[ExecutionCount, ...]:
    counted = Counter((each.workflow_type, each.status, each.state) for each in record.executions)
    ordered = sorted(counted.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or ""))
    return tuple(ExecutionCount(*key, count) for key, count in ordered)


@dataclass(frozen=True)
class _EffectCounts:
    """The counts of a record's effects: a value, so that a record counts them once for each ``identity``."""

    identity: tuple[str, ...]

    def __call__(self, record: Record) -> tuple[EffectCount, ...]:
        return _effects(record.effects, self.identity)


def _effects(effects: Sequence[Effect], identity: Sequence[str]) -> tuple[EffectCount, ...]:
    things: dict[tuple[str, str], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for effect in effects:
        told_apart = (effect.reference, *(str(effect.detail.get(name)) for name in identity))
        things[effect.service, effect.operation][told_apart] += 1
    return tuple(
        EffectCount(
            service=service,
            operation=operation,
            accepted=counted.total(),
            references=len({thing[0] for thing in counted}),
            repeated=sum(1 for times in counted.values() if times > 1),
        )
        for (service, operation), counted in sorted(things.items())
    )


def _faults(record: Record) -> FaultCount:
    injected = [fault for fault in record.faults if fault.injected_seconds is not None]
    return FaultCount(
        planned=len(record.faults),
        landed=sum(1 for fault in record.faults if fault.landed is not None),
        felt=sum(1 for fault in record.faults if fault.felt is not None),
        healed=sum(1 for fault in injected if fault.healed_seconds is not None),
        unhealed=sum(1 for fault in injected if fault.healed_seconds is None),
    )


def _lost(results: Sequence[CheckResult]) -> int | None:
    counts = [result.counts.get("lost") for result in results]
    return max((int(count) for count in counts if isinstance(count, int | float)), default=None)
