"""What an attempt log cannot know by itself: whether and when the server heard of an attempt's end.

An attempt's end is logged before it is reported. When its worker dies, stands still or loses the server just then, the
server takes the attempt for lost and tries again, rightly.
"""

from __future__ import annotations

from harness.checks.backoff import Ladder
from harness.record import Attempt, FaultRecord, Record

AROUND_SECONDS = 5.0
"""How long after an attempt's end its report may be on its way (the SDK repeats one that did not get through), and how
long after a fault its traces may come up."""

HANDED_OVER_SECONDS = 2.0
"""How long a task may be on its way from the server, whose time-outs count from its sending, to the log of its worker.
On busy processors 0.3 s have been seen; a role of the server that stands still takes longer, and then it is the
history's word that counts."""


class Interruptions:
    """The deaths of a run's workers and the windows of its faults."""

    def __init__(self, record: Record) -> None:
        self._faults = [fault for fault in record.faults if fault.injected_seconds is not None]
        self._workers = {attempt.worker for attempt in record.attempts}
        self._services = {request.service for request in record.world_attempts}
        self._deaths = {
            (event.name, event.pid): event.at_seconds for event in record.processes if event.event != "started"
        }

    def death(self, attempt: Attempt) -> float | None:
        """When the attempt's worker process ended, ``None`` when it did not."""
        return self._deaths.get((attempt.worker, attempt.pid))

    def stood_still(self, attempt: Attempt, until_seconds: float) -> bool:
        """Whether a fault that left this attempt's worker alive struck it: its log comes late then.

        A task that was handed to a worker while it stood still is logged when it wakes up, and long given away.
        """
        died = self.death(attempt)
        if died is not None and died <= until_seconds:
            return False
        return any(
            attempt.worker in _words(fault)
            and _overlaps(fault, attempt.started_seconds - AROUND_SECONDS, until_seconds)
            for fault in self._faults
        )

    def over_at_the_earliest(self, attempt: Attempt, later: Attempt, ladder: Ladder) -> float | None:
        """The first instant at which the server can have taken the attempt for over, ``None`` when that is not known.

        An attempt that ended after its successor began was given up before: by a time-out, not by its report. So was
        one that completed, for what is known to have completed has no successor. The time-out began when the server
        sent the task, and the log first hears of it when it has come.
        """
        ended = attempt.ended_seconds
        if attempt.outcome != "completed" and ended is not None and ended <= later.started_seconds:
            return ended
        instants = []
        if ladder.silence_seconds is not None:
            sent = attempt.started_seconds - HANDED_OVER_SECONDS
            instants.append(max(attempt.started_seconds, sent + ladder.silence_seconds))
        died = self.death(attempt)
        if died is not None and died >= attempt.started_seconds:
            instants.append(died)
        return min((at for at in instants if at <= later.started_seconds), default=None)

    def report_may_be_lost(self, attempt: Attempt, later: Attempt, ladder: Ladder) -> bool:
        """Whether the server may never have heard how this attempt ended, or too late."""
        ended = attempt.ended_seconds
        if ended is None or ended > later.started_seconds:
            return True
        died = self.death(attempt)
        if died is not None and died <= ended + AROUND_SECONDS:
            return True
        if ladder.silence_seconds is not None and ended - attempt.started_seconds >= ladder.silence_seconds:
            return True
        return any(
            self._between_worker_and_server(fault, attempt)
            and _overlaps(fault, attempt.started_seconds - AROUND_SECONDS, ended + AROUND_SECONDS)
            for fault in self._faults
        )

    def _between_worker_and_server(self, fault: FaultRecord, attempt: Attempt) -> bool:
        """Whether the fault may have struck this attempt's worker or the server.

        A fault says whom it struck in its evidence. One that names another worker or one of the world's services has
        struck those; one that names nobody known may have struck anything.
        """
        words = _words(fault)
        return attempt.worker in words or not words & (self._workers | self._services)


def _words(fault: FaultRecord) -> set[str]:
    return {word.strip(",.;:()") for word in (fault.landed or "").split()}


def _overlaps(fault: FaultRecord, start_seconds: float, end_seconds: float) -> bool:
    if fault.injected_seconds is None or fault.injected_seconds > end_seconds:
        return False
    return fault.healed_seconds is None or fault.healed_seconds >= start_seconds
