"""What the faults of a run struck and for how long that may be felt: the only things that excuse anything.

Data flow: ``FaultRecord.struck`` → **windows of time per thing struck** → expectations. A fault excuses what it
touched, in the seconds in which it can have: another worker, another service, another minute excuse nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import accumulate

from harness.judge.checks.stalls import stalls
from harness.record.record import Record, Strike

SERVER, API, BOOKS, SMTP, ACCOUNTING, PROVIDER = "server", "api", "books", "smtp", "accounting", "payments"
MACHINE = "machine"
"""What everything runs on: struck when it had no time to spare."""

WORLD = (SMTP, ACCOUNTING, PROVIDER)

HANDED_SECONDS = 11.0
"""The server holds a worker for alive for 10 s after its last poll, and for so long hands it a workflow's next task."""

ALIVE_SECONDS, QUEUED_SECONDS = 10.0, 10.0
"""For so long the server holds a worker for alive, and then a task waits in the queue of the worker that has died."""

WOKEN_SECONDS = 1.0
"""A worker that stood still does what it was handed as soon as it wakes up."""

RECONNECT_SECONDS = 10.0
"""After a server, a database or a link is back, clients find it with back-off."""

PROVIDER_SECONDS = 14.0
"""A webhook that was on its way to an API that stood still is given up after 10 s and sent again at most 4 s later."""

BACK_OFF_SECONDS = 9.0
"""A step that failed is tried again after at most 8 s; one that has used up its attempts is held until somebody resumes
it."""

AROUND_STALL_SECONDS = 2.0
"""The harness looks around once a second. When it did not for so long, nothing else came to its turn in time either: on
two processors shared by eight runs, what takes 0.3 s took up to 5 s, and the harness was late by 0.3 to 1.9 s."""

BACKLOG_TASKS, BACKLOG_SECONDS = 3, 6.0
"""The server counts the tasks that wait for a worker every 5 s; so many mean that all work waited then. One or two are
just on their way."""

Window = tuple[float, float]


@dataclass(frozen=True)
class Blow:
    """What a worker's death or standing still may do to a workflow whose tasks it is handed.

    A task that comes up until ``handed_until`` may be kept waiting, and what has been kept may wait until
    ``stuck_until``.
    """

    since: float
    handed_until: float
    stuck_until: float


