"""Whoever wants to know what workers do, as it happens: what no history tells."""

from __future__ import annotations

from typing import Protocol

from harness.sim.server.execution import Activity, Execution


class Watch(Protocol):
    """Told of workers and of attempts. It changes nothing."""

    def worker_began(self, worker: str) -> None:
        """A process is there."""

    def worker_died(self, worker: str) -> None:
        """It was killed."""

    def attempt_began(self, worker: str, run: Execution, activity: Activity, number: int) -> None:
        """An attempt is with a worker."""

    def attempt_lost(self, worker: str, run: Execution, activity: Activity, number: int) -> None:
        """An attempt is with a worker that never begins it."""

    def attempt_ended(
        self, worker: str, run: Execution, activity: Activity, number: int, error: BaseException | None
    ) -> None:
        """It has ended, and the server is about to be told, unless that is lost.

        :param error: what it ended with; ``None`` when it was done.
        """


class Unwatched:
    """Nobody wants to know."""

    def worker_began(self, worker: str) -> None:
        """See ``Watch``."""

    def worker_died(self, worker: str) -> None:
        """See ``Watch``."""

    def attempt_began(self, worker: str, run: Execution, activity: Activity, number: int) -> None:
        """See ``Watch``."""

    def attempt_lost(self, worker: str, run: Execution, activity: Activity, number: int) -> None:
        """See ``Watch``."""

    def attempt_ended(
        self, worker: str, run: Execution, activity: Activity, number: int, error: BaseException | None
    ) -> None:
        """See ``Watch``."""


UNWATCHED = Unwatched()
