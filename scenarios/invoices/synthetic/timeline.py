"""When things happen in a synthetic run: the host's clock, the wall's, and how long each step takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BRING_UP_SECONDS, STEADY_SECONDS, WORK_SECONDS = 1000.0, 1002.0, 1005.0
"""When these phases were entered, on the host's monotonic clock."""

AT_ZERO = datetime(2026, 1, 1, 8, tzinfo=UTC)
"""The wall's time when the host's clock was at zero."""

API_SECONDS = 0.02
"""How long the API takes for an answer that it has at once."""

TASK_SECONDS = 0.015
"""From one step of a workflow to the next: a workflow task."""

LOCAL_SECONDS = 0.01
"""How long an activity takes that asks nobody outside."""

REQUEST_SECONDS = 0.01
"""From the start of an activity to the arrival of its request, and from the answer to the end of the activity."""

OUTSIDE_SECONDS = 0.15
"""How long mail and accounting take, as the workload has them do."""

PROVIDER_SECONDS = 0.001
"""How long the payment provider takes."""

NOTICED_SECONDS = 5.0
"""How long after a worker's death the server takes what it held for lost: the heartbeat time-out."""


def instant(at_seconds: float) -> datetime:
    """What a clock on the wall shows at this second of the host's clock."""
    return AT_ZERO + timedelta(seconds=at_seconds)


def seconds_of(moment: datetime) -> float:
    """The reverse of ``instant``."""
    return (moment - AT_ZERO).total_seconds()
