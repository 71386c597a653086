"""Time-outs and retries, named once. Every activity of every workflow uses one of these.

The policy is the guide's: first retry after 1 s, doubling up to 1 min, 5 attempts, which is 15 s of patience. It is not
the end of the business: a workflow whose step has used up its attempts is *held* and goes on with ``resume``.
The heartbeat time-out is what finds a dead worker: without it the start-to-close time-out alone would, after 5 minutes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

GUIDE_POLICY: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=1),
    maximum_attempts=5,
)

HEARTBEAT_TIMEOUT: Final = timedelta(seconds=5)
"""A worker that is silent for so long has lost its activity; the automatic heartbeat keeps well below it."""

ORDINARY: Final = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=5),
    heartbeat_timeout=HEARTBEAT_TIMEOUT,
    retry_policy=GUIDE_POLICY,
)
"""Options of an ordinary activity: one call to the outside, seconds rather than minutes."""

LONG: Final = ActivityConfig(
    start_to_close_timeout=timedelta(hours=2),
    heartbeat_timeout=HEARTBEAT_TIMEOUT,
    retry_policy=GUIDE_POLICY,
)
"""Options of an activity that goes through a whole year of a company, page by page: a thousand pages of 5 s each fit.
Heartbeats find a dead worker long before that."""

HEARTBEAT_THROTTLE: Final = HEARTBEAT_TIMEOUT / 3
"""For ``Worker(max_heartbeat_throttle_interval=...)``. The SDK's own throttle is 0.8 of the time-out, which leaves a
busy worker one second before it is taken for dead."""
