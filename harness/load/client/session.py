"""What one process has during one test: the seed, the connection, what it has measured so far.

Where it fits: ``wiring`` makes a **session** when locust says that a test starts, users and the open loop work with
it, ``collecting`` sends what it has measured to the master, ``ending`` closes it. There is one at a time in a process.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from harness.errors import HarnessDefect
from harness.load.client.connection import Connection
from harness.load.client.operations import Operations
from harness.load.client.options import LoadOptions
from harness.load.measure.measurements import Measurements
from harness.load.measure.measuring import Meter
from harness.load.measure.offered import Offered
from harness.seed import Seed


@dataclass(frozen=True)
class Place:
    """Which part of a test this process does: ``index`` of ``workers``; all of it when it is alone.

    :param index: ``None`` for a worker that came after the parts were given out: it gets none of an open schedule.
    :param name: different in every process of a test; stands in the ids of what this one starts.
    """

    index: int | None = 0
    workers: int = 1
    name: str = "0"


@dataclass
class Session:
    """One test in this process.

    :param tag: new for each test; every workflow id of it begins with it, after what the locustfile puts in front.
    :param ending: the test is over; what is under way goes on for a while, and nothing more begins.
    """

    options: LoadOptions
    seed: Seed
    tag: str
    place: Place
    connection: Connection
    meter: Meter
    offered: Offered = field(default_factory=Offered)
    user_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    ending: bool = False

    @property
    def measurements(self) -> Measurements:
        """What was measured so far."""
        return self.meter.measurements

    def operations(self, *, lateness_seconds: float | None = None) -> Operations:
        """The operations of one piece of work that began so late (``None``: nothing is scheduled)."""
        timeout_seconds = self.options.operation_timeout_seconds
        return Operations(self.connection, self.meter, timeout_seconds, lateness_seconds)


_sessions: dict[int, Session] = {}


def begin_session(make: Callable[[], Session]) -> Session:
    """Make the session of this process; the one before it is closed."""
    end_session()
    session = make()
    _sessions[os.getpid()] = session
    return session


def current_session() -> Session | None:
    """The session of this process, ``None`` when there is no test, or it could not begin."""
    return _sessions.get(os.getpid())


def the_session() -> Session:
    """The session of this process. :raises HarnessDefect: when there is none."""
    session = current_session()
    if session is None:
        raise HarnessDefect(
            "no load test has begun in this process; does the locustfile call harness.load.drive.wiring.listen()?"
        )
    return session


def end_session() -> None:
    """Close the session of this process, if there is one."""
    session = _sessions.pop(os.getpid(), None)
    if session is not None:
        session.connection.close()
