"""*same-ends*: with faults, every execution ends as it does without any.

Data flow: the same company with nothing wrong, once in step and once with messages that overtake one another →
**ends** → compared with those of a record. A result that is another one in these two depends on time, a clock or
chance, and is not held against a fault; how the execution ended still is. Not compared at all is a company in which a
fault cost an activity the last attempt that its policy allows: what comes then is another way that the application
has, and whether it is right is for the claim's checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.judge.checks.story import story_of
from harness.record.record import Execution, Record
from harness.sim.kernel.choices import LATE
from harness.sim.kernel.swarm import Swarm
from harness.verdict import CheckResult, Finding, Verdict, counted

NAME = "same-ends"
OVERTAKING = Swarm({LATE: 200}, lags=True)
"""Nothing goes wrong, but one message in five comes seconds late."""
RUNNING = "RUNNING"
GIVEN_UP = ("MAXIMUM_ATTEMPTS_REACHED", "TIMEOUT")


@dataclass(frozen=True)
class End:
    """How the last run of an execution ended."""

    status: str
    result: Any

    def __str__(self) -> str:
        if self.status == "COMPLETED":
            return "completed" if self.result is UNSTEADY else f"returned {self.result!r}"
        return "was still running" if self.status == RUNNING else f"ended as {self.status}"

    def is_as(self, expected: End) -> bool:
        """Whether it is the expected one, as far as that is known."""
        return self.status == expected.status and expected.result in (UNSTEADY, self.result)


UNSTEADY = object()
"""The result of an execution that returns another one each time."""


@dataclass(frozen=True)
class Baseline:
    """A company with nothing wrong.

    :param ends: by workflow id, those that are the same whatever overtakes what.
    :param unsteady: how many end differently, or not at all.
    :param given_up: activities that come to nothing there, too.
    :param broken: checks that say INVALID of it.
    """

    ends: Mapping[str, End]
    unsteady: int
    given_up: frozenset[tuple[str, str]]
    broken: frozenset[str]


def baseline_of(calm: Record, overtaking: Record, broken: frozenset[str]) -> Baseline:
    """What the two have in common.

    :param broken: checks that say INVALID of the calm one.
    """
    first, second = _ends(calm), _ends(overtaking)
    steady = {
        name: end if end == second[name] else End(end.status, UNSTEADY)
        for name, end in first.items()
        if name in second and end.status == second[name].status != RUNNING
    }
    return Baseline(steady, len(first) - len(steady), _given_up(calm), broken)


def same_ends(record: Record, baseline: Baseline) -> CheckResult:
    """INVALID for an end that is another one with faults; UNKNOWN where no end could be compared."""
    if _given_up(record) - baseline.given_up:
        told = "faults cost an activity the last attempt that its policy allows, so the ends are not compared"
        return CheckResult(NAME, Verdict.UNKNOWN, told)
    last = {each.workflow_id: each for each in record.executions}
    ends = _ends(record)
    findings = [
        _finding(record, name, last.get(name), ends.get(name), end)
        for name, end in baseline.ends.items()
        if name not in ends or not ends[name].is_as(end)
    ]
    counts: dict[str, int | float | str] = {
        "compared": len(baseline.ends),
        "compared without their results": sum(end.result is UNSTEADY for end in baseline.ends.values()),
        "not compared": baseline.unsteady,
    }
    if findings:
        told = f"{counted(len(findings), 'execution', 'executions')} came to another end than without faults"
        return CheckResult(NAME, Verdict.INVALID, told, tuple(findings), counts)
    if not baseline.ends:
        told = "no execution ends in the same way each time without faults: time, a clock or chance decides"
        return CheckResult(NAME, Verdict.UNKNOWN, told, (), counts)
    told = f"{counted(len(baseline.ends), 'execution', 'executions')} ended as without faults"
    return CheckResult(NAME, Verdict.VALID, told, (), counts)


def _finding(record: Record, name: str, execution: Execution | None, end: End | None, expected: End) -> Finding:
    story = story_of(record, execution.subject) if execution else ()
    why = f" ({execution.failure})" if execution and execution.failure else ""
    message = f"{end or 'never began'}{why}; without faults it {expected}"
    return Finding(name, message, story, could_still_come=end is None or end.status == RUNNING)


def _ends(record: Record) -> Mapping[str, End]:
    return {each.workflow_id: End(each.status, each.result) for each in record.executions}


def _given_up(record: Record) -> frozenset[tuple[str, str]]:
    """The activities that ran out of attempts or of time."""
    return frozenset(
        (facts.workflow_id, failed.activity_id)
        for facts in record.facts
        for failed in facts.failed_activities
        if failed.retry_state in GIVEN_UP
    )
