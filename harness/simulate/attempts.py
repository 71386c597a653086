"""What workers do, as the journal of a run tells it: processes that come and go, attempts that begin and end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from temporalio.exceptions import ApplicationError, CancelledError

from harness.experiment.attempt_log import what_the_server_is_told
from harness.record.memory_journal import MemoryJournal
from harness.sim.server.execution import Activity, Execution
from harness.words import printable, text_of


@dataclass(frozen=True)
class Seen:
    """One attempt.

    ``place`` is the engine's word for its activity; ``ended_seconds`` is ``None`` for one that was cut short.
    """

    place: str
    number: int
    worker: str
    subject: str
    began_seconds: float
    ended_seconds: float | None = None


class AttemptWatch:
    """Writes the journal of a simulation's workers.

    :param subject_of: workflow id → what it is about.
    :ivar deaths: each worker that was killed, and when.
    """

    def __init__(self, journal: MemoryJournal, now: Callable[[], float], subject_of: Callable[[str], str]) -> None:
        self._journal, self._now, self._subject_of = journal, now, subject_of
        self._pids: dict[str, int] = {}
        self._seen: dict[tuple[str, str, int], Seen] = {}
        self.deaths: list[tuple[str, float]] = []

    @property
    def attempts(self) -> Iterable[Seen]:
        """All attempts, in the order in which they began."""
        return self._seen.values()

    def worker_began(self, worker: str) -> None:
        """See ``Watch``."""
        self._pids[worker] = len(self._pids) + 1
        self._process(worker, "started")

    def worker_died(self, worker: str) -> None:
        """See ``Watch``."""
        self.deaths.append((worker, self._now()))
        self._process(worker, "killed")

    def attempt_began(self, worker: str, run: Execution, activity: Activity, number: int) -> None:
        """See ``Watch``."""
        subject = self._see(worker, run, activity, number)
        told = self._told(worker, run, activity, number)
        self._journal.write("attempt-start", pid=self._pids[worker], subject=subject, **told)

    def attempt_lost(self, worker: str, run: Execution, activity: Activity, number: int) -> None:
        """See ``Watch``. A log has nothing of what was never begun."""
        self._see(worker, run, activity, number)
        key = worker, _place(run, activity), number
        self._seen[key] = replace(self._seen[key], ended_seconds=self._now())

    def attempt_ended(
        self, worker: str, run: Execution, activity: Activity, number: int, error: BaseException | None
    ) -> None:
        """See ``Watch``."""
        key = worker, _place(run, activity), number
        self._seen[key] = replace(self._seen[key], ended_seconds=self._now())
        outcome: dict[str, Any] = {"outcome": "completed", "error": None}
        if isinstance(error, asyncio.CancelledError | CancelledError):
            outcome = {"outcome": "cancelled", "error": None}
        elif error is not None:
            message = printable(error.message) if isinstance(error, ApplicationError) else text_of(error)
            outcome = {"outcome": "failed", "error": f"{type(error).__name__}: {message}"}
            outcome |= what_the_server_is_told(error)
        self._journal.write("attempt-end", **outcome, **self._told(worker, run, activity, number))

    def _see(self, worker: str, run: Execution, activity: Activity, number: int) -> str:
        place, subject = _place(run, activity), self._subject_of(run.workflow_id)
        self._seen[worker, place, number] = Seen(place, number, worker, subject, self._now())
        return subject

    def _told(self, worker: str, run: Execution, activity: Activity, number: int) -> dict[str, Any]:
        return {
            "worker": worker,
            "activity": activity.command.activity_type,
            "workflow_id": run.workflow_id,
            "run_id": run.run_id,
            "activity_id": activity.command.activity_id,
            "attempt": number,
        }

    def _process(self, worker: str, event: str) -> None:
        self._journal.write("process", name=worker, pid=self._pids[worker], event=event, detail="")


def _place(run: Execution, activity: Activity) -> str:
    return f"{run.place} activity {activity.command.activity_id}"


def following(attempts: Iterable[Seen], place: str, number: int) -> Iterator[Seen]:
    """Later attempts of the same activity, in their order."""
    return (each for each in attempts if each.place == place and each.number > number)
