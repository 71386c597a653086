"""*latency*: how long everything took, from when it was meant to start, and whether a bound of the claim was kept.

From the intended start, so that waiting for a stalled system counts (coordinated omission). The numbers prove nothing
when the load was not the planned one, and a bound that was exceeded proves nothing when the machine had no time for
anybody: then the verdict is UNKNOWN. Not covered: the server's own times; all instants
are the harness's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.judge.checks.stalls import machine_was_slow, stalled_share
from harness.judge.checks.story import story_of
from harness.judge.measures import Latency, latency, started_executions, work_began_seconds
from harness.record.record import Operation, Record
from harness.verdict import CheckResult, Finding, Verdict

OPERATIONS_FOR_A_RATE = 10


@dataclass(frozen=True)
class LatencyCheck:
    """``bounds`` are seconds for the p99 of an operation's name, or of "START → closed" for the end of executions.

    ``start`` names the operation that begins a subject; its rate must be within ``rate_tolerance`` (a share) of the
    planned one.
    """

    bounds: Mapping[str, float] = field(default_factory=dict)
    start: str = "process"
    rate_tolerance: float = 0.2
    name: str = field(default="latency", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a bound that was exceeded; UNKNOWN when nothing was measured, or under another load."""
        rows = {row.name: row for row in latency(record, self.start)}
        counts: dict[str, int | float | str] = {}
        for row in rows.values():
            counts |= {
                f"{row.name} p50 (s)": round(row.p50_seconds, 3),
                f"{row.name} p95 (s)": round(row.p95_seconds, 3),
            }
            counts |= {
                f"{row.name} p99 (s)": round(row.p99_seconds, 3),
                f"{row.name} max (s)": round(row.max_seconds, 3),
            }
        exceeded = [
            self._exceeded(record, rows[name], bound)
            for name, bound in self.bounds.items()
            if name in rows and (rows[name].p99_seconds > bound or rows[name].unanswered)
        ]
        if exceeded and machine_was_slow(record):
            told = f"{exceeded[0].message}, and the machine had no time for {stalled_share(record):.0%} of the run"
            return CheckResult(self.name, Verdict.UNKNOWN, told, tuple(exceeded), counts)
        if exceeded:
            summary = f"{len(exceeded)} of {len(self.bounds)} bounds on latency were exceeded"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(exceeded), counts)
        if unproved := self._unproved(record, rows):
            told = "; ".join(finding.message for finding in unproved)
            return CheckResult(self.name, Verdict.UNKNOWN, told, tuple(unproved), counts)
        slowest = max(rows.values(), key=lambda row: row.p99_seconds)
        kept = f", all {len(self.bounds)} bounds kept" if self.bounds else ", no bound was set"
        summary = f"{sum(row.count for row in rows.values())} times measured{kept}; "
        summary += f"the slowest is {slowest.name} with a p99 of {slowest.p99_seconds:.2f} s"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)

    def _exceeded(self, record: Record, row: Latency, bound: float) -> Finding:
        """The bound that was exceeded, with the story of the slowest."""
        unanswered = f", and {row.unanswered} were never answered" if row.unanswered else ""
        message = f"p99 {row.p99_seconds:.2f} s, the bound is {bound:g} s{unanswered}"
        slowest = self._slowest(record, row.name)
        return Finding(row.name, message, story_of(record, slowest.subject) if slowest else ())

    def _slowest(self, record: Record, name: str) -> Operation | None:
        took: list[tuple[float, Operation]] = [
            (operation.returned_seconds - operation.intended_seconds, operation)
            for operation in record.operations
            if operation.name == name and operation.returned_seconds is not None
        ]
        if name not in {operation.name for operation in record.operations}:
            took = [
                (execution.closed_seconds - operation.intended_seconds, operation)
                for operation, execution in started_executions(record, self.start)
                if execution is not None and execution.closed_seconds is not None
            ]
        return max(took, key=lambda pair: pair[0], default=(0.0, None))[1]

    def _unproved(self, record: Record, rows: Mapping[str, Latency]) -> list[Finding]:
        if not any(row.count for row in rows.values()):
            return [Finding("operations", "no operation was there to measure")]
        unproved = [
            Finding(name, f"a bound is set for {name}, and nothing of that name was measured")
            for name in self.bounds
            if name not in rows
        ]
        began = work_began_seconds(record)
        starts = [each for each in record.operations if each.name == self.start and each.intended_seconds >= began]
        planned = _rate([operation.intended_seconds for operation in starts])
        offered = _rate([operation.invoked_seconds for operation in starts])
        if planned and offered and abs(offered / planned - 1) > self.rate_tolerance:
            unproved.append(Finding("load", f"{offered:.1f} {self.start} a second were offered, {planned:.1f} planned"))
        return unproved


def _rate(instants: list[float]) -> float | None:
    """Operations a second, ``None`` where they are too few or all at once."""
    ordered = sorted(instants)
    span = ordered[-1] - ordered[0] if ordered else 0.0
    return (len(ordered) - 1) / span if len(ordered) >= OPERATIONS_FOR_A_RATE and span > 0 else None
