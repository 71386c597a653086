"""How long the work that a killed worker held took to come back, and what Temporal alone needs for that.

An attempt is *cut short* by a fault when it struck the worker, whose process was killed, and no end was ever reported.
It has *recovered* when the same activity of the same run next completes, on any worker; the time is measured from the
strike, or from the kill where the attempt began later. An activity that is cut short a second time has one long
recovery.

Not covered: faults that kill no worker (a cut link, a paused worker) have no recovery here; the charts show what they
did. Workflow tasks lost in a kill leave no trace in the attempts: their time-out is named beside the floor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from harness.judge.measures import percentile
from harness.record.record import ActivityPolicy, Attempt, FaultRecord, ProcessEvent, Record


@dataclass(frozen=True)
class RecoveryFloor:
    """The least that a recovery can be promised in: heartbeat time-out + first back-off, in seconds.

    An attempt that dies right after a heartbeat comes back no sooner; one that dies late between two heartbeats may.
    ``smallest_seconds`` is the least over all activities (``None``: none has a heartbeat time-out); ``by_activity`` has
    each one's own. A workflow task that was lost comes back after ``workflow_task_timeout_seconds``.
    """

    smallest_seconds: float | None
    by_activity: tuple[tuple[str, float], ...]
    workflow_task_timeout_seconds: float

    def of(self, activity: str) -> float | None:
        """The floor of one activity, ``None`` when it has no heartbeat time-out, or its policy is not known."""
        return dict(self.by_activity).get(activity)


@dataclass(frozen=True)
class Recovered:
    """One attempt that a fault cut short. ``seconds`` is ``None`` when the activity never completed afterwards."""

    worker: str
    activity: str
    workflow_id: str
    attempt: int
    seconds: float | None
    floor_seconds: float | None


@dataclass(frozen=True)
class FaultRecovery:
    """What one fault cut short and how long that took to come back; ``None`` where nothing did."""

    fault_id: str
    kind: str
    cut_short: tuple[Recovered, ...]
    worst_seconds: float | None
    p50_seconds: float | None

    @property
    def never(self) -> int:
        """How many of the attempts never came back."""
        return sum(1 for each in self.cut_short if each.seconds is None)


def recovery_floor(record: Record) -> RecoveryFloor:
    """The floor from the policies the activities were really scheduled with."""
    floors = {policy.activity: seconds for policy in record.policies if (seconds := _floor(policy)) is not None}
    return RecoveryFloor(
        smallest_seconds=min(floors.values(), default=None),
        by_activity=tuple(sorted(floors.items())),
        workflow_task_timeout_seconds=record.workflow_task_timeout_seconds,
    )


def _floor(policy: ActivityPolicy) -> float | None:
    # Without a heartbeat time-out only start-to-close tells the server that a worker is gone, and that began earlier.
    notice = policy.heartbeat_timeout_seconds
    return notice + policy.initial_interval_seconds if notice else None


def recovery(record: Record) -> tuple[FaultRecovery, ...]:
    """One entry for every fault that was injected, in the order of the plan."""
    return record.once(_recovery)


def _recovery(record: Record) -> tuple[FaultRecovery, ...]:
    floor = recovery_floor(record)
    kills, strikes = _kills(record.processes), _strikes(record.faults)
    completed: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for attempt in record.attempts:
        if attempt.outcome == "completed" and attempt.ended_seconds is not None:
            completed[_activity(attempt)].append(attempt.ended_seconds)
    struck: dict[str, list[Recovered]] = defaultdict(list)
    for attempt in record.attempts:
        killed, strike = kills.get((attempt.worker, attempt.pid)), strikes.get(attempt.worker)
        if attempt.ended_seconds is not None or killed is None or strike is None:
            continue
        fault, since = strike
        struck_at = since if attempt.started_seconds <= since else killed
        next_end = min((at for at in completed[_activity(attempt)] if at > struck_at), default=None)
        seconds = None if next_end is None else next_end - struck_at
        who = (attempt.worker, attempt.activity, attempt.workflow_id, attempt.attempt)
        struck[fault.fault_id].append(Recovered(*who, seconds, floor.of(attempt.activity)))
    return tuple(
        _of_fault(fault, tuple(struck[fault.fault_id])) for fault in record.faults if fault.injected_seconds is not None
    )


def _of_fault(fault: FaultRecord, cut_short: tuple[Recovered, ...]) -> FaultRecovery:
    known = sorted(each.seconds for each in cut_short if each.seconds is not None)
    worst, middle = (known[-1], percentile(known, 0.5)) if known else (None, None)
    return FaultRecovery(fault.fault_id, fault.kind, cut_short, worst, middle)


def _activity(attempt: Attempt) -> tuple[str, str, str]:
    return (attempt.workflow_id, attempt.run_id, attempt.activity_id)


def _kills(processes: Iterable[ProcessEvent]) -> dict[tuple[str, int], float]:
    """When each process was killed, by its name and process id."""
    return {(event.name, event.pid): event.at_seconds for event in processes if event.event == "killed"}


def _strikes(faults: Iterable[FaultRecord]) -> dict[str, tuple[FaultRecord, float]]:
    """The fault that struck each worker, and since when. A worker that was killed is never struck again."""
    return {
        strike.name: (fault, strike.since_seconds)
        for fault in faults
        for strike in fault.struck
        if strike.kind == "worker" and fault.injected_seconds is not None
    }
