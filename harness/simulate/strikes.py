"""What went wrong in a simulation, told to its record as faults with strikes: what they may excuse, and nothing else.

An attempt that a fault cost is the fault's until the next begins. A message that was late struck the server while it
was under way; a call whose answer was lost, the link of the application's API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from harness.record.fault_record import FaultRecord, Strike
from harness.sim.client.calls import FAULTS as CALL_FAULTS
from harness.sim.kernel.choices import LATE
from harness.sim.worker.attempt import FAULTS as ATTEMPT_FAULTS
from harness.simulate.attempts import Seen, following
from harness.simulate.trouble import Note

RESTART_SECONDS = 1.0
NO_STRIKE = ("cache-lost", "worker-dies-before-task", "worker-dies-after-task", "worker-dies-in-activity")
"""A cache that was lost excuses nothing; of a worker's death its process tells."""
SLOW = ("activity-slow-before", "activity-slow-after")
_PLACE = re.compile(r"^(?P<place>.* activity \S+) attempt (?P<number>\d+) fault$")


def faults_of(
    notes: Sequence[Note], attempts: Sequence[Seen], deaths: Iterable[tuple[str, float]], over_seconds: float
) -> tuple[FaultRecord, ...]:
    """All that went wrong, in the order of time.

    :param attempts: all of them, in the order in which they began.
    :param deaths: each worker that was killed, and when.
    :param over_seconds: when everything had ended; nothing struck longer.
    """
    struck = (fault for number, note in enumerate(notes, 1) for fault in _faults(number, note, attempts, over_seconds))
    found = [*_deaths(deaths, over_seconds), *struck]
    return tuple(sorted(found, key=lambda fault: fault.injected_seconds or 0.0))


def _deaths(deaths: Iterable[tuple[str, float]], over: float) -> Iterator[FaultRecord]:
    for number, (worker, at) in enumerate(deaths, start=1):
        yield _fault(f"death-{number}", "worker-dies", f"{worker} is killed", Strike("worker", worker, at, at), over)


def _faults(number: int, note: Note, attempts: Sequence[Seen], over: float) -> Iterator[FaultRecord]:
    if note.kind in NO_STRIKE:
        return
    at, until = note.at_seconds, note.at_seconds + note.lasts_seconds
    if note.service:
        asking = (each for each in attempts if each.subject == note.reference and _under_way(each, at))
        nexts = [_next(attempts, each) for each in asking]
        until = max([until, *(each for each in nexts if each is not None)])
        strike = Strike("service", note.service, at, until)
    elif note.kind in ATTEMPT_FAULTS:
        told = _PLACE.match(note.place)
        struck = [each for each in attempts if told and (each.place, str(each.number)) == told.groups()]
        if not struck:
            return
        goes_on = [each for each in (_next(attempts, struck[0]), struck[0].ended_seconds) if each is not None]
        until = max([until if note.kind in SLOW else at, *goes_on])
        strike = Strike("worker", struck[0].worker, at, until)
    elif note.kind == LATE:
        strike = Strike("process", "temporal", at, until, ("server",))
    elif note.kind in CALL_FAULTS:
        strike = Strike("link", "api-frontend", at, until, ("application", "frontend"))
    else:
        raise ValueError(f"{note.kind} at {note.place}: nobody knows what it strikes")
    yield _fault(f"{note.kind}-{number}", note.kind, note.place, strike, over)


def _under_way(attempt: Seen, at: float) -> bool:
    return attempt.began_seconds <= at and (attempt.ended_seconds is None or at <= attempt.ended_seconds)


def _next(attempts: Iterable[Seen], attempt: Seen) -> float | None:
    return next((each.began_seconds for each in following(attempts, attempt.place, attempt.number)), None)


def _fault(fault_id: str, kind: str, description: str, strike: Strike, over: float) -> FaultRecord:
    until = min(strike.until_seconds if strike.until_seconds is not None else over, max(over, strike.since_seconds))
    whole = Strike(strike.kind, strike.name, strike.since_seconds, until, strike.ends)
    return FaultRecord(
        fault_id=fault_id,
        kind=kind,
        description=description,
        injected_seconds=strike.since_seconds,
        healed_seconds=until,
        landed=description,
        struck=(whole,),
    )
