"""Every attempt after the first, as a time since the first: what the picture of the retry ladder is drawn from.

The policy's earliest times are those of attempts that fail at once; what takes time to fail, or dies and has to be
missed first, comes later. So a point is never left of its mark, and how far right it is shows what the failure cost.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from harness.judge.checks.attempts import activities
from harness.judge.checks.backoff import ladder_of
from harness.record.record import Record


@dataclass(frozen=True)
class Retry:
    """An attempt after the first, ``after_seconds`` since the first began.

    ``after_loss`` is whether the one before it never told the server of a failure: its worker died or stood still.
    """

    scheduling: tuple[str, str]
    activity: str
    attempt: int
    after_seconds: float
    after_loss: bool


def retries(record: Record) -> tuple[Retry, ...]:
    """The retries of every activity whose first attempt was logged."""
    found = []
    for scheduling, attempts in activities(record).items():
        first = attempts[0]
        if first.attempt != 1:
            continue
        for before, attempt in itertools.pairwise(attempts):
            found.append(
                Retry(
                    scheduling=scheduling,
                    activity=attempt.activity,
                    attempt=attempt.attempt,
                    after_seconds=max(0.0, attempt.started_seconds - first.started_seconds),
                    after_loss=before.outcome != "failed",
                )
            )
    return tuple(retry for retry in found if retry.attempt > 1)


def earliest_seconds(record: Record, activity: str, attempt: int) -> float | None:
    """When the policy lets attempt number ``attempt`` begin at the earliest, after the first; ``None``: not known."""
    ladder = ladder_of(record.policies, activity)
    return None if ladder is None else sum(ladder.backoff(number) for number in range(1, attempt))
