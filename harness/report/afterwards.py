"""How long what waited for the end of a fault went on waiting after it.

A fault that kills no worker (a dead role of the server, a link that is cut, a service that fails) cuts no attempt
short: it keeps work waiting. What *waits* at the instant of the heal is a request to begin work that was made and not
answered, and an activity that had an attempt under way or failing during the fault and has not completed. Each is
measured from the heal until it is answered or completes.

Data flow: record → **afterwards** → the table of ``harness.report.resilience``.

Not covered: attempts that died with their worker (``harness.judge.recovery``), workflow tasks (no attempt shows them),
and requests that wait for the business, such as for a payment, which wait with and without a fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from harness.record.record import Attempt, Record

Scheduling = tuple[str, str, str]


@dataclass(frozen=True)
class Afterwards:
    """One fault, and for all that waited at its end how many more seconds it did; ``None`` for what never went on."""

    fault_id: str
    kind: str
    waited_seconds: tuple[float | None, ...]


def afterwards(record: Record, start: str) -> tuple[Afterwards, ...]:
    """One entry for every fault that was injected and healed, in the order of the plan.

    :param start: the name of the operation that begins the work on one subject (``Vocabulary.start``).
    """
    tried: dict[Scheduling, list[Attempt]] = defaultdict(list)
    for attempt in record.attempts:
        tried[(attempt.workflow_id, attempt.run_id, attempt.activity_id)].append(attempt)
    found = []
    for fault in record.faults:
        if fault.injected_seconds is None or fault.healed_seconds is None:
            continue
        waits = [*_requests(record, start, fault.healed_seconds)]
        waits += _activities(tried, fault.injected_seconds, fault.healed_seconds)
        found.append(Afterwards(fault.fault_id, fault.kind, tuple(waits)))
    return tuple(found)


def _requests(record: Record, start: str, healed_seconds: float) -> Iterator[float | None]:
    for operation in record.operations:
        returned = operation.returned_seconds
        if operation.name != start or operation.invoked_seconds > healed_seconds:
            continue
        if returned is None or returned > healed_seconds:
            yield None if returned is None else returned - healed_seconds


def _activities(
    tried: dict[Scheduling, list[Attempt]], injected_seconds: float, healed_seconds: float
) -> Iterator[float | None]:
    for attempts in tried.values():
        if not any(_was_hit(attempt, injected_seconds, healed_seconds) for attempt in attempts):
            continue
        done = [
            each.ended_seconds for each in attempts if each.outcome == "completed" and each.ended_seconds is not None
        ]
        if min(done, default=healed_seconds + 1.0) > healed_seconds:
            yield min(done) - healed_seconds if done else None


def _was_hit(attempt: Attempt, injected_seconds: float, healed_seconds: float) -> bool:
    """Whether the attempt was under way at some instant of the fault, and was not the end of its activity by itself."""
    if attempt.ended_seconds is None or attempt.outcome == "cancelled":
        return False
    if attempt.outcome == "failed" and not attempt.retryable:
        return False
    return attempt.started_seconds <= healed_seconds and attempt.ended_seconds >= injected_seconds
