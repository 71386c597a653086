"""*held*: an execution waits for a person only where an outage was longer than its policy's patience.

Where it stands: histories (states, activities that Temporal gave up on), attempt log, faults → **verdict**. Patience is
the sum of all back-offs of a policy: an outage that is over sooner must be survived without anybody's help. Kills spend
attempts, too, but only while they last.

Not covered: how long an execution was held, and whether the person was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.checks.backoff import ladder_of
from harness.checks.story import story_of
from harness.history_facts import FailedActivity, HistoryFacts
from harness.record import Attempt, Record
from harness.verdict import CheckResult, Finding, Verdict, counted

EXHAUSTED = "MAXIMUM_ATTEMPTS_REACHED"
REFUSED = "NON_RETRYABLE_FAILURE"
OUT_OF_TIME = "TIMEOUT"
CANCELLED = "CANCEL_REQUESTED"

SLACK_SECONDS = 1.0
"""Injecting and healing are journalled a little after they took effect, and requests are under way meanwhile."""


@dataclass(frozen=True)
class HeldCheck:
    """``state`` is the application's word for being held. ``refusals_hold`` allows holding what was refused for good.

    ``held_at_least`` is how many executions must have been held for the run to be evidence.
    """

    state: str = "held"
    refusals_hold: bool = False
    held_at_least: int = 0
    name: str = field(default="held", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for an execution held without such an outage; UNKNOWN when the histories do not tell."""
        held = [facts for facts in record.facts if facts.states.get(self.state)]
        counts: dict[str, int | float | str] = {
            "executions": len(record.facts),
            "held": len(held),
            "times held": sum(facts.states[self.state] for facts in held),
            "resumed": len(record.resumed),
        }
        findings: list[Finding] = []
        undecided: list[Finding] = []
        for facts in held:
            for finding, sure in self._judge(record, facts):
                (findings if sure else undecided).append(finding)
        if findings:
            found = counted(len(findings), "time", "times")
            summary = f"{found} an execution was held without an outage beyond its patience"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not any(facts.states for facts in record.facts):
            undecided.append(Finding("states", "no history shows a state, so nothing tells what was held"))
        if len(held) < self.held_at_least:
            undecided.append(Finding("held", f"only {len(held)} executions were held, {self.held_at_least} needed"))
        if undecided:
            told = "; ".join(finding.message for finding in undecided[:3])
            return CheckResult(self.name, Verdict.UNKNOWN, told, tuple(undecided), counts)
        summary = f"{len(held)} of {len(record.facts)} executions were held"
        summary += ", each by an outage beyond its patience" if held else ""
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)

    def _judge(self, record: Record, facts: HistoryFacts) -> list[tuple[Finding, bool]]:
        """What is wrong with how this execution came to be held, each with whether that is sure.

        An application may go on after a failed activity without being held, so as many good reasons as times suffice.
        """
        story = story_of(record, facts.subject)
        failures = [failed for failed in facts.failed_activities if failed.retry_state != CANCELLED]
        if not failures:
            return [
                (Finding(facts.workflow_id, "held, though Temporal gave up on none of its activities", story), True)
            ]
        complaints = [(failed, *self._complaint(record, facts, failed)) for failed in failures]
        if sum(complaint is None for _, complaint, _ in complaints) >= facts.states[self.state]:
            return []
        return [
            (
                Finding(
                    facts.workflow_id,
                    f"held by {failed.activity} ({failed.message or failed.retry_state}): {complaint}",
                    story,
                ),
                sure,
            )
            for failed, complaint, sure in complaints
            if complaint is not None
        ]

    def _complaint(self, record: Record, facts: HistoryFacts, failed: FailedActivity) -> tuple[str | None, bool]:
        if failed.retry_state == REFUSED and self.refusals_hold:
            return None, True
        if failed.retry_state == OUT_OF_TIME:
            return "its schedule-to-close time-out ended it, for which no patience is known", False
        if failed.retry_state != EXHAUSTED:
            return f"no budget was spent: {failed.retry_state}, attempt {failed.attempt}", True
        attempts = [
            attempt
            for attempt in record.attempts
            if (attempt.run_id, attempt.activity_id) == (facts.run_id, failed.activity_id)
        ]
        ladder = ladder_of(record.policies, failed.activity)
        patience = ladder.patience_seconds() if ladder else None
        if not attempts or patience is None:
            return "its attempts or its policy are in no log", False
        outage = outage_seconds(record, attempts)
        if outage >= patience - SLACK_SECONDS:
            return None, True
        return f"faults overlapped its attempts for {outage:.1f} s, its patience is {patience:g} s", True


def outage_seconds(record: Record, attempts: Sequence[Attempt]) -> float:
    """For how long any fault was there from the first of these attempts to the end of the last."""
    first = min(attempt.started_seconds for attempt in attempts)
    last = max(attempt.ended_seconds or attempt.started_seconds for attempt in attempts)
    windows = sorted(
        (max(first, fault.injected_seconds), min(last, fault.healed_seconds if fault.healed_seconds else last))
        for fault in record.faults
        if fault.injected_seconds is not None
    )
    covered, until = 0.0, first
    for start, end in windows:
        covered += max(0.0, end - max(start, until))
        until = max(until, end)
    return covered
