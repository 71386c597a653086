"""*ends*: every workflow ends in the state that its input calls for, and shows it.

Data flow: final reads (the state that each execution shows), the oracle's word of each subject → **verdict**. That
a state is a final one is *liveness*'s to say; that it is the right one is said here: a refused voucher that is shown as
booked has ended, too.

Not covered: executions that did not complete (*liveness*), and subjects of which the oracle says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.judge.checks.story import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted


@dataclass(frozen=True)
class EndsCheck:
    """``expected`` is the oracle: the record → subject → the states in which its workflow may end."""

    expected: Callable[[Record], Mapping[str, frozenset[str]]]
    name: str = field(default="ends", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for an end in another state; UNKNOWN when of nothing that ended the right state is known."""
        expected = self.expected(record)
        ended = [each for each in record.executions if each.status == "COMPLETED" and each.subject in expected]
        findings = [
            Finding(
                each.workflow_id,
                f"ended as {each.state or 'nothing that it shows'}; permitted is {_words(expected[each.subject])}",
                story_of(record, each.subject),
            )
            for each in ended
            if each.state not in expected[each.subject]
        ]
        counts: dict[str, int | float | str] = {"ended": len(ended)}
        if findings:
            found = counted(len(findings), "execution", "executions")
            summary = f"{found} ended in another state than the input calls for"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not ended:
            summary = "nothing ended of which the right state is known"
            return CheckResult(self.name, Verdict.UNKNOWN, summary, (), counts)
        summary = f"{len(ended)} executions ended as their input calls for"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _words(states: frozenset[str]) -> str:
    return " or ".join(sorted(states)) or "no end"
