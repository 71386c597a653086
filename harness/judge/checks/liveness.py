"""*liveness*: once everything is healed, everything ends in time, and what a fault cut short is soon taken up again.

Two bounds, both stated by the claim: every execution ends within the settle bound after the last heal, and an attempt
that died with its worker is followed by the next within the recovery bound after a worker was there again. Without a
heartbeat time-out the next attempt comes only when the start-to-close time-out ends, minutes later: that is what the
second bound finds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from harness.judge.checks.attempts import activities, death_of
from harness.judge.checks.story import story_of
from harness.judge.checks.strikes import strikes_of
from harness.judge.ending import COMPLETED, Ends
from harness.judge.stuck import stuck_at
from harness.record.record import Attempt, Execution, Record
from harness.verdict import CheckResult, Finding, Verdict, counted


@dataclass(frozen=True)
class LivenessCheck:
    """``final_states`` are the application's words for an end; an execution that ended elsewhere is a finding.

    ``recovery_seconds`` bounds the gap between an attempt that was cut short (or the end of the strike on its worker,
    when that is later) and the next attempt of the same activity, without what struck the server meanwhile. ``ends``
    names by workflow type the ends that are right where that is not only COMPLETED (see `ends`).
    """

    final_states: frozenset[str]
    recovery_seconds: float
    ends: Mapping[str, Ends] = field(default_factory=lambda: MappingProxyType({}))
    name: str = field(default="liveness", init=False)

    def __post_init__(self) -> None:
        """Refuse what this check cannot be made with, where the claim is written.

        :raises TypeError: the bound is no time, or ends are not made by `ends`.
        """
        if not isinstance(self.recovery_seconds, int | float):
            raise TypeError(f"LivenessCheck: recovery_seconds must be a number, not {self.recovery_seconds!r}")
        if isinstance(self.final_states, str):
            told = f"LivenessCheck: final_states must be a frozenset of texts, not {self.final_states!r}"
            raise TypeError(told)
        for workflow, right in self.ends.items():
            if not isinstance(right, tuple):
                raise TypeError(f"LivenessCheck: the ends of {workflow!r} must be ends(…), not {right!r}")

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for what did not end, or not in time; UNKNOWN when nothing was there to end."""
        findings = [*self._unfinished(record), *self._slow(record)]
        ended = sum(self._ended_well(execution) for execution in record.executions)
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
                message = f"still running ({state}) at the end of the settle bound{stuck_at(record, execution)}"
            elif not self._ended_well(execution):
                right = " or ".join(map(str, self._ends_of(execution)))
                message = f"ended as {execution.status}: {execution.failure or 'no reason given'} (right: {right})"
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

    def _ends_of(self, execution: Execution) -> Ends:
        return self.ends.get(execution.workflow_type, (COMPLETED,))

    def _ended_well(self, execution: Execution) -> bool:
        return any(end.is_of(execution) for end in self._ends_of(execution))

    def _slow(self, record: Record) -> list[Finding]:
        findings = []
        for attempt in interrupted_attempts(record):
            lost = _lost_at(record, attempt)
            following = next_attempt(record, attempt)
            if following is None and _wants_no_other(record, attempt):
                continue
            until = following.started_seconds if following else _end_of(record)
            waited = until - lost - strikes_of(record).on_server().covered(lost, until)
            if waited > self.recovery_seconds:
                what = f"attempt {attempt.attempt} of {attempt.activity} was cut short on {attempt.worker}"
                then = f"the next began {waited:.1f} s later" if following else "no other followed"
                message = f"{what}, and {then} (bound {self.recovery_seconds:g} s)"
                story = story_of(record, attempt.subject)
                findings.append(Finding(attempt.workflow_id, message, story, could_still_come=not following))
        return findings


def interrupted_attempts(record: Record) -> list[Attempt]:
    """The attempts that started and never ended: their worker died in them."""
    return [attempt for attempt in record.attempts if attempt.ended_seconds is None]


def next_attempt(record: Record, attempt: Attempt) -> Attempt | None:
    """The attempt of the same activity that came after this one, if any."""
    later = [other for other in activities(record)[attempt.run_id, attempt.activity_id] if other.follows(attempt)]
    return min(later, key=lambda other: other.started_seconds, default=None)


def _lost_at(record: Record, attempt: Attempt) -> float:
    """When its worker was dead and another in its place: from here on, nothing but time-outs delays the next attempt.

    What strikes the server after that delays it, too, and is counted off.
    """
    died = death_of(record, attempt)
    if died is None:
        return attempt.started_seconds
    # The strike is taken down a moment before the process is seen to have ended.
    struck = strikes_of(record).on_worker(attempt.worker).within(attempt.started_seconds, math.inf)
    return max([died, *(until for _, until in struck if until is not None and until < math.inf)])


def _wants_no_other(record: Record, attempt: Attempt) -> bool:
    """Whether its policy or its workflow wanted no other; whether that was right is not for this check."""
    if attempt.local:
        return attempt.run_id in record.once(_ended)
    return (attempt.run_id, attempt.activity_id) in record.once(_closed)


def _ended(record: Record) -> frozenset[str]:
    return frozenset(execution.run_id for execution in record.executions if execution.status != "RUNNING")


def _closed(record: Record) -> frozenset[tuple[str, str]]:
    """The activities that Temporal gave up on and those that were cancelled: run id and activity id."""
    return frozenset(
        (facts.run_id, activity_id)
        for facts in record.facts
        for activity_id in (*(failed.activity_id for failed in facts.failed_activities), *facts.cancelled_activities)
    )


def _end_of(record: Record) -> float:
    settle = record.phase("settle")
    if settle is not None and settle.left_seconds is not None:
        return settle.left_seconds
    return max((attempt.started_seconds for attempt in record.attempts), default=0.0)
