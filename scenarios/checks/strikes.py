"""What the faults of a run struck and for how long that may be felt: the only things that excuse anything.

Where it stands: ``FaultRecord.struck`` → **windows of time per thing struck** → expectations. A fault excuses what it
touched, in the seconds in which it can have: another worker, another service, another minute excuse nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate, pairwise

from harness.record import Record, Strike

SERVER, API, BOOKS, SMTP, ACCOUNTING, PROVIDER = "server", "api", "books", "smtp", "accounting", "payments"
WORLD = (SMTP, ACCOUNTING, PROVIDER)

STICKY_SECONDS = 20.0
"""A workflow task may wait 10 s in the queue of a worker that has died, because the server holds a worker for alive for
10 s after its last poll; handed to one that dies or stands still, it comes back after the task time-out of 10 s."""

TASK_SECONDS = 10.0
"""A task that a worker was handed while it stood still is given to another after the task time-out."""

RECONNECT_SECONDS = 20.0
"""After a server, a database or a link is back, clients find it with back-off, and tasks that were on their way come
again after 10 s."""

PROVIDER_SECONDS = 14.0
"""A webhook that was on its way to an API that stood still is given up after 10 s and sent again at most 4 s later."""

BACK_OFF_SECONDS = 9.0
"""A step that failed is tried again after at most 8 s; one that has used up its attempts is held until somebody resumes
it."""

STALL_SECONDS = 2.5
"""The harness looks around once a second. When it did not for so long, the machine or the server stood still."""

AFTERMATH = {SERVER: RECONNECT_SECONDS, API: PROVIDER_SECONDS}

Window = tuple[float, float]


class Strikes:
    """The windows of a record, by what was struck."""

    def __init__(self, record: Record) -> None:
        windows: defaultdict[str, list[Window]] = defaultdict(list)
        self._workers: defaultdict[str, list[Window]] = defaultdict(list)
        for fault in record.faults:
            if fault.injected_seconds is None:
                continue
            # A fault that does not say what it struck may have struck anything.
            unnamed = Strike("unknown", "", fault.injected_seconds, fault.healed_seconds)
            for strike in fault.struck or (unnamed,):
                until = float("inf") if strike.until_seconds is None else strike.until_seconds
                if strike.kind == "worker":
                    since = strike.since_seconds
                    self._workers[strike.name].append((since, max(since + STICKY_SECONDS, until + TASK_SECONDS)))
                for thing in _things(strike):
                    windows[thing].append((strike.since_seconds, until + AFTERMATH.get(thing, BACK_OFF_SECONDS)))
        for event in record.processes:
            if event.event == "died":
                windows[SERVER].append((event.at_seconds, float("inf")))
        for before, after in pairwise(sorted(sample.at_seconds for sample in record.samples)):
            if after - before > STALL_SECONDS:
                windows[SERVER].append((before, after))
        self._windows = {thing: Windows(each) for thing, each in windows.items()}
        self._any_worker = Windows([window for each in self._workers.values() for window in each])

    def touched(self, things: Iterable[str], since: float, until: float) -> bool:
        """Whether any of these was struck, or still felt it, between the two instants."""
        return any(thing in self._windows and self._windows[thing].touch(since, until) for thing in things)

    def any_worker(self, since: float, until: float) -> bool:
        """Whether any worker was struck, or its tasks were still on their way, between the two instants."""
        return self._any_worker.touch(since, until)

    def workers(self, names: Iterable[str], since: float, until: float) -> bool:
        """The same of these workers.

        A task that one of them lost may go to another that is struck at the same time, of which no history tells: what
        overlaps a window of these counts as one of theirs.
        """
        for start, end in (window for name in names for window in self._workers.get(name, ())):
            start, end = self._any_worker.grown(start, end)
            if start <= until and end >= since:
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

    def grown(self, start: float, end: float) -> Window:
        """The joined span that holds this one, which is one of them."""
        at = bisect_right(self._starts, start) - 1
        return self._starts[at], max(end, self._ends[at])


def strikes_of(record: Record) -> Strikes:
    """The strikes of a record, read on the first call only."""
    return record.once(Strikes)


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
