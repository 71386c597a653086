"""The attempts of a run by what one looks for, and when each was over: made once for all checks.

An attempt that was cut short reported no end, and yet it ended: with its worker's process. It holds nothing, overlaps
nothing and waits for nobody from then on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from harness.record.record import Attempt, Record, WorldAttempt

Activity: TypeAlias = tuple[str, str]
"""Run id and activity id: one scheduling of one activity."""

Thing = TypeVar("Thing")
Key = TypeVar("Key", bound=Hashable)


def by_activity(attempts: Iterable[Attempt]) -> dict[Activity, list[Attempt]]:
    """The attempts of each activity, in their order."""
    found = _grouped(attempts, lambda attempt: (attempt.run_id, attempt.activity_id))
    for of_one in found.values():
        of_one.sort(key=lambda attempt: (attempt.attempt, attempt.started_seconds))
    return found


def activities(record: Record) -> Mapping[Activity, Sequence[Attempt]]:
    """The attempts of each activity of a run, in their order."""
    return record.once(_activities)


def death_of(record: Record, attempt: Attempt) -> float | None:
    """When the attempt's worker process ended, ``None`` when it outlived the run.

    What is taken down at the end of a run has not died in it: an attempt that is open then hangs.
    """
    return record.once(_deaths).get((attempt.worker, attempt.pid))


def over_at(record: Record, attempt: Attempt) -> float | None:
    """When it was over, one way or another; ``None`` for an attempt that is still open."""
    return attempt.ended_seconds if attempt.ended_seconds is not None else death_of(record, attempt)


def attempts_by_request(record: Record) -> Iterator[tuple[WorldAttempt, Sequence[Attempt]]]:
    """Every request that the world saw, with the attempts that were open for its reference then.

    With one alone, that made it. Attempts are open for as long as they or their workers lasted.
    """
    by_subject = _grouped(record.attempts, lambda attempt: attempt.subject)
    requests = _grouped(record.world_attempts, lambda request: request.reference)
    for reference, asked in requests.items():
        coming = sorted(by_subject.get(reference, ()), key=lambda attempt: attempt.started_seconds, reverse=True)
        still: list[tuple[float | None, Attempt]] = []
        for request in sorted(asked, key=lambda request: request.at_seconds):
            while coming and coming[-1].started_seconds <= request.at_seconds:
                attempt = coming.pop()
                still.append((over_at(record, attempt), attempt))
            still = [(over, attempt) for over, attempt in still if over is None or over >= request.at_seconds]
            yield request, [attempt for _, attempt in still]


def services_by_activity(record: Record) -> Mapping[str, frozenset[str]]:
    """Activity type → the services that its attempts were seen to ask while no other was open for the same subject."""
    return record.once(_services_by_activity)


def _services_by_activity(record: Record) -> Mapping[str, frozenset[str]]:
    used: dict[str, set[str]] = defaultdict(set)
    for request, asking in attempts_by_request(record):
        if len(asking) == 1:
            used[asking[0].activity].add(request.service)
    return {activity: frozenset(services) for activity, services in used.items()}


def _grouped(things: Iterable[Thing], key: Callable[[Thing], Key]) -> dict[Key, list[Thing]]:
    found: dict[Key, list[Thing]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    return dict(found)


def _activities(record: Record) -> Mapping[Activity, Sequence[Attempt]]:
    return by_activity(record.attempts)


def _deaths(record: Record) -> Mapping[Hashable, float]:
    """(Name, pid) → when it ended, of every process that ended before the final reads were done."""
    reads = record.phase("final-reads")
    until = reads.left_seconds if reads is not None else None
    return {
        (event.name, event.pid): event.at_seconds
        for event in record.processes
        if event.event != "started" and (until is None or event.at_seconds <= until)
    }
