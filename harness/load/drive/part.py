"""The part of a load test that one process does: the session, and in an open test its part of the schedule.

Where it fits: `roles` begins and ends a **part** when locust begins and ends a test; users work in the session that
it makes. A process alone does the whole; a master does none.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from locust.env import Environment

from harness.load.client.connection import open_connection
from harness.load.client.options import parse_options
from harness.load.client.session import Place, Session, begin_session, current_session, end_session
from harness.load.client.target import find_target
from harness.load.drive.claimed import ClaimedLoop
from harness.load.drive.open_loop import OpenLoop
from harness.load.measure.collecting import Snapshot
from harness.load.measure.lag_probe import LagProbe
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Measurements
from harness.load.measure.measuring import Meter
from harness.seed import Seed

MOST_TROUBLES = 20


class Part:
    """One process's part of one test after the other."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._schedule: OpenLoop | ClaimedLoop | None = None
        self._probe: LagProbe | None = None
        self._troubles: list[str] = []
        self._last = Snapshot(Measurements())

    def begin(self, place: Place, *, seed: int, tag: str) -> None:
        """Connect and begin.

        :raises EnvironmentMissing: the server cannot be reached.
        :raises UsageError: the options cannot be used.
        """
        self.end()
        self._troubles.clear()
        self._last = Snapshot(Measurements(), tag=tag)
        options = parse_options(self._environment.parsed_options)  # type: ignore[arg-type]
        connection = open_connection(find_target(options.named, start=Path.cwd()))
        request: Any = self._environment.events.request
        meter = Meter(Measurements(origin_seconds=time.monotonic()), request.fire)
        session = begin_session(lambda: Session(options, Seed(seed), tag, place, connection, meter))
        if options.run_folder is not None:
            self._schedule = ClaimedLoop(session, options.run_folder, self.trouble)
        else:
            self._schedule = OpenLoop(session, self._environment) if options.open else None
        self._probe = LagProbe()
        if self._schedule is not None:
            self._schedule.begin()

    def end_work(self) -> None:
        """Let no more work begin, and wait for what a schedule has under way as long as the options say."""
        session = current_session()
        if session is not None:
            session.ending = True
        if self._schedule is not None:
            self._schedule.end()
            self._schedule = None

    def end(self) -> None:
        """Nothing is measured any more."""
        if self._probe is not None:
            self._probe.end()

    def close(self) -> None:
        """Give up the connection; what was measured is still told."""
        self.end()
        self._last = self.snapshot()
        self._probe = None
        end_session()

    def trouble(self, text: str) -> None:
        """Something went wrong that is no failure of the system, such as a mistake in the locustfile."""
        if text not in self._troubles and len(self._troubles) < MOST_TROUBLES:
            self._troubles.append(text)

    def snapshot(self) -> Snapshot:
        """All that was measured so far."""
        session = current_session()
        if session is None:
            return replace(self._last, troubles=tuple(self._troubles))
        lag = Latencies() if self._probe is None else self._probe.lag
        return Snapshot(session.measurements, session.offered, tuple(self._troubles), session.tag, lag)
