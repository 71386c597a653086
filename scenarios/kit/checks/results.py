"""*results*: every workflow returns what its input calls for.

Data flow: final reads (the result of each execution, as plain JSON), the oracle's word of each subject → **verdict**.
What a workflow shows is *ends*' to judge: whoever waits for its result reads neither search attributes nor pages.

Not covered: executions that did not complete (*liveness*), and runs that went on in a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.judge.checks.story import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted

Results = Mapping[str, Collection[Any]]
"""Subject -> the results that its workflow may return, as plain JSON."""


@dataclass(frozen=True)
class ResultsCheck:
    """``expected`` is the oracle: the record → subject → the results that its workflow may return."""

    expected: Callable[[Record], Results]
    name: str = field(default="results", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for another result, or one of nobody's; UNKNOWN when no workflow returned one."""
        expected = self.expected(record)
        ended = [each for each in record.executions if each.status == "COMPLETED"]
        findings = [
            Finding(each.workflow_id, _wrong(each.result, expected.get(each.subject)), story_of(record, each.subject))
            for each in ended
            if not _among(each.result, expected.get(each.subject, ()))
        ]
        counts: dict[str, int | float | str] = {"results": len(ended)}
        if findings:
            found = counted(len(findings), "workflow", "workflows")
            summary = f"{found} returned something else than the input calls for"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not ended:
            return CheckResult(self.name, Verdict.UNKNOWN, "no workflow returned a result", (), counts)
        summary = f"all {len(ended)} workflows returned what their input calls for"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _among(result: Any, permitted: Collection[Any]) -> bool:
    """Whether it is one of these."""
    return any(_same(result, each) for each in permitted)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: to Python ``True`` is 1 and 1.0, to whoever reads JSON it is not."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _wrong(result: Any, permitted: Collection[Any] | None) -> str:
    if permitted is None:
        return f"returned {result!r}, and nobody asked for it"
    return f"returned {result!r}; permitted is {' or '.join(map(repr, permitted)) or 'nothing'}"
