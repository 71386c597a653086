"""*leaks*: what ended has ended whole, and no workflow task failed that nobody had made fail.

A handler or an activity that is open when its execution closes has lost its caller an answer. A failed workflow task is
a bug of the workflow's code, however well the next attempt hides it. Tasks that run out of time are what a dead worker
leaves, so with faults they are expected.

Not covered: executions that still run (*liveness* has them), open timers (they die with their execution, harmlessly).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.checks.story import story_of
from harness.history_facts import HistoryFacts
from harness.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted

ORDINARY_CAUSES = frozenset(
    {"UNHANDLED_COMMAND", "RESET_STICKY_TASK_QUEUE", "RESET_WORKFLOW", "FORCE_CLOSE_COMMAND", "FAILOVER_CLOSE_COMMAND"}
)
"""Causes that are the server's ordinary business: something arrived while the workflow was about to close, or an
operator reset it. https://docs.temporal.io/references/errors"""

DEADLOCK = "TMPRL1101"
"""The SDK's word for a workflow that did not yield for two seconds. A worker that stood still looks just like it."""


@dataclass(frozen=True)
class LeaksCheck:
    """INVALID for anything left open and for a workflow task that failed by itself; UNKNOWN without histories."""

    name: str = field(default="leaks", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """Judge what the histories say."""
        running = {execution.run_id for execution in record.executions if execution.status == "RUNNING"}
        closed = [facts for facts in record.facts if facts.run_id not in running]
        broken = any(fault.injected_seconds is not None for fault in record.faults)
        findings = [finding for facts in closed for finding in _left_open(record, facts)]
        doubts: list[Finding] = []
        for facts in record.facts:
            findings += _failed_tasks(record, facts)
            doubts += [] if broken else _unexplained(record, facts)
        counts: dict[str, int | float | str] = {
            "histories": len(record.facts),
            "still running": len(running),
            "workflow tasks failed": sum(len(facts.task_failures) for facts in record.facts),
            "workflow tasks timed out": sum(len(facts.lost_tasks) for facts in record.facts),
            "updates left open": sum(facts.open_updates for facts in closed),
            "activities left open": sum(len(facts.open_activities) for facts in closed),
        }
        if findings:
            found = counted(len(findings), "thing was", "things were")
            summary = f"{found} left open or failed unasked"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if doubts or not closed:
            told = (
                "workflow tasks ran out though nothing was broken" if doubts else "no closed history was there to read"
            )
            return CheckResult(self.name, Verdict.UNKNOWN, told, tuple(doubts), counts)
        summary = f"{len(closed)} executions closed with nothing open and no workflow task failed unasked"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _left_open(record: Record, facts: HistoryFacts) -> list[Finding]:
    messages = []
    if facts.open_updates:
        messages.append(f"closed with {facts.open_updates} accepted updates that were never answered")
    if facts.open_activities:
        messages.append(f"closed while {', '.join(facts.open_activities)} was still under way")
    return [_finding(record, facts, message) for message in messages]


def _failed_tasks(record: Record, facts: HistoryFacts) -> list[Finding]:
    return [
        _finding(record, facts, f"a workflow task failed: {failure}")
        for failure in facts.task_failures
        if failure.split(":")[0] not in ORDINARY_CAUSES and DEADLOCK not in failure
    ]


def _unexplained(record: Record, facts: HistoryFacts) -> list[Finding]:
    """What only a fault explains, in a run without faults: a machine that was too busy, or a workflow that blocks."""
    messages = [f"a workflow task failed: {failure}" for failure in facts.task_failures if DEADLOCK in failure]
    if facts.lost_tasks:
        messages.append(f"{len(facts.lost_tasks)} workflow tasks ran out of time, and nothing was broken")
    return [_finding(record, facts, message) for message in messages]


def _finding(record: Record, facts: HistoryFacts, message: str) -> Finding:
    return Finding(facts.workflow_id, message, story_of(record, facts.subject))
