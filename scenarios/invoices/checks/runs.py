"""*runs*: an invoice whose run has handled enough goes on in a new one, so that no history grows without bound.

Counted are the payments that the workers booked in each run, by the harness's own attempt log. A run ends once it has
handled ``PAYMENTS_PER_RUN``; those under way by then are still its own, and Temporal lets ten updates of a workflow be
under way at once. It goes on between two steps: while another one is under way (a reminder, a status, what is tried
again) it takes payments.

Not covered: a run in which a step was never seen to be done, which may have been held there; one that goes on too soon;
and that nothing is lost on the way, which *payments* and *effects* see.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.judge.checks.attempts import by_activity
from harness.judge.checks.effects import story_of
from harness.judge.checks.interruptions import HANDED_OVER_SECONDS
from harness.record.record import Attempt, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.oracle.ends import UPDATES_AT_ONCE

PAYMENTS_PER_RUN = 10
MOST_PAYMENTS = PAYMENTS_PER_RUN - 1 + UPDATES_AT_ONCE
"""What a run may have booked: one payment less than is enough, and as many as may be under way then."""

REPORTED_SECONDS = 1.0
"""How long it may take from a step's end in the log of its worker until the workflow hears of it."""

PAYMENT = "book_payment"
"""The activity that books a payment."""


@dataclass(frozen=True)
class RunsCheck:
    """Counts the payments that each run of an invoice's workflow has booked."""

    name: str = field(default="runs", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a run that booked more than it may, unless another step kept it from going on meanwhile.

        UNKNOWN where no payment was booked.
        """
        runs = _runs(record)
        booked = {
            run: len({each.activity_id for each in done})
            for run, attempts in runs.items()
            if (done := _booked(attempts))
        }
        findings = [
            Finding(
                runs[run][0].subject,
                f"one run booked {count} payments; after {PAYMENTS_PER_RUN} it had to go on in a new one",
                story_of(record, runs[run][0].subject),
            )
            for run, count in booked.items()
            if count > MOST_PAYMENTS and _could_go_on(runs[run])
        ]
        went_on = sum(execution.status == "CONTINUED_AS_NEW" for execution in record.executions)
        counts: dict[str, int | float | str] = {
            "runs": len(runs),
            "went on": went_on,
            "most payments": max(booked.values(), default=0),
        }
        if findings:
            summary = f"{counted(len(findings), 'run', 'runs')} did not go on in a new one"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not booked:
            return CheckResult(self.name, Verdict.UNKNOWN, "no payment was booked, so no run was counted", (), counts)
        most = f"no run booked more than {counted(max(booked.values(), default=0), 'payment', 'payments')}"
        return CheckResult(self.name, Verdict.VALID, f"{most}; {went_on} went on in a new one", (), counts)


def _runs(record: Record) -> Mapping[tuple[str, str], Sequence[Attempt]]:
    runs: defaultdict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for attempt in record.attempts:
        runs[attempt.workflow_id, attempt.run_id].append(attempt)
    return runs


def _booked(attempts: Sequence[Attempt]) -> list[Attempt]:
    return [each for each in attempts if each.activity == PAYMENT and each.outcome == "completed"]


def _could_go_on(attempts: Sequence[Attempt]) -> bool:
    """Whether the run took a payment when it had booked enough, and no other step was under way.

    Whichever payment is taken as the nth is so beside nine others at most: once n - 10 were booked, and before the nth
    to begin began.
    """
    steps = list(by_activity(attempts).values())
    if any(step[-1].outcome != "completed" for step in steps):
        return False
    payments = [step for step in steps if step[0].activity == PAYMENT]
    others = [_under_way(step) for step in steps if step[0].activity != PAYMENT or step[-1].attempt > 1]
    began = sorted(step[0].started_seconds for step in payments)
    ended = sorted(_ended(step) for step in payments)
    return any(
        not any(since <= began[number] and ended[number - UPDATES_AT_ONCE] <= until for since, until in others)
        for number in range(MOST_PAYMENTS, len(payments))
    )


def _under_way(step: Sequence[Attempt]) -> tuple[float, float]:
    """From when to when the workflow may have waited for the step; its first attempt may be in no log."""
    since = step[0].started_seconds - HANDED_OVER_SECONDS if step[0].attempt == 1 else -math.inf
    return since, _ended(step) + REPORTED_SECONDS


def _ended(step: Sequence[Attempt]) -> float:
    return max((each.ended_seconds for each in step if each.ended_seconds is not None), default=math.inf)
