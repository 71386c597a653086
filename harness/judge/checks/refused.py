"""*refused*: what must be refused is refused, every time it was answered for sure.

Data flow: operations of these names, with all their tries → **verdict**. An answer that nobody understood (UNKNOWN) is
neither; that something is never answered is *availability*'s. That nothing came of it is for *effects* to say, whose
oracle must not permit it.

Not covered: with which status or words it is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.judge.checks.story import story_of
from harness.record.record import Operation, Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict, counted


@dataclass(frozen=True)
class RefusedCheck:
    """``names`` are those of operations, each of which must come out FAIL."""

    names: Sequence[str]
    name: str = field(default="refused", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for one that came out OK; UNKNOWN for a name of which none was refused for sure."""
        asked = [operation for operation in record.operations if operation.name in self.names]
        refused = Counter(operation.name for operation in asked if _was_refused(operation))
        findings = [
            Finding(
                operation.operation_id,
                f"came out OK ({operation.detail.get('status', 'no status')}) and must be refused",
                story_of(record, operation.subject),
            )
            for operation in asked
            if operation.outcome is Outcome.OK or any(each.outcome is Outcome.OK for each in operation.tries)
        ]
        counts: dict[str, int | float | str] = {name: refused[name] for name in self.names}
        if findings:
            found = counted(len(findings), "thing was", "things were")
            return CheckResult(
                self.name, Verdict.INVALID, f"{found} accepted that must be refused", tuple(findings), counts
            )
        if missing := [name for name in self.names if not refused[name]]:
            return CheckResult(self.name, Verdict.UNKNOWN, f"never refused for sure: {', '.join(missing)}", (), counts)
        return CheckResult(self.name, Verdict.VALID, f"{refused.total()} things were refused as they must", (), counts)


def _was_refused(operation: Operation) -> bool:
    """Whether somebody was asked, and said no: what was skipped failed, too."""
    return operation.outcome is Outcome.FAIL and all(each.asked for each in operation.tries[-1:])
