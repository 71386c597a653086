"""*replay*: the code that ran does, step for step, what the histories of the run say it did.

A workflow that looks at a clock, a random number or anything else that the history does not hold may take another path
when it is replayed, and is then stuck or wrong after the next crash. Every history of the run is replayed against the
very code that made it. Replay compares the kind and the order of commands; arguments, results and the lengths of timers
it does not compare (nor does this check).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from harness.record.history_facts import Replayed
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict

DIVERGED = {
    "nondeterminism": "the code no longer does what its history says",
    "hung": "the replay never came to an end, as it does where a diverging workflow may fail on any exception",
}


@dataclass(frozen=True)
class ReplayCheck:
    """INVALID for any history that diverges or hangs; UNKNOWN for any that proves nothing."""

    name: str = field(default="replay", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """Judge the replays of the final reads."""
        outcomes = Counter(replayed.outcome for replayed in record.replays)
        counts: dict[str, int | float | str] = {
            "histories": len(record.executions),
            "replayed": outcomes["ok"],
            "diverged": outcomes["nondeterminism"] + outcomes["hung"],
            "not replayable": outcomes["error"],
            "workflow tasks": sum(replayed.tasks_completed for replayed in record.replays),
        }
        diverged = [_told(replayed) for replayed in record.replays if replayed.outcome in DIVERGED]
        if diverged:
            summary = f"{len(diverged)} of {len(record.replays)} histories are not what the code does when replayed"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(diverged), counts)
        unproved = [*_unproved(record)]
        if unproved or not outcomes["ok"]:
            summary = f"{len(unproved)} histories could not be judged" if unproved else "no history was replayed"
            return CheckResult(self.name, Verdict.UNKNOWN, summary, tuple(unproved), counts)
        summary = f"all {outcomes['ok']} histories replay on the code that made them"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _told(replayed: Replayed) -> Finding:
    story = (replayed.message,) if replayed.message else ()
    return Finding(replayed.workflow_id, DIVERGED[replayed.outcome], story)


def _unproved(record: Record) -> list[Finding]:
    seen = {replayed.run_id for replayed in record.replays}
    findings = [
        Finding(execution.workflow_id, "its history was never replayed")
        for execution in record.executions
        if execution.run_id not in seen and record.replays
    ]
    for replayed in record.replays:
        if replayed.outcome == "ok" and not replayed.tasks_completed:
            findings.append(Finding(replayed.workflow_id, "no workflow task was ever completed: nothing to compare"))
        elif replayed.outcome != "ok":
            findings.append(Finding(replayed.workflow_id, f"it could not be replayed: {replayed.message}"))
    return findings
