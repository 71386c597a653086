"""Heartbeats on their way to the server: not too many, each with the last details, and what the server answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio.api.common.v1 import Payloads

from harness.sim.kernel.timeline import Entry
from harness.sim.server.activities import beat
from harness.sim.server.execution import Activity, Execution


class Beats:
    """The heartbeats of one attempt.

    :param told: called with what the server answers, if anything.
    :param lost: a fault has them never arrive.
    :param every: how often one is sent where there is no time-out for them; ``at_most_every`` in any case.
    :ivar unsent: the details of the last one that was kept back; a failure carries them.
    """

    def __init__(
        self,
        run: Execution,
        activity: Activity,
        attempt: int,
        place: str,
        told: Callable[[str], None],
        *,
        lost: bool,
        every: int,
        at_most_every: int,
    ) -> None:
        self._run, self._activity, self._attempt, self._place = run, activity, attempt, place
        self._told, self._lost = told, lost
        limit = activity.beat_limit
        self._interval = min(limit * 8 // 10 if limit else every, at_most_every)
        self._count = 0
        self._next: Entry | None = None
        self._ended = False
        self.unsent: Payloads | None = None

    def beat(self, details: Payloads | None) -> None:
        """The activity says that it lives."""
        self.unsent = details if details is not None else Payloads()
        if self._next is None:
            self._send()

    def end(self) -> None:
        """The attempt is over."""
        self._ended = True
        if self._next is not None:
            self._next.cancel()

    def _send(self) -> None:
        details, self.unsent = self.unsent, None
        self._count += 1
        self._next = self._run.timeline.after(self._interval, self._due)
        if not self._lost:
            lag = self._run.server.choices.lag(f"{self._place} beat {self._count}")
            self._run.timeline.after(lag, self._arrive, details)

    def _due(self) -> None:
        self._next = None
        if self.unsent is not None and not self._ended:
            self._send()

    def _arrive(self, details: Payloads | None) -> None:
        answer: Any = beat(self._run, self._activity, self._attempt, details)
        if answer and not self._ended:
            self._told(answer)
