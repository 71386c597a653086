"""What an execution asks of the workers and the code has no more: its task queue, its activities, its handlers.

A replay starts no activity and asks no server, and the SDK keeps a signal that nothing takes for a handler that may
come. So all of them replay; the execution itself would stand still, or not hear what it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from temporalio.api.history.v1 import HistoryEvent

from harness.replay.commands import event_name
from harness.replay.divergence import NOTHING
from harness.replay.result import Drift
from harness.sim.surface.replaying import Watched

OF_THE_SDK = "__temporal"
"""How the names of signals begin that the SDK itself answers."""


@dataclass(frozen=True)
class Served:
    """What the workers of the code serve.

    :ivar queues: the task queues with workflows.
    :ivar activities: task queue → the names of its activities.
    """

    queues: Collection[str] = ()
    activities: Mapping[str, Collection[str]] = field(default_factory=dict)


def unserved_in(events: Sequence[HistoryEvent], seen: Watched, served: Served) -> Iterator[Drift]:
    """Each event of which nothing is served any more; what queues of other applications serve is not known here.

    :param seen: what was seen while the history was replayed.
    """
    begun = events[0].workflow_execution_started_event_attributes
    if begun.task_queue.name not in served.queues:
        queues = ", ".join(sorted(served.queues))
        yield Drift(_told(events[0], begun.workflow_type.name), "task_queue", begun.task_queue.name, queues or NOTHING)
    for event in events:
        scheduled = event.activity_task_scheduled_event_attributes
        queue, activity = scheduled.task_queue.name, scheduled.activity_type.name
        if event.HasField("activity_task_scheduled_event_attributes") and activity not in served.activities.get(
            queue, [activity]
        ):
            yield Drift(_told(event, activity), "worker", f"task queue {queue}", NOTHING)
        signal = event.workflow_execution_signaled_event_attributes.signal_name
        if signal and not signal.startswith(OF_THE_SDK) and not seen.signals & {signal, None}:
            yield Drift(_told(event, signal), "handler", f"signal {signal}", NOTHING)


def _told(event: HistoryEvent, name: str) -> str:
    return f"event {event.event_id} {event_name(event)} {name}"
