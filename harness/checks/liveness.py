"""*liveness*: once everything is healed, everything ends in time, and what a fault cut short is soon taken up again.

Two bounds, both stated by the claim: every execution ends within the settle bound after the last heal, and an attempt
that died with its worker is followed by the next within the recovery bound after a worker was there again. Without a
heartbeat time-out the next attempt comes only when the start-to-close time-out ends, minutes later: that is what the
second bound finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.checks.story import story_of
from harness.record import Attempt, Record
from harness.verdict import CheckResult, Finding, Verdict, counted


@dataclass(frozen=True)
class LivenessCheck:
    """``final_states`` are the application's words for an end; an execution that ended elsewhere is a finding.

    ``recovery_seconds`` bounds the gap between an attempt that was cut short (or the end of the fault that cut it, when
    that is later) and the next attempt of the same activity.
    """

    final_states: frozenset[str]
    recovery_seconds: float
    name: str = field(default="liveness", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for what did not end, or not in time; UNKNOWN when nothing was there to end."""
        findings = [*self._unfinished(record), *self._slow(record)]
        ended = sum(execution.status == "COMPLETED" for execution in record.executions)
        cut_short = interrupted_attempts(record)
        counts: dict[str, int | float | str] = {
            "executions": len(record.executions),
            "ended": ended,
            "attempts cut short": len(cut_short),
            "recovery bound (s)": self.recovery_seconds,
        }
        if findings:
            found = counted(len(findings), "execution or attempt", "executions or attempts")
            summary = f"{found} did not go on in time"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not record.executions:
            return CheckResult(self.name, Verdict.UNKNOWN, "no execution was there to end", (), counts)
        summary = f"all {ended} executions ended; {len(cut_short)} attempts were cut short and taken up again in time"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)

    def _unfinished(self, record: Record) -> list[Finding]:
        findings = []
        for execution in record.executions:
            state = execution.state or "no state"
            if execution.status == "CONTINUED_AS_NEW":
                continue  # Not an end: the next run is an execution of its own, and is judged as one.
            if execution.status == "RUNNING":
                message = f"still running ({state}) at the end of the settle bound"
            elif execution.status != "COMPLETED":
                message = f"ended as {execution.status}: {execution.failure or 'no reason given'}"
            elif execution.state is not None and execution.state not in self.final_states:
                message = f"ended in state {state}, which is not a final state"
            else:
                continue
            findings.append(
                Finding(
                    execution.workflow_id,
                    message,
                    story_of(record, execution.subject),
                    could_still_come=execution.status == "RUNNING",
                )
            )
        return findings

    def _slow(self, record: Record) -> list[Finding]:
        findings = []
        for attempt in interrupted_attempts(record):
            lost = _lost_at(record, attempt)
            following = next_attempt(record.attempts, attempt)
            until = following.started_seconds if following else _end_of(record)
            if until - lost > self.recovery_seconds:
                what = f"attempt {attempt.attempt} of {attempt.activity} was cut short on {attempt.worker}"
                then = f"the next began {until - lost:.1f} s later" if following else "no other followed"
                message = f"{what}, and {then} (bound {self.recovery_seconds:g} s)"
                story = story_of(record, attempt.subject)
                findings.append(Finding(attempt.workflow_id, message, story, could_still_come=not following))
        return findings


def interrupted_attempts(record: Record) -> list[Attempt]:
    """The attempts that started and never ended: their worker died in them."""
    return [attempt for attempt in record.attempts if attempt.ended_seconds is None]


def next_attempt(attempts: Sequence[Attempt], attempt: Attempt) -> Attempt | None:
    """The attempt of the same activity that came after this one, if any."""
    later = [
        other
        for other in attempts
        if (other.run_id, other.activity_id) == (attempt.run_id, attempt.activity_id)
        and other.attempt > attempt.attempt
    ]
    return min(later, key=lambda other: other.started_seconds, default=None)


def _lost_at(record: Record, attempt: Attempt) -> float:
    """When its worker was dead and its fault healed: from here on, nothing but time-outs delays the next attempt."""
    ends = [event.at_seconds for event in record.processes if event.name == attempt.worker and event.event != "started"]
    died = ends[0] if ends else attempt.started_seconds
    healed = [
        fault.healed_seconds
        for fault in record.faults
        if fault.injected_seconds is not None
        and fault.healed_seconds is not None
        and abs(fault.injected_seconds - died) < 1.0
    ]
    return max([died, *healed])


def _end_of(record: Record) -> float:
    settle = record.phase("settle")
    if settle is not None and settle.left_seconds is not None:
        return settle.left_seconds
    return max((attempt.started_seconds for attempt in record.attempts), default=0.0)
