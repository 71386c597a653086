"""What a server makes of the time-outs and retry policy of an activity before it writes the event.

Those that are not given follow from those that are, none is longer than the run, and an activity has a retry policy in
any case. Without this every activity would look as if it had changed.
"""

from __future__ import annotations

from typing import Any

from temporalio.api.common.v1 import RetryPolicy

from harness.replay.drift.plain import seconds
from harness.sim.surface import ScheduleActivity

COEFFICIENT = 2.0
MAXIMUM_INTERVALS = 100


def timeouts_of(command: ScheduleActivity, run_seconds: float) -> dict[str, float]:
    """The four time-outs in seconds, as the event has them.

    :param run_seconds: the time-out of the run, 0 for none.
    """
    whole, wait = seconds(command.schedule_to_close_timeout), seconds(command.schedule_to_start_timeout)
    attempt, beat = seconds(command.start_to_close_timeout), seconds(command.heartbeat_timeout)
    if whole:
        wait = min(wait, whole) if wait else whole
        attempt = min(attempt, whole) if attempt else whole
    else:
        whole, wait = run_seconds, wait or run_seconds
    if run_seconds:
        whole, wait = min(whole, run_seconds), min(wait, run_seconds)
        attempt, beat = min(attempt, run_seconds), min(beat, run_seconds)
    return {
        "schedule_to_close_timeout": whole,
        "schedule_to_start_timeout": wait,
        "start_to_close_timeout": attempt,
        "heartbeat_timeout": min(beat, attempt) if attempt else beat,
    }


def retries_of(policy: RetryPolicy) -> dict[str, Any]:
    """A retry policy with what is left out filled in."""
    initial = seconds(policy.initial_interval) or 1.0
    return {
        "initial_interval": initial,
        "backoff_coefficient": policy.backoff_coefficient or COEFFICIENT,
        "maximum_interval": seconds(policy.maximum_interval) or initial * MAXIMUM_INTERVALS,
        "maximum_attempts": policy.maximum_attempts,
        "non_retryable_error_types": list(policy.non_retryable_error_types),
    }
