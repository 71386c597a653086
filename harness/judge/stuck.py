"""What an execution that never ended was at: the activity that failed at every attempt, or the task that never passed.

A workflow that waits for either is still running, and says nothing of why; the log of attempts and the history do.
"""

from __future__ import annotations

from harness.judge.checks.attempts import activities
from harness.record.record import Execution, Record
from harness.verdict import counted

CHARACTERS = 300


def stuck_at(record: Record, execution: Execution) -> str:
    """In words, beginning with a semicolon; empty where nothing failed."""
    told = []
    for (run_id, _), attempts in activities(record).items():
        last = attempts[-1]
        if run_id == execution.run_id and last.outcome == "failed":
            times = f"failed at {counted(last.attempt, 'attempt', 'attempts')}"
            told.append(f"{last.activity} {times}, the last time with {_short(last.error or 'no error')}")
    for facts in record.facts:
        if facts.run_id == execution.run_id and facts.task_failures:
            times = counted(len(facts.task_failures), "workflow task", "workflow tasks")
            told.append(f"{times} failed, the last with {_short(facts.task_failures[-1])}")
    return "".join(f"; {each}" for each in told)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CHARACTERS else f"{line[:CHARACTERS]}…"
