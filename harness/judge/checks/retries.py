"""*retries*: what is tried again is tried as the policy says: so often, so far apart, and never what is settled.

Data flow: attempt log, policies of the histories and the world's record → **verdict**. Temporal keeps these
promises; an application breaks them with a policy without a limit, by trying again what was refused for good, or by
giving up what was only put off. Which of the two it was is the world's to say. The gaps are judged as lower bounds,
from the log's clock:

* an attempt that failed: from its end; the server learns of it later, never sooner, unless it says itself that it had
  given it up by then;
* an attempt that was cut short, or whose success was never heard of: from its worker's death, or from the moment its
  time-out may have run out if sooner, counted from when the server may have sent it;
* numbers that no worker logged: every back-off between the two.

Not covered: upper bounds (liveness has them), local activities, whose policy is in no history, and an attempt of a
worker that stood still: what it says of itself comes late.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from harness.judge.checks.attempts import activities, attempts_by_request
from harness.judge.checks.backoff import Ladder, ladder_of
from harness.judge.checks.interruptions import Interruptions
from harness.judge.checks.stalls import machine_was_slow, stalled_share
from harness.judge.checks.story import story_of
from harness.record.record import Attempt, Record, WorldAttempt
from harness.verdict import CheckResult, Finding, Verdict, counted

TOLERANCE_SECONDS = 0.1
"""Two clocks of one host (the server's wall clock and the log's monotonic one) may differ by so much in a minute."""

REFUSED = ("refused", "conflict")
PUT_OFF = ("error", "in_flight")
"""Answers of the world: never with this request, and perhaps later."""


@dataclass(frozen=True)
class RetriesCheck:
    """``attempts_at_most`` is what the claim promises of every policy: no activity may be scheduled with more.

    ``services`` are those of the world that activities call: what one of them refuses for good is not asked again.
    """

    attempts_at_most: int | None = None
    services: frozenset[str] = frozenset()
    name: str = field(default="retries", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for an attempt that should not have been, or too soon; UNKNOWN when there was nothing to judge."""
        schedulings = {key: attempts for key, attempts in activities(record).items() if not attempts[0].local}
        retried = {key: attempts for key, attempts in schedulings.items() if attempts[-1].attempt > 1}
        counts: dict[str, int | float | str] = {
            "activities": len(schedulings),
            "attempts": len(record.attempts),
            "activities retried": len(retried),
            "highest attempt": max((attempt.attempt for attempt in record.attempts), default=0),
        }
        findings = [*self._policies(record)]
        unjudged: list[Finding] = []
        interruptions = Interruptions(record)
        for attempts in retried.values():
            ladder = ladder_of(record.policies, attempts[0].activity)
            if ladder is None:
                message = f"{attempts[0].activity}: its policy is in no history, so its retries cannot be judged"
                unjudged.append(Finding(attempts[0].workflow_id, message))
                continue
            findings += _too_many(record, attempts, ladder)
            # A report that had no time to get through, or a time-out nobody saw, is what may have come before it.
            sooner = unjudged if machine_was_slow(record) else findings
            sooner += _too_soon(record, attempts, ladder, interruptions)
            findings += _settled(record, attempts, ladder, interruptions)
        findings += self._of_requests(record, interruptions)
        if findings:
            found = counted(len(findings), "attempt or policy is", "attempts or policies are")
            summary = f"{found} not what was promised of retries"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if unjudged or not schedulings:
            slow = f" (the machine had no time for {stalled_share(record):.0%} of the run)" * machine_was_slow(record)
            nothing = "only local activities were tried" if record.attempts else "no attempt was logged"
            summary = f"{unjudged[0].message}{slow}" if unjudged else nothing
            return CheckResult(self.name, Verdict.UNKNOWN, summary, tuple(unjudged), counts)
        summary = f"{len(retried)} of {len(schedulings)} activities were retried, each as its policy says"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)

    def _policies(self, record: Record) -> list[Finding]:
        """Policies that allow more than the claim promises. 0 is Temporal's word for no limit."""
        if self.attempts_at_most is None:
            return []
        return [
            Finding(policy.activity, f"its policy allows {allowed}, and {self.attempts_at_most} are promised")
            for policy in record.policies
            if not 0 < policy.maximum_attempts <= self.attempts_at_most
            for allowed in (f"{policy.maximum_attempts} attempts" if policy.maximum_attempts else "attempts for ever",)
        ]

    def _of_requests(self, record: Record, interruptions: Interruptions) -> Iterator[Finding]:
        """What the world's record of a request says of the attempt that made it.

        What it refused for good cannot be helped by asking again; what it only put off is no reason to have stopped,
        whatever the application said of it.
        """
        schedulings = activities(record)
        for asking, requests in _requests(record, self.services):
            ladder = ladder_of(record.policies, asking.activity)
            attempts = schedulings[asking.run_id, asking.activity_id]
            later = next((other for other in attempts if other.attempt > asking.attempt), None)
            refusal = next((request for request in requests if request.outcome in REFUSED), None)
            if ladder is None:
                continue
            if refusal is not None and later is not None:
                if not interruptions.report_may_be_lost(asking, later, ladder):
                    yield _finding(record, later, _asked_again(later, refusal, asking))
            elif refusal is None and later is None and _final(asking, ladder) and requests[-1].outcome in PUT_OFF:
                yield _finding(record, asking, _given_up(asking, requests[-1]))


