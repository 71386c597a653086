"""*availability*: once all is healed everybody gets an answer, and nobody is told no who should be told yes.

While a fault strikes, callers may be turned away, and they ask again. What is promised is that this ends: in the end no
operation is left without an answer, and none is refused but where the family's oracle permits it. An unexpected error
(500) is never right.

Not covered: what must be refused (*refused*, or a check of the family's own), how long an answer takes (*latency*), and
whether what was begun ends (*liveness*).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from harness.judge.checks.effects import story_of
from harness.record.record import Operation, Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.kit.checks.turned_away import Near, turned_away

HEALED_FOR_SECONDS = 30.0
"""How long after the last healing the last of the callers must have been answered: a worker's death is noticed by time-
outs of 5 to 20 s, and a back-off comes on top."""

Permits = Callable[[Operation], bool]
"""Whether the oracle permits that an operation is refused."""


@dataclass(frozen=True)
class AvailabilityCheck:
    """Judges the last answer of every operation, and every answer for being an unexpected error or out of place.

    ``may_be_refused`` is the oracle: the record → which operations may be refused. ``services`` are those of the world
    that the family's work needs. ``outside`` names operations that are asked of the world itself: an error there says
    nothing of the application. ``near_seconds`` is how long after a fault a 503 is still its doing.
    """

    may_be_refused: Callable[[Record], Permits]
    services: Collection[str]
    outside: Collection[str] = ()
    near_seconds: float = HEALED_FOR_SECONDS
    name: str = field(default="availability", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for no answer, a wrong no, or an error out of place; UNKNOWN where too little time was left."""
        near = Near(record, self.near_seconds, self.services)
        permits = self.may_be_refused(record)
        findings: list[Finding] = []
        unproved: list[Finding] = []
        for operation in record.operations:
            if operation.outcome is Outcome.UNKNOWN:
                in_time = _gave_up_late(operation, near.healed_seconds + self.near_seconds)
                (findings if in_time else unproved).append(_unanswered(record, operation, could_still_come=not in_time))
            elif operation.outcome is Outcome.FAIL and _was_asked(operation) and not permits(operation):
                findings.append(_finding(record, operation, f"was refused{_status(operation)}; it had to be done"))
            if operation.name not in self.outside:
                findings += [_finding(record, operation, message) for message in _errors(operation, near)]
        findings += _webhooks(record, near)
        return self._result(record, findings, unproved)

    def _result(self, record: Record, findings: list[Finding], unproved: list[Finding]) -> CheckResult:
        away = turned_away(record)
        answered = sum(operation.outcome is not Outcome.UNKNOWN for operation in record.operations)
        counts: dict[str, int | float | str] = {"operations": len(record.operations), "answered": answered}
        counts |= {f"{each.name} turned away by {each.fault_id}": each.in_words() for each in away}
        if findings:
            found = counted(len(findings), "answer is", "answers are")
            everything = (*findings, *unproved)
            return CheckResult(self.name, Verdict.INVALID, f"{found} missing or wrong", everything, counts)
        if unproved or not answered:
            asked = f"{len(unproved)} operations were given up too early to tell" if unproved else "nothing was asked"
            return CheckResult(self.name, Verdict.UNKNOWN, asked, tuple(unproved), counts)
        longest = max((each.longest_seconds for each in away), default=0.0)
        summary = f"all {answered} operations were answered, and none was refused that had to be done"
        summary += f"; the longest was turned away for {longest:.1f} s" if longest else ""
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _gave_up_late(operation: Operation, until_seconds: float) -> bool:
    """Whether somebody was still asked when everything had long been healed, so that there was time to answer."""
    asked = [each for each in operation.tries if each.asked and each.returned_seconds is not None]
    return bool(asked) and asked[-1].invoked_seconds >= until_seconds


def _unanswered(record: Record, operation: Operation, *, could_still_come: bool) -> Finding:
    asked = [each for each in operation.tries if each.asked]
    last = asked[-1] if asked else None
    how = "was never asked for" if last is None else f"was asked for {len(asked)} times and never answered for sure"
    status = f"; the last answer was {last.status or 'none'}" if last is not None else ""
    message = f"{operation.operation_id}: {how}{status}"
    return Finding(operation.subject, message, story_of(record, operation.subject), could_still_come)


def _was_asked(operation: Operation) -> bool:
    """Whether it was made at all: one that was not is the fault of what it needed."""
    return any(each.asked for each in operation.tries)


def _errors(operation: Operation, near: Near) -> Iterator[str]:
    """What is wrong with the answers on the way; the first of each kind is enough."""
    messages = (
        _error(each.status, operation.subject, each.invoked_seconds, each.returned_seconds, near)
        for each in operation.tries
    )
    return iter(dict.fromkeys(message for message in messages if message is not None))


def _webhooks(record: Record, near: Near) -> Iterator[Finding]:
    """Errors that the provider was answered with out of place."""
    for each in record.webhooks:
        message = _error(each.status, each.reference, each.sent_seconds, each.ended_seconds, near)
        if message is not None:
            told = f"the webhook of {each.subject} {message}"
            yield Finding(each.reference, told, story_of(record, each.reference))


def _error(status: int | None, subject: str, began: float, ended: float | None, near: Near) -> str | None:
    """What is wrong with an answer of this status, ``None`` when nothing is."""
    if status is None or status < 500:
        return None
    if status == 500:
        return "was answered 500, an unexpected error"
    if near.excuses(subject, began, began if ended is None else ended):
        return None
    return f"was answered {status}, and no fault was near for {near.near_seconds:g} s"


def _status(operation: Operation) -> str:
    status = operation.tries[-1].status if operation.tries else None
    return f" with {status}" if status is not None else ""


def _finding(record: Record, operation: Operation, message: str) -> Finding:
    return Finding(operation.subject, f"{operation.operation_id} {message}", story_of(record, operation.subject))
