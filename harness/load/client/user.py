"""``TemporalUser``: a locust user that asks something of a Temporal application.

Data flow: locust spawns users and runs their tasks → **user** → ``operations``. A locustfile's class derives from
it, as locust wants it, and says in ``work`` what one piece of work is. A closed user does one piece after the other,
thinking in between; in an open test ``open_loop`` begins the pieces by its schedule and the users stand by.
"""

from __future__ import annotations

import random
import time
from typing import ClassVar

import gevent
from locust import User, task
from locust.exception import StopUser

from harness.load.client.operations import Operations
from harness.load.client.session import Session, current_session

STAND_BY_SECONDS = 0.5


class TemporalUser(User):
    """The base of the users of a locustfile. ``workflow_ids_begin`` stands before the tag of the test in every id."""

    abstract = True
    # Where it goes is an option of ours; without a text here the web UI asks for it.
    host = "the stack of `assay up`"
    workflow_ids_begin: ClassVar[str] = ""

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """Do one piece of work.

        :param draws: this user's draws, from the seed.
        :param number: different for every piece of work of a test; begins with the test's tag.
        """
        raise NotImplementedError(f"{type(self).__name__} must say in work() what one piece of work is")

    def on_start(self) -> None:
        """Take a number, and from the seed what belongs to it."""
        session = current_session()
        if session is None:
            raise StopUser
        self.session: Session = session
        number = next(session.user_numbers)
        self._name = f"{session.tag}-{session.place.name}-{number}"
        self._draws = session.seed.stream(f"user/{type(self).__name__}/{session.place.name}/{number}")
        self._pieces = 0
        self._round_began_seconds = time.monotonic()

    @task
    def piece(self) -> None:
        """One piece of work; in an open test nothing.

        :raises StopUser: the test is ending. locust ends a user that thinks by a kill that waits for its turn behind
            those of all other users; one whose thinking is over before that would be killed in the middle of its work.
        """
        if self.session.ending:
            raise StopUser
        if self.session.options.open:
            gevent.sleep(STAND_BY_SECONDS)
            return
        self._pieces += 1
        self.work(self.session.operations(), self._draws, f"{self._name}-{self._pieces}")

    def wait_time(self) -> float:
        """Think, between half and one and a half of what the options say; locust asks after each piece of work."""
        if self.session.options.open:
            return 0.0
        think_seconds = self.session.options.think_seconds * self._draws.uniform(0.5, 1.5)
        now = time.monotonic()
        self.session.meter.cycles.record(now - self._round_began_seconds + think_seconds)
        self._round_began_seconds = now + think_seconds
        return think_seconds
