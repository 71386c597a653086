"""For how long what an activity needed was out of order while it was being tried.

Data flow: strikes, attempts → **seconds** → *held*. An activity needs the worker it is on, the server, and the
services that the world has seen it ask; what struck anything else is no reason for anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.judge.checks.attempts import over_at
from harness.judge.checks.interruptions import AROUND_SECONDS
from harness.judge.checks.strikes import strikes_of
from harness.judge.checks.windows import Span, Windows
from harness.record.record import Attempt, Record


def outage_seconds(record: Record, attempts: Sequence[Attempt]) -> float:
    """How long anything that this activity needed was struck, from its first attempt to the end of its last.

    :param attempts: those of one activity, in their order.
    """
    first = attempts[0].started_seconds
    last = max(over_at(record, attempt) or attempt.started_seconds for attempt in attempts)
    strikes = strikes_of(record)
    shared = (strikes.on_server(), strikes.on_services(attempts[0].activity))
    spans = [span for windows in shared for span in windows.within(first, last)]
    return Windows([*spans, *_taken(record, attempts)]).covered(first, last)


def _taken(record: Record, attempts: Sequence[Attempt]) -> Iterator[Span]:
    """The times that strikes on its worker or the server took from an attempt.

    One that was cut short, was given away or ended unheard is over for the server only when a time-out says so, and
    what that takes is the fault's, too: until the next begins.
    """
    strikes = strikes_of(record)
    for place, attempt in enumerate(attempts):
        over = over_at(record, attempt)
        following = attempts[place + 1].started_seconds if place + 1 < len(attempts) else over
        if following is None:
            continue
        on_worker, on_server = strikes.on_worker(attempt.worker), strikes.on_server()
        yield from on_worker.within(attempt.started_seconds, following)
        unheard = attempt.outcome in (None, "completed") or over is None or over > following
        told = attempt.started_seconds, min(following, (over or following) + AROUND_SECONDS)
        if unheard and (on_worker.meet(*told) or on_server.meet(*told)):
            yield attempt.started_seconds, following
