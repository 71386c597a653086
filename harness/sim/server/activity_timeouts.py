"""The four time-outs of an activity, and the heartbeats that put one of them off."""

from __future__ import annotations

from typing import Protocol

from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.enums.v1.workflow_pb2 import (
    TIMEOUT_TYPE_HEARTBEAT,
    TIMEOUT_TYPE_SCHEDULE_TO_CLOSE,
    TIMEOUT_TYPE_SCHEDULE_TO_START,
    TIMEOUT_TYPE_START_TO_CLOSE,
)
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import ActivityTaskScheduledEventAttributes

from harness.sim.server.execution import Activity, Execution
from harness.sim.server.retries import nanoseconds

WORDS = {
    TIMEOUT_TYPE_START_TO_CLOSE: "StartToClose",
    TIMEOUT_TYPE_SCHEDULE_TO_START: "ScheduleToStart",
    TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: "ScheduleToClose",
    TIMEOUT_TYPE_HEARTBEAT: "Heartbeat",
}


class TimesOut(Protocol):
    """What happens when one has passed."""

    def __call__(self, run: Execution, activity: Activity, failure: Failure, *, again: bool) -> None:
        """See ``activities.time_out``."""


def timeout_failure(kind: TimeoutType.ValueType) -> Failure:
    """What a server says of a time-out."""
    failure = Failure(message=f"activity {WORDS[kind]} timeout", source="Server")
    failure.timeout_failure_info.timeout_type = kind
    return failure


def schedule_timeouts(
    run: Execution, activity: Activity, said: ActivityTaskScheduledEventAttributes, times_out: TimesOut
) -> None:
    """The two that count from when it is scheduled: until a worker has it, and until all is over."""
    activity.start_limit = nanoseconds(said.schedule_to_start_timeout)
    activity.once_limit = nanoseconds(said.start_to_close_timeout)
    activity.beat_limit = nanoseconds(said.heartbeat_timeout)
    await_start(run, activity, times_out)
    if activity.expires is not None:
        kind = TIMEOUT_TYPE_SCHEDULE_TO_CLOSE
        activity.closing_timer = run.timeline.at(activity.expires, _pass, run, activity, kind, times_out)


def await_start(run: Execution, activity: Activity, times_out: TimesOut) -> None:
    """A worker has to take the attempt by then."""
    if activity.start_limit:
        kind = TIMEOUT_TYPE_SCHEDULE_TO_START
        activity.timers.append(run.timeline.after(activity.start_limit, _pass, run, activity, kind, times_out))


def begin_timeouts(run: Execution, activity: Activity, times_out: TimesOut) -> None:
    """An attempt begins: it has to end in time, and to say that it lives."""
    for timer in activity.timers:
        timer.cancel()
    activity.timers.clear()
    if activity.once_limit:
        kind = TIMEOUT_TYPE_START_TO_CLOSE
        activity.timers.append(run.timeline.after(activity.once_limit, _pass, run, activity, kind, times_out))
    expects_beat(run, activity, times_out)


def expects_beat(run: Execution, activity: Activity, times_out: TimesOut) -> None:
    """The next heartbeat has to come in time."""
    if activity.beat_timer is not None:
        activity.beat_timer.cancel()
    if activity.beat_limit:
        kind = TIMEOUT_TYPE_HEARTBEAT
        activity.beat_timer = run.timeline.after(activity.beat_limit, _pass, run, activity, kind, times_out)


def _pass(run: Execution, activity: Activity, kind: TimeoutType.ValueType, times_out: TimesOut) -> None:
    again = kind in (TIMEOUT_TYPE_START_TO_CLOSE, TIMEOUT_TYPE_HEARTBEAT)
    times_out(run, activity, timeout_failure(kind), again=again)
