"""The handful of numbers at the top of the page, each with the number it should be read against."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.record import Outcome, Record
from harness.report.summary import Summary
from harness.report.vocabulary import Vocabulary


@dataclass(frozen=True)
class Figure:
    """A number as text, what it counts, and what it means or is measured by. ``warn`` marks one that needs a look."""

    value: str
    label: str
    note: str
    warn: bool = False


def figures(record: Record, counts: Summary, words: Vocabulary) -> tuple[Figure, ...]:
    """Work, faults, cut-short attempts, recovery, operations: always these five, in this order."""
    return (_work(counts, words), _faults(record, counts), _attempts(counts), _recovery(counts), _operations(counts))


def _work(counts: Summary, words: Vocabulary) -> Figure:
    note = f"{counts.closed:,} workflows closed, {counts.running:,} still open"
    return Figure(f"{counts.subjects:,}", words.singular if counts.subjects == 1 else words.plural, note)


def _faults(record: Record, counts: Summary) -> Figure:
    faults = counts.faults
    if not faults.planned:
        why = "none was planned" if record.run.faults_enabled else "switched off for this run"
        return Figure("0", "faults", why)
    note = f"of {faults.planned:,} planned; {faults.felt:,} felt, {faults.healed:,} healed"
    warn = faults.landed < faults.planned or faults.unhealed > 0
    return Figure(f"{faults.landed:,}", "fault landed" if faults.landed == 1 else "faults landed", note, warn)


def _attempts(counts: Summary) -> Figure:
    return Figure(f"{counts.attempts_cut_short:,}", "attempts cut short", f"of {counts.attempts:,} activity attempts")


def _recovery(counts: Summary) -> Figure:
    floor = counts.floor.smallest_seconds
    beside = "no floor without a heartbeat time-out" if floor is None else f"floor {floor:g} s"
    if counts.never_recovered:
        return Figure(
            f"{counts.never_recovered:,}", "never recovered", f"attempts that did not come back; {beside}", True
        )
    if counts.worst_recovery_seconds is None:
        return Figure("—", "worst recovery", f"no killed worker held work; {beside}")
    note = f"median {counts.p50_recovery_seconds or 0.0:.1f} s; {beside}"
    return Figure(f"{counts.worst_recovery_seconds:.1f} s", "worst recovery", note)


def _operations(counts: Summary) -> Figure:
    by_outcome = dict(counts.operations)
    failed, unknown = by_outcome[Outcome.FAIL], by_outcome[Outcome.UNKNOWN]
    return Figure(f"{by_outcome[Outcome.OK]:,}", "operations OK", f"{failed:,} FAIL, {unknown:,} UNKNOWN", unknown > 0)
