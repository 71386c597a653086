"""*vacuity*: nothing is green for nothing.

A run is evidence only when it broke something, did something meanwhile, and healed it: faults were planned and all of
them landed, enough were felt, work overlapped them, a steady state was there before, every phase was left, and no
process died that nobody had killed. Anything less is UNKNOWN with the reason, whatever the claim is content with. The
acceptance rules follow Restate's chaos specification.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.judge.checks.attempts import over_at
from harness.judge.checks.windows import Span, Windows
from harness.judge.evidence import Evidence
from harness.record.lost_tasks import Lost, lost_to
from harness.record.record import FaultRecord, Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict

PHASES = ("bring-up", "steady-state", "work", "heal", "settle", "final-reads")


@dataclass(frozen=True)
class VacuityCheck:
    """Holds the record against the evidence the claim needs. Never INVALID: it speaks of the run, not the system."""

    evidence: Evidence
    name: str = field(default="vacuity", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """VALID when the evidence is there, UNKNOWN with every reason otherwise."""
        missing = [*self._demands(), *self._done(record), *self._faults(record), *_phases(record), *_deaths(record)]
        landed = sum(fault.landed is not None for fault in record.faults)
        felt = sum(fault.felt is not None for fault in record.faults)
        counts: dict[str, int | float | str] = {
            "operations OK": _operations_ok(record),
            "faults planned": len(record.faults),
            "faults landed": landed,
            "faults felt": felt,
        }
        if missing:
            return CheckResult(
                self.name, Verdict.UNKNOWN, "; ".join(f.message for f in missing), tuple(missing), counts
            )
        summary = f"{landed} faults landed, {felt} were felt, {counts['operations OK']} operations came out OK"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)

    def _demands(self) -> list[Finding]:
        """A claim that asks for nothing is shown by nothing."""
        if self.evidence.operations_ok > 0 or any(self.evidence.effects.values()):
            return []
        return [Finding("evidence", "the claim demands no work as evidence, so a run without any would do")]

    def _done(self, record: Record) -> list[Finding]:
        missing = []
        done = _operations_ok(record)
        if done < self.evidence.operations_ok:
            missing.append(Finding("work", f"only {done} operations came out OK, {self.evidence.operations_ok} needed"))
        effects = Counter(f"{effect.service}/{effect.operation}" for effect in record.effects)
        missing += [
            Finding(kind, f"only {effects[kind]} effects of {kind}, {needed} needed")
            for kind, needed in self.evidence.effects.items()
            if effects[kind] < needed
        ]
        answers = Counter(f"{asked.service}/{asked.operation}/{asked.outcome}" for asked in record.world_attempts)
        missing += [
            Finding(kind, f"only {answers[kind]} requests were answered {kind}, {needed} needed")
            for kind, needed in self.evidence.answers.items()
            if answers[kind] < needed
        ]
        went_on = sum(execution.status == "CONTINUED_AS_NEW" for execution in record.executions)
        if went_on < self.evidence.went_on:
            told = f"only {went_on} executions went on in a new run, {self.evidence.went_on} needed"
            missing.append(Finding("runs", told))
        return missing

    def _faults(self, record: Record) -> list[Finding]:
        if not record.run.faults_enabled:
            return [Finding("faults", "faults were switched off (--faults none), so nothing was broken")]
        missing = [] if record.faults else [Finding("faults", "no fault was planned, so nothing was broken")]
        missing += [
            Finding(fault.fault_id, f"{fault.fault_id} ({fault.kind}): {reason}")
            for fault in record.faults
            if (reason := _defect(record, fault)) is not None
        ]
        for word, count, needed in (
            ("landed", sum(f.landed is not None for f in record.faults), self.evidence.faults_landed),
            ("were felt", sum(f.felt is not None for f in record.faults), self.evidence.faults_felt),
        ):
            if count < needed:
                missing.append(Finding("faults", f"only {count} faults {word}, {needed} needed"))
        begun = _begun_during_faults(record)
        missing += [
            Finding(name, f"only {begun[name]} {name} were begun while a fault lasted, {needed} needed")
            for name, needed in self.evidence.begun_during_faults.items()
            if begun[name] < needed
        ]
        return missing


def _operations_ok(record: Record) -> int:
    return sum(operation.outcome is Outcome.OK for operation in record.operations)


def _begun_during_faults(record: Record) -> Counter[str]:
    """Operations by name that were begun between the injection and the healing of any fault."""
    lasted = Windows(
        (fault.injected_seconds, fault.healed_seconds)
        for fault in record.faults
        if fault.injected_seconds is not None and fault.healed_seconds is not None
    )
    return Counter(
        operation.name
        for operation in record.operations
        if lasted.meet(operation.invoked_seconds, operation.invoked_seconds)
    )


def _work(record: Record) -> Windows:
    """When anything was under way. An attempt that was cut short is so until its worker died, and no longer."""
    spans: list[Span] = [(attempt.started_seconds, over_at(record, attempt)) for attempt in record.attempts]
    return Windows(spans + [(each.invoked_seconds, each.returned_seconds) for each in record.operations])


def _defect(record: Record, fault: FaultRecord) -> str | None:
    """Why this fault is no evidence, ``None`` when it is."""
    if fault.error is not None:
        return fault.error
    if fault.landed is None or fault.injected_seconds is None:
        return "it never landed"
    if fault.healed_seconds is None:
        return "it was not healed"
    # A workflow task is in no attempt log, and is work all the same.
    if any(record.once(_lost_tasks)[fault.fault_id]) or record.once(_work).meet(
        fault.injected_seconds, fault.healed_seconds
    ):
        return None
    return "no work overlapped it"


def _lost_tasks(record: Record) -> Mapping[str, Lost]:
    return lost_to(record.faults, record.facts)


def _phases(record: Record) -> list[Finding]:
    left = {phase.name for phase in record.phases if phase.left_seconds is not None}
    missing = [Finding(name, f"the phase {name} was not completed") for name in PHASES if name not in left]
    if record.steady is not True:
        missing.append(Finding("steady-state", "no steady state was reached before the faults"))
    return missing


def _deaths(record: Record) -> list[Finding]:
    return [
        Finding(event.name, f"{event.name} (process {event.pid}) died unplanned, {event.detail}")
        for event in record.processes
        if event.event == "died"
    ]