class Strikes:
    """The windows of a record, by what was struck.

    :ivar stuck_seconds: how long a task may wait after its worker was struck: it is handed to the dead, and waits in
        its queue, or was in its hands and comes back after the workflow task time-out.
    """

    def __init__(self, record: Record) -> None:
        task_seconds = record.workflow_task_timeout_seconds
        self.stuck_seconds = ALIVE_SECONDS + max(QUEUED_SECONDS, task_seconds)
        # Tasks that were on their way when the server was struck come again after their time-out.
        aftermath = {SERVER: RECONNECT_SECONDS + task_seconds, API: PROVIDER_SECONDS}
        windows: defaultdict[str, list[Window]] = defaultdict(list)
        hands: defaultdict[str, list[Window]] = defaultdict(list)
        blows: defaultdict[str, list[Blow]] = defaultdict(list)
        for fault in record.faults:
            if fault.injected_seconds is None:
                continue
            # A fault that does not say what it struck may have struck anything.
            unnamed = Strike("unknown", "", fault.injected_seconds, fault.healed_seconds)
            for strike in fault.struck or (unnamed,):
                since, until = strike.since_seconds, strike.until_seconds
                until = float("inf") if until is None else until
                if strike.kind == "worker":
                    hands[strike.name].append((since, until + WOKEN_SECONDS))
                    handed_until = max(since + HANDED_SECONDS, until + WOKEN_SECONDS)
                    blows[strike.name].append(Blow(since, handed_until, max(since, until) + self.stuck_seconds))
                for thing in _things(strike):
                    windows[thing].append((since, until + aftermath.get(thing, BACK_OFF_SECONDS)))
        for event in record.processes:
            if event.event == "died":
                windows[SERVER].append((event.at_seconds, float("inf")))
        for before, after in stalls(record):
            windows[MACHINE].append((before - AROUND_STALL_SECONDS, after + AROUND_STALL_SECONDS))
        waited = [sample.at_seconds for sample in record.samples if sample.backlog >= BACKLOG_TASKS]
        windows[MACHINE] += [(at - BACKLOG_SECONDS, at + BACKLOG_SECONDS) for at in waited]
        self._windows = {thing: Windows(each) for thing, each in windows.items()}
        self._hands = {name: Windows(each) for name, each in hands.items()}
        self._blows = _joined(blows)

    def touched(self, things: Iterable[str], since: float, until: float) -> bool:
        """Whether any of these was struck, or still felt it, between the two instants."""
        return any(thing in self._windows and self._windows[thing].touch(since, until) for thing in things)

    def any_worker(self, since: float, until: float) -> bool:
        """Whether any worker was struck between the two instants, and maybe what it had in its hands."""
        return any(windows.touch(since, until) for windows in self._hands.values())

    def worker(self, name: str, since: float, until: float) -> bool:
        """Whether this worker was struck between the two instants."""
        return name in self._hands and self._hands[name].touch(since, until)

    def kept_waiting(self, workers: Set[str] | None, since: float, until: float, events: Sequence[float]) -> bool:
        """Whether a task that came up at the first instant may have been kept waiting beyond it by a worker's blow.

        :param workers: those that were handed the workflow's tasks; ``None`` when that is not known, and any may be it.
        :param events: when its tasks came up, in order: what one of them is kept by keeps those after it.
        """
        for name in self._blows if workers is None else workers & self._blows.keys():
            for blow in self._blows[name]:
                if blow.since <= until and blow.handed_until >= since:
                    return True
                at = bisect_left(events, blow.since - WOKEN_SECONDS)
                stuck = at < len(events) and events[at] <= min(blow.handed_until, since)
                if stuck and blow.since <= since <= blow.stuck_until:
                    return True
        return False


class Windows:
    """Spans of time in order, those that overlap joined."""

    def __init__(self, windows: Iterable[Window]) -> None:
        ordered = sorted(windows)
        reach = list(accumulate((end for _, end in ordered), max))
        firsts = [n for n in range(len(ordered)) if n == 0 or ordered[n][0] > reach[n - 1]]
        self._starts = [ordered[n][0] for n in firsts]
        self._ends = [reach[after - 1] for after in [*firsts[1:], len(ordered)]] if ordered else []

    def touch(self, since: float, until: float) -> bool:
        """Whether any of them overlaps the span between the two instants."""
        at = bisect_right(self._starts, until) - 1
        return at >= 0 and self._ends[at] >= since


def strikes_of(record: Record) -> Strikes:
    """The strikes of a record, read on the first call only."""
    return record.once(Strikes)


def _joined(blows: Mapping[str, Sequence[Blow]]) -> dict[str, list[Blow]]:
    """The blows by worker; what one keeps may go to another next, so what overlaps lasts as long as the other."""
    every = [blow for each in blows.values() for blow in each]
    return {
        name: [
            replace(
                blow,
                stuck_until=max(
                    other.stuck_until
                    for other in every
                    if other.since <= blow.stuck_until and other.handed_until >= blow.since
                ),
            )
            for blow in each
        ]
        for name, each in blows.items()
    }


def _things(strike: Strike) -> tuple[str, ...]:
    """What is not there or not itself while the strike lasts, besides workers."""
    match strike.kind:
        case "worker":
            return ()
        case "service":
            return (strike.name,)
        case "link" if strike.ends and strike.ends[-1] in (BOOKS, *WORLD):
            return (strike.ends[-1],)
        case "process" if strike.ends == ("world",):
            return WORLD
        case "process" if strike.ends == ("application",):
            return (API,)
        case _:
            return (SERVER, API, BOOKS)
