"""Open arrivals: work begins when the schedule says so, whatever the system does with what came before.

Data flow: schedule → **open loop** → the locustfile's work, each piece in a greenlet of its own, so that waiting
for one completion holds up no start. Here is also counted what the schedule wanted and what was begun in time: a
generator that falls behind has measured itself, and the verdict says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

import gevent
from gevent.event import Event
from gevent.pool import Group
from locust.env import Environment
from locust.exception import RescheduleTask

from harness.load.arrivals.arrivals import arrivals
from harness.load.client.session import Session
from harness.load.client.user import TemporalUser
from harness.load.measure.offered import LATE_SECONDS, Offered

LONGEST_WAIT_SECONDS = 1.0


class OpenLoop:
    """The schedule of one process in one test. ``begin`` once, ``end`` once."""

    def __init__(self, session: Session, environment: Environment) -> None:
        self._session = session
        self._environment = environment
        self._users = [kind(environment) for kind in environment.user_classes if issubclass(kind, TemporalUser)]
        self._instants = _instants(session)
        self._pieces = Group()
        self._over = Event()
        self._over_seconds = math.inf
        self._loop: gevent.Greenlet[..., None] | None = None

    def begin(self) -> None:
        """Begin the schedule now."""
        self._loop = gevent.spawn(self._run, time.monotonic())

    def end(self) -> None:
        """Begin nothing more; what is under way may go on for a while (option ``drain-seconds``), then it is ended."""
        self._over_seconds = time.monotonic()
        self._over.set()
        if self._loop is not None:
            self._loop.join()
        self._pieces.join(timeout=self._session.options.drain_seconds)
        self._pieces.kill()

    def _run(self, began_seconds: float) -> None:
        for number, after_seconds in enumerate(self._instants, 1):
            intended_seconds = began_seconds + after_seconds
            self._wait_until(intended_seconds)
            if intended_seconds > self._over_seconds:
                return
            if self._over.is_set():
                # Its instant had passed when the schedule ended, and it was not begun: it was wanted all the same.
                self._session.offered += Offered(scheduled=1)
            else:
                self._session.offered += Offered(scheduled=1, begun=1)
                self._pieces.spawn(self._piece, number, intended_seconds)

    def _wait_until(self, instant_seconds: float) -> None:
        while not self._over.is_set() and (wait_seconds := instant_seconds - time.monotonic()) > 0:
            # libev reckons from when it last looked at the clock, which may be a while ago.
            gevent.get_hub().loop.update_now()
            self._over.wait(min(wait_seconds, LONGEST_WAIT_SECONDS))

    def _piece(self, number: int, intended_seconds: float) -> None:
        session = self._session
        lateness_seconds = time.monotonic() - intended_seconds
        if lateness_seconds > LATE_SECONDS:
            session.offered += Offered(late=1)
        name = f"{session.place.name}-{number}"
        draws = session.seed.stream(f"arrival/{name}")
        user = _drawn(self._users, draws.random())
        try:
            user.work(session.operations(lateness_seconds=lateness_seconds), draws, f"{session.tag}-{name}")
        except RescheduleTask:
            return  # an operation failed, and is counted
        except Exception as error:
            user_error: Any = self._environment.events.user_error
            user_error.fire(user_instance=user, exception=error, tb=error.__traceback__)


def _instants(session: Session) -> Iterator[float]:
    place, options = session.place, session.options
    if place.index is None or options.arrivals is None:
        return iter(())
    return arrivals(
        options.arrivals,
        rate_per_second=options.rate_per_second,
        seed=session.seed.value,
        worker_index=place.index,
        workers=place.workers,
    )


def _drawn(users: Sequence[TemporalUser], share: float) -> TemporalUser:
    """One of the users, by the weights that locust spawns them with."""
    left = share * sum(user.weight for user in users)
    for user in users[:-1]:
        left -= user.weight
        if left < 0:
            return user
    return users[-1]
