"""*availability*: once all is healed everybody gets an answer, and nobody is told no who should be told yes.

While a fault strikes, callers may be turned away, and they ask again. What is promised is that this ends: in the end no
operation is left without an answer, a good invoice is processed, a payment is taken by its provider, and cancelling is
refused only when the invoice may have ended before. An unexpected error (500) is never right.

Not covered: what the answers to adverse operations say (*answers*), how long an answer takes (*latency*), and whether
an invoice ends (*liveness*).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.judge.checks.effects import story_of
from harness.record.record import Operation, Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.answers.turned_away import Near, turned_away
from scenarios.invoices.checks.facts.expected import expected_invoices
from scenarios.invoices.oracle.expected import Expected
from scenarios.invoices.oracle.invoices import Fate

HEALED_FOR_SECONDS = 30.0
"""How long after the last healing the last of the callers must have been answered: a worker's death is noticed by time-
outs of 5 to 20 s, and a back-off comes on top."""

PROVIDER = ("pay",)
"""Operations that are asked of the outside world: an error there says nothing of the application."""


@dataclass(frozen=True)
class AvailabilityCheck:
    """Judges the last answer of every operation, and every answer for being an unexpected error or out of place.

    ``near_seconds`` is how long after a fault a 503 is still its doing.
    """

    near_seconds: float = HEALED_FOR_SECONDS
    name: str = field(default="availability", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for no answer, a wrong no, or an error out of place; UNKNOWN where too little time was left."""
        near = Near(record, self.near_seconds)
        expected = expected_invoices(record)
        findings: list[Finding] = []
        unproved: list[Finding] = []
        for operation in record.operations:
            if operation.outcome is Outcome.UNKNOWN:
                in_time = _gave_up_late(operation, near.healed_seconds + self.near_seconds)
                (findings if in_time else unproved).append(_unanswered(record, operation, could_still_come=not in_time))
            elif operation.outcome is Outcome.FAIL and not _may_fail(operation, expected):
                findings.append(_finding(record, operation, f"was refused{_status(operation)}; it had to be done"))
            if operation.name not in PROVIDER:
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


def _may_fail(operation: Operation, expected: Mapping[str, Expected]) -> bool:
    """Whether the oracle permits that this is refused. One that was never made is the fault of what it needed."""
    if not any(each.asked for each in operation.tries):
        return True
    invoice = expected.get(operation.subject)
    if operation.name in ("process", "process-again"):
        return invoice is None or invoice.judged.fate is Fate.REFUSED
    if operation.name == "cancel":
        return invoice is None or _may_end_by_itself(invoice)
    return operation.name not in ("upload", "pay")


def _may_end_by_itself(invoice: Expected) -> bool:
    """Whether it may be over before it is cancelled; whether it was, is for *payments* to say."""
    can_be_paid = sum(payment.amount for payment in invoice.payments) >= invoice.judged.total
    return invoice.judged.fate is not Fate.GOOD or invoice.due_seconds is not None or can_be_paid


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
