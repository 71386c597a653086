"""What an attempt log cannot know by itself: whether and when the server heard of an attempt's end.

An attempt's end is logged before it is reported. When its worker dies, stands still or loses the server just then, the
server takes the attempt for lost and tries again, rightly.
"""

from __future__ import annotations

from harness.judge.checks.attempts import death_of
from harness.judge.checks.backoff import Ladder
from harness.judge.checks.strikes import strikes_of
from harness.record.record import Attempt, Record

AROUND_SECONDS = 5.0
"""How long after an attempt's end its report may be on its way (the SDK repeats one that did not get through), and how
long after a fault its traces may come up."""

HANDED_OVER_SECONDS = 2.0
"""How long a task may be on its way from the server, whose time-outs count from its sending, to the log of its worker.
On busy processors 0.3 s have been seen; a role of the server that stands still takes longer, and then it is the
history's word that counts."""


class Interruptions:
    """The deaths of a run's workers, and what its faults struck."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._strikes = strikes_of(record)

    def stood_still(self, attempt: Attempt, until_seconds: float) -> bool:
        """Whether a fault that left this attempt's worker alive struck it: its log comes late then.

        A task that was handed to a worker while it stood still is logged when it wakes up, and long given away, also
        when the worker dies a moment later.
        """
        died = death_of(self._record, attempt)
        strikes = self._strikes.on_worker(attempt.worker)
        if died is not None and died <= until_seconds:
            strikes = self._strikes.survived_by_worker(attempt.worker, died)
        return strikes.meet(attempt.started_seconds - AROUND_SECONDS, until_seconds)

    def over_at_the_earliest(self, attempt: Attempt, later: Attempt, ladder: Ladder) -> float | None:
        """The first instant at which the server can have taken the attempt for over, ``None`` when that is not known.

        An attempt that ended after its successor began was given up before: by a time-out, not by its report. So was
        one that completed, for what is known to have completed has no successor. The time-out began when the server
        sent the task, and the log first hears of it when it has come: how long that took is not known where the server
        was struck on the way.
        """
        ended = attempt.ended_seconds
        if attempt.outcome != "completed" and ended is not None and ended <= later.started_seconds:
            return ended
        if self._strikes.on_server().meet(attempt.started_seconds - AROUND_SECONDS, attempt.started_seconds):
            return None
        instants = []
        if ladder.silence_seconds is not None:
            sent = attempt.started_seconds - HANDED_OVER_SECONDS
            instants.append(max(attempt.started_seconds, sent + ladder.silence_seconds))
        died = death_of(self._record, attempt)
        if died is not None and died >= attempt.started_seconds:
            instants.append(died)
        return min((at for at in instants if at <= later.started_seconds), default=None)

    def report_may_be_lost(self, attempt: Attempt, later: Attempt, ladder: Ladder) -> bool:
        """Whether the server may never have heard how this attempt ended, or too late.

        What struck another worker, one of the services outside or the application's own processes did not come between
        this one and the server.
        """
        ended = attempt.ended_seconds
        if ended is None or ended > later.started_seconds:
            return True
        died = death_of(self._record, attempt)
        if died is not None and died <= ended + AROUND_SECONDS:
            return True
        if ladder.silence_seconds is not None and ended - attempt.started_seconds >= ladder.silence_seconds:
            return True
        between = (self._strikes.on_worker(attempt.worker), self._strikes.on_server())
        reporting = (attempt.started_seconds - AROUND_SECONDS, ended + AROUND_SECONDS)
        return any(windows.meet(*reporting) for windows in between)
