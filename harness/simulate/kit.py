"""The application's part of every simulation, as the simulator takes it."""

from __future__ import annotations

from harness.application.contract import Application
from harness.sim.worker.kit import Kit, kit_of

HEARTBEAT_THROTTLES = {
    "default_heartbeat_throttle_interval": "beats_every",
    "max_heartbeat_throttle_interval": "beats_at_most_every",
}
"""Options of the SDK's worker → those of the simulator's kit."""


def kit_for(app: Application) -> Kit:
    """All of it but its activities, which are bound to a company.

    :raises NotSimulated: it has something that the simulator lacks.
    """
    beats = {
        mine: app.worker_options[theirs] for theirs, mine in HEARTBEAT_THROTTLES.items() if theirs in app.worker_options
    }
    return kit_of(
        workflows={name: list(queue.workflows) for name, queue in app.queues.items()},
        activities=[],
        converter=app.data_converter,
        serves={name: list(queue.activities) for name, queue in app.queues.items()},
        interceptors=app.interceptors,
        failure_types=app.workflow_failure_exception_types,
        **beats,
    )
