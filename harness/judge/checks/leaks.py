"""*leaks*: what ended has ended whole, and no workflow task failed that nobody had made fail.

A handler or an activity that is open when its execution closes has lost its caller an answer. A failed workflow task is
a bug of the workflow's code, however well the next attempt hides it. Tasks that run out of time are what a dead worker
or a server that is away leaves, and a worker that stood still looks like a workflow that does not yield. Each is
explained only by what struck that worker or the server while the execution was there; a history's own times are not the
host's, so it cannot be said more closely. What nothing explains is UNKNOWN: a machine may be too busy. Only of tasks
that ran out a few go without an explanation.

An activity that its workflow asked to stop is not left open: by default a workflow does not wait for it. Neither is
what was under way when an execution was terminated or ran out of time, which its code had no say in.

Not covered: executions that still run (*liveness* has them), open timers (they die with their execution, harmlessly),
an activity that was cancelled with ``ABANDON`` (a history does not tell it from a forgotten one, and it is called so).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import zip_longest

from harness.judge.checks.story import story_of
from harness.judge.checks.strikes import strikes_of
from harness.record.history_facts import HistoryFacts
from harness.record.lost_tasks import DEADLOCK
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted

ORDINARY_CAUSES = frozenset(
    {"UNHANDLED_COMMAND", "RESET_STICKY_TASK_QUEUE", "RESET_WORKFLOW", "FORCE_CLOSE_COMMAND", "FAILOVER_CLOSE_COMMAND"}
)
"""Causes that are the server's ordinary business: something arrived while the workflow was about to close, or an
operator reset it. https://docs.temporal.io/references/errors"""


LOST_ON_THE_WAY = 0.01
"""This share of workflow tasks may run out of time with nothing to explain it. A server on a busy machine hands a task
to a worker that has hung up in the same moment, and learns of it by the time-out: seen of 2 in 700 on two cores that
three runs shared. A workflow that blocks shows otherwise, by the SDK's own watch for it."""


@dataclass(frozen=True)
class LeaksCheck:
    """INVALID for what was left open and a workflow task that failed by itself; UNKNOWN for what nothing explains."""

    name: str = field(default="leaks", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """Judge what the histories say."""
        running = {execution.run_id for execution in record.executions if execution.status == "RUNNING"}
        closed = [facts for facts in record.facts if facts.run_id not in running]
        findings = [finding for facts in closed for finding in _left_open(record, facts)]
        doubts: list[Finding] = []
        lost: list[Finding] = []
        for facts in record.facts:
            findings += _failed_tasks(record, facts)
            doubts += _stood_still(record, facts)
            lost += _ran_out(record, facts)
        if len(lost) > LOST_ON_THE_WAY * sum(facts.tasks_completed for facts in record.facts):
            doubts += lost
        counts: dict[str, int | float | str] = {
            "histories": len(record.facts),
            "still running": len(running),
            "workflow tasks failed": sum(len(facts.task_failures) for facts in record.facts),
            "workflow tasks timed out": sum(len(facts.lost_tasks) for facts in record.facts),
            "timed out though nothing had struck": len(lost),
            "updates left open": sum(facts.open_updates for facts in closed),
            "activities left open": sum(len(facts.open_activities) for facts in closed),
        }
        if findings:
            found = counted(len(findings), "thing was", "things were")
            summary = f"{found} left open or failed unasked"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if doubts or not closed:
            told = doubts[0].message if doubts else "no closed history was there to read"
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


def _stood_still(record: Record, facts: HistoryFacts) -> list[Finding]:
    """Dead locks of workers that nothing had struck: a workflow that blocks, or a machine that was too busy."""
    return [
        _finding(record, facts, f"a workflow task failed on {worker}, which nothing had struck: {failure}")
        for failure, worker in zip_longest(facts.task_failures, facts.failed_on, fillvalue="nobody")
        if DEADLOCK in failure and not _struck(record, facts, worker)
    ]


def _ran_out(record: Record, facts: HistoryFacts) -> list[Finding]:
    """Workflow tasks that ran out of time with workers that nothing had struck."""
    return [
        _finding(
            record, facts, f"a workflow task of {task.worker or 'nobody'}, which nothing had struck, ran out of time"
        )
        for task in facts.lost_tasks
        if not _struck(record, facts, task.worker)
    ]


def _struck(record: Record, facts: HistoryFacts, worker: str) -> bool:
    """Whether anything struck this worker or the server while the execution was there.

    A server that comes back takes the processors for itself, so it explains a worker that stood still, too.
    """
    there, strikes = _there(record, facts), strikes_of(record)
    return strikes.on_server().meet(*there) or strikes.on_worker(worker).meet(*there)


def _there(record: Record, facts: HistoryFacts) -> tuple[float, float]:
    """From when, at the earliest, until when, at the latest, the execution was there."""
    began, closed = record.once(_begun), record.once(_closed)
    return began.get(facts.subject, -math.inf), closed.get(facts.workflow_id, math.inf)


def _begun(record: Record) -> dict[str, float]:
    """Subject → the first that was asked for it: an execution is not there before, and its attempts come later."""
    begun: dict[str, float] = {}
    for operation in record.operations:
        begun[operation.subject] = min(operation.invoked_seconds, begun.get(operation.subject, math.inf))
    return begun


def _closed(record: Record) -> dict[str, float]:
    return {each.workflow_id: each.closed_seconds for each in record.executions if each.closed_seconds is not None}


def _finding(record: Record, facts: HistoryFacts, message: str) -> Finding:
    return Finding(facts.workflow_id, message, story_of(record, facts.subject))
