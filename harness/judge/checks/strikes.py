"""What the faults of a run touched, and when: a fault excuses what it struck, for as long as it did, and nothing else.

Data flow: the strikes of the record → **windows by victim** → checks. A fault that does not say what it struck
excuses nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from harness.judge.checks.attempts import services_by_activity
from harness.judge.checks.windows import Windows
from harness.record.record import Record, Strike

SERVER, WORKER, APPLICATION, WORLD = "server", "worker", "application", "world"
"""Who may stand at the end of a link or own a process (`Strike.ends`)."""


class Strikes:
    """All strikes of one run; `strikes_of` makes it once."""

    def __init__(self, record: Record) -> None:
        self._all = [strike for fault in record.faults for strike in fault.struck]
        self._on_workers: dict[str, list[Strike]] = defaultdict(list)
        for strike in self._all:
            if strike.kind == "worker":
                self._on_workers[strike.name].append(strike)
        self._workers = {name: _windows(strikes) for name, strikes in self._on_workers.items()}
        self._services = {request.service for request in record.world_attempts}
        self._server = _windows(strike for strike in self._all if _on_server(strike))
        self._outside: dict[frozenset[str] | None, Windows] = {}
        self._used = services_by_activity(record)

    def on_worker(self, worker: str) -> Windows:
        """When this very process was struck."""
        return self._workers.get(worker, _NEVER)

    def survived_by_worker(self, worker: str, died_seconds: float) -> Windows:
        """When this very process was struck and lived on, though it died of something else later."""
        return _windows(
            strike
            for strike in self._on_workers.get(worker, ())
            if strike.until_seconds is not None and strike.until_seconds <= died_seconds
        )

    def on_server(self) -> Windows:
        """When the server, its database or the way from the workers to it was struck."""
        return self._server

    def on_services(self, activity: str) -> Windows:
        """When something outside was struck that this activity needs, by what it ever asked for in the run.

        Of an activity that the world never saw asking alone, nobody knows what it needs: that is everything then. What
        is no service of the world's, such as the application's own database, each activity may need.
        """
        used = self._used.get(activity)
        if used not in self._outside:
            touching = (strike for strike in self._all if _on_services(strike, used, self._services))
            self._outside[used] = _windows(touching)
        return self._outside[used]


def strikes_of(record: Record) -> Strikes:
    """The strikes of the record, put in order once."""
    return record.once(Strikes)


_NEVER = Windows([])


def _windows(strikes: Iterable[Strike]) -> Windows:
    return Windows((strike.since_seconds, strike.until_seconds) for strike in strikes)


def _on_server(strike: Strike) -> bool:
    if strike.kind == "link":
        return WORKER in strike.ends or SERVER in strike.ends
    return strike.kind == "namespace" or (strike.kind == "process" and SERVER in strike.ends)


def _on_services(strike: Strike, used: Collection[str] | None, services: Collection[str]) -> bool:
    if strike.kind == "service":
        return used is None or strike.name in used
    if strike.kind == "link":
        others = [end for end in strike.ends if end != APPLICATION]
        return APPLICATION in strike.ends and any(used is None or end in used or end not in services for end in others)
    return strike.kind == "process" and WORLD in strike.ends
