"""*retries*: what is tried again is tried as the policy says: so often, so far apart, and never what is settled.

Where it stands: attempt log, policies of the histories and the world's record → **verdict**. Temporal keeps these
promises; an application breaks them with a policy without a limit, or by trying again what was refused for good. The
gaps are judged as lower bounds, from the log's clock:

* an attempt that failed: from its end; the server learns of it later, never sooner, unless it says itself that it had
  given it up by then;
* an attempt that was cut short, or whose success was never heard of: from its worker's death, or from the moment its
  time-out may have run out if sooner, counted from when the server may have sent it;
* numbers that no worker logged: every back-off between the two.

Not covered: upper bounds (liveness has them), and an attempt of a worker that stood still: what it says of itself
comes late.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from harness.checks.backoff import Ladder, ladder_of
from harness.checks.interruptions import Interruptions
from harness.checks.story import story_of
from harness.record import Attempt, Record, WorldAttempt
from harness.verdict import CheckResult, Finding, Verdict, counted

TOLERANCE_SECONDS = 0.1
"""Two clocks of one host (the server's wall clock and the log's monotonic one) may differ by so much in a minute."""

Activity = tuple[str, str]
"""Run id and activity id: one scheduling of one activity."""


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
        schedulings = by_activity(record.attempts)
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
            findings += _too_soon(record, attempts, ladder, interruptions)
            findings += _settled(record, attempts, ladder, interruptions)
        findings += self._refused(record, interruptions)
        if findings:
            found = counted(len(findings), "attempt or policy is", "attempts or policies are")
            summary = f"{found} not what was promised of retries"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if unjudged or not schedulings:
            known = f"{len(unjudged)} retried activities have no known policy"
            summary = known if unjudged else "no attempt was logged"
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

    def _refused(self, record: Record, interruptions: Interruptions) -> list[Finding]:
        """Attempts after one whose request the world refused for good: asking again cannot help."""
        following = {
            (earlier.run_id, earlier.activity_id, earlier.attempt): later
            for attempts in by_activity(record.attempts).values()
            for earlier, later in itertools.pairwise(attempts)
        }
        findings = []
        for request, asking in _requests(record, self.services):
            later = following.get((asking.run_id, asking.activity_id, asking.attempt))
            ladder = ladder_of(record.policies, asking.activity)
            if later is None or ladder is None or interruptions.report_may_be_lost(asking, later, ladder):
                continue
            message = (
                f"{later.activity}: attempt {later.attempt} followed, though {request.service} had refused what "
                f"attempt {asking.attempt} asked, and for good ({request.status})"
            )
            findings.append(_finding(record, later, message))
        return findings


def by_activity(attempts: Sequence[Attempt]) -> dict[Activity, list[Attempt]]:
    """The attempts of each scheduling, by their number. A held step that goes on is scheduled anew, with a new id."""
    found: dict[Activity, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        found[attempt.run_id, attempt.activity_id].append(attempt)
    for of_one in found.values():
        of_one.sort(key=lambda attempt: (attempt.attempt, attempt.started_seconds))
    return dict(found)


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
    unheard = _unheard(record)
    for earlier, later in itertools.pairwise(attempts):
        if interruptions.stood_still(earlier, later.started_seconds):
            continue
        if earlier.outcome == "failed" and _number(earlier) in unheard:
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
    unheard = _unheard(record)
    for earlier, later in itertools.pairwise(attempts):
        final = earlier.outcome == "failed" and (
            not earlier.retryable or earlier.error_type in ladder.non_retryable_error_types
        )
        if not final and earlier.outcome != "completed":
            continue
        if interruptions.report_may_be_lost(earlier, later, ladder):
            continue
        if _number(earlier) in unheard:
            continue
        what = f"had failed for good ({earlier.error})" if final else "had completed"
        message = f"{later.activity}: attempt {later.attempt} followed, though attempt {earlier.attempt} {what}"
        findings.append(_finding(record, later, message))
    return findings


def _unheard(record: Record) -> set[tuple[str, str, str, int]]:
    """The attempts that the server itself calls timed out: however they ended, it had no word of it in time."""
    return {
        (facts.workflow_id, facts.run_id, retried.activity_id, retried.attempt)
        for facts in record.facts
        for retried in facts.retried_after
        if retried.failure == "timeout"
    }


def _number(attempt: Attempt) -> tuple[str, str, str, int]:
    return attempt.workflow_id, attempt.run_id, attempt.activity_id, attempt.attempt


def _requests(record: Record, services: frozenset[str]) -> Iterator[tuple[WorldAttempt, Attempt]]:
    """Requests that the world refused for good, each with the failed attempt that made it.

    A request is an attempt's when that attempt alone was open for its reference then.
    """
    by_reference: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in record.attempts:
        by_reference[attempt.subject].append(attempt)
    for request in record.world_attempts:
        if request.service not in services or request.outcome not in ("refused", "conflict"):
            continue
        open_then = [
            attempt
            for attempt in by_reference[request.reference]
            if attempt.started_seconds <= request.at_seconds
            and (attempt.ended_seconds is None or request.at_seconds <= attempt.ended_seconds)
        ]
        if len(open_then) == 1 and open_then[0].outcome == "failed":
            yield request, open_then[0]


def _finding(record: Record, attempt: Attempt, message: str) -> Finding:
    return Finding(attempt.workflow_id, message, story_of(record, attempt.subject))
