"""*held*: an execution waits for a person only where the world refused something, or an outage outlasted its patience.

Data flow: histories (states, activities that Temporal gave up on), attempt log, strikes, the world's record →
**verdict**. How much patience there has to be is the claim's to say, and what was refused is the world's: a policy that
gives up sooner, or an error that is called final though the world only put the request off, is a broken promise. An
outage that is over sooner must be survived without anybody's help. Kills spend attempts, too, but only what they took.

Not covered: how long an execution was held, and whether the person was told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.judge.checks.attempts import activities, attempts_by_request, services_by_activity
from harness.judge.checks.outages import outage_seconds
from harness.judge.checks.stalls import machine_was_slow, stalled_share
from harness.judge.checks.story import story_of
from harness.record.history_facts import FailedActivity, HistoryFacts
from harness.record.record import Attempt, Record
from harness.verdict import CheckResult, Finding, Verdict, counted

CANCELLED = "CANCEL_REQUESTED"

SLACK_SECONDS = 1.0
"""Injecting and healing are journalled a little after they took effect, and requests are under way meanwhile."""


@dataclass(frozen=True)
class HeldCheck:
    """``patience_seconds`` is the promise: an outage that is over sooner holds nothing.

    ``state`` is the application's word for being held. ``refusals_hold`` allows holding what the world refused for
    good. ``held_at_least`` is how many executions must have been held for the run to be evidence.
    """

    patience_seconds: float
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
        findings = [finding for facts in held for finding in self._shown_too_long(record, facts)]
        undecided: list[Finding] = []
        for facts in held:
            for finding, sure in self._judge(record, facts):
                (findings if sure else undecided).append(finding)
        if findings:
            found = counted(len(findings), "time", "times")
            summary = f"{found} an execution was held with neither a refusal nor an outage beyond its patience"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not any(facts.states for facts in record.facts):
            undecided.append(Finding("states", "no history shows a state, so nothing tells what was held"))
        if len(held) < self.held_at_least:
            undecided.append(Finding("held", f"only {len(held)} executions were held, {self.held_at_least} needed"))
        if undecided:
            told = "; ".join(finding.message for finding in undecided[:3])
            return CheckResult(self.name, Verdict.UNKNOWN, told, tuple(undecided), counts)
        summary = f"{len(held)} of {len(record.facts)} executions were held"
        summary += ", each by a refusal or an outage beyond its patience" if held else ""
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)

    def _shown_too_long(self, record: Record, facts: HistoryFacts) -> list[Finding]:
        """Whether it was still shown as held when it went on."""
        times = facts.tried_again_in.get(self.state, 0)
        if not times:
            return []
        message = f"shown as {self.state} while what had held it was tried again, {counted(times, 'time', 'times')}"
        return [Finding(facts.workflow_id, message, story_of(record, facts.subject))]

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
        attempts = activities(record).get((facts.run_id, failed.activity_id))
        if not attempts:
            return "its attempts are in no log", False
        if self.refusals_hold and attempts[-1] in record.once(_refused):
            return None, True
        outage = outage_seconds(record, attempts)
        if outage >= self.patience_seconds - SLACK_SECONDS:
            return None, True
        ended = f"after attempt {failed.attempt} ({failed.retry_state})"
        needed = f"what it needed was struck for {outage:.1f} s, and {self.patience_seconds:g} s are to be survived"
        complaint = f"{ended}, though the world refused nothing, and {needed}"
        if machine_was_slow(record):
            return f"{complaint}; but the machine had no time for {stalled_share(record):.0%} of the run", False
        return complaint, True


def _refused(record: Record) -> frozenset[Attempt]:
    """The attempts that the world refused something for good: each that was open then and asks that service at all."""
    uses = services_by_activity(record)
    return frozenset(
        attempt
        for request, asking in attempts_by_request(record)
        if request.outcome in ("refused", "conflict")
        for attempt in asking
        if len(asking) == 1 or request.service in uses.get(attempt.activity, (request.service,))
    )