def _too_many(record: Record, attempts: Sequence[Attempt], ladder: Ladder) -> list[Finding]:
    last = attempts[-1]
    if not ladder.maximum_attempts or last.attempt <= ladder.maximum_attempts:
        return []
    message = f"{last.activity}: attempt {last.attempt}, and its policy allows {ladder.maximum_attempts}"
    return [_finding(record, last, message)]


def _too_soon(
    record: Record, attempts: Sequence[Attempt], ladder: Ladder, interruptions: Interruptions
) -> list[Finding]:
    findings = []
    for earlier, later in itertools.pairwise(attempts):
        if interruptions.stood_still(earlier, later.started_seconds):
            continue
        if earlier.outcome == "failed" and _may_be_unheard(record, earlier, later, ladder, interruptions):
            continue
        over = interruptions.over_at_the_earliest(earlier, later, ladder)
        if over is None:
            continue
        gap = later.started_seconds - over
        wanted = ladder.between(earlier, later.attempt, heard=over == earlier.ended_seconds)
        if gap < wanted - TOLERANCE_SECONDS:
            message = (
                f"{later.activity}: attempt {later.attempt} began {gap:.2f} s after attempt {earlier.attempt} was "
                f"over, and {wanted:.2f} s belong between them"
            )
            findings.append(_finding(record, later, message))
    return findings


def _settled(
    record: Record, attempts: Sequence[Attempt], ladder: Ladder, interruptions: Interruptions
) -> list[Finding]:
    """Attempts after one that had settled the matter, unless the server did not hear of it, or cannot have."""
    findings = []
    for earlier, later in itertools.pairwise(attempts):
        final = _final(earlier, ladder)
        if not final and earlier.outcome != "completed":
            continue
        if interruptions.report_may_be_lost(earlier, later, ladder):
            continue
        if _may_be_unheard(record, earlier, later, ladder, interruptions):
            continue
        what = f"had failed for good ({earlier.error})" if final else "had completed"
        message = f"{later.activity}: attempt {later.attempt} followed, though attempt {earlier.attempt} {what}"
        findings.append(_finding(record, later, message))
    return findings


def _may_be_unheard(
    record: Record, earlier: Attempt, later: Attempt, ladder: Ladder, interruptions: Interruptions
) -> bool:
    """Whether the server may have tried again for a reason of its own, and not because of what this attempt reported.

    The history says which it was, but of the last attempt that failed alone. Of those before it, a fault on the way of
    the task or of its report leaves the question open: a task that was handed over late has long been given up. So does
    one after it that the server gave up: it was losing words then, fault or no fault.
    """
    heard = record.once(_heard)
    known = heard.get(_number(earlier))
    if known is not None:
        return known == "timeout"
    before = replace(earlier, attempt=later.attempt - 1)
    return heard.get(_number(before)) == "timeout" or interruptions.report_may_be_lost(earlier, later, ladder)


def _heard(record: Record) -> dict[tuple[str, str, str, int], str]:
    """How the attempts that histories tell of failed in the server's eyes: "timeout" if it had no word in time."""
    return {
        (facts.workflow_id, facts.run_id, retried.activity_id, retried.attempt): retried.failure
        for facts in record.facts
        for retried in facts.retried_after
    }


def _number(attempt: Attempt) -> tuple[str, str, str, int]:
    return attempt.workflow_id, attempt.run_id, attempt.activity_id, attempt.attempt


def _final(attempt: Attempt, ladder: Ladder) -> bool:
    """Whether the application said that trying again would not help."""
    return attempt.outcome == "failed" and (
        not attempt.retryable or attempt.error_type in ladder.non_retryable_error_types
    )


def _requests(record: Record, services: frozenset[str]) -> Iterator[tuple[Attempt, Sequence[WorldAttempt]]]:
    """Failed attempts with what the world saw them ask of these services, in the order of asking.

    A request is an attempt's when that attempt alone was open for its reference then.
    """
    asked: dict[Attempt, list[WorldAttempt]] = defaultdict(list)
    for request, asking in attempts_by_request(record):
        if request.service in services and len(asking) == 1 and asking[0].outcome == "failed":
            asked[asking[0]].append(request)
    yield from asked.items()


def _asked_again(later: Attempt, refusal: WorldAttempt, asking: Attempt) -> str:
    return (
        f"{later.activity}: attempt {later.attempt} followed, though {refusal.service} had refused what attempt "
        f"{asking.attempt} asked, and for good ({refusal.status})"
    )


def _given_up(asking: Attempt, request: WorldAttempt) -> str:
    return (
        f"{asking.activity}: attempt {asking.attempt} was said to have failed for good, though {request.service} had "
        f"only put off what it asked ({request.status})"
    )


def _finding(record: Record, attempt: Attempt, message: str) -> Finding:
    return Finding(attempt.workflow_id, message, story_of(record, attempt.subject))
