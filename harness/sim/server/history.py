"""The history of one run: events get their ids here, and what arrives while a workflow task is under way waits.

A server keeps events back while a worker works on a workflow task, so that what the worker answers belongs to the
history it was given. They follow the commands of that task: first what came from callers and timers, then what
activities and children came to, in the order of their arrival.
"""

from __future__ import annotations

# The module's own names are plain numbers; ``EventType`` looks a name up each time it is asked for one.
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.kernel.timeline import SECOND, Timeline
from harness.sim.placeless import placeless_bytes

OUTCOMES = frozenset(
    {
        E.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
        E.EVENT_TYPE_ACTIVITY_TASK_FAILED,
        E.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
        E.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
        E.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
    }
)
"""What stands last among events that waited."""


class History:
    """The events of one run.

    :ivar events: in their order; ``events[n]`` has the id n + 1.
    :ivar holding: whether a worker is at work, so that arrivals wait.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.events: list[HistoryEvent] = []
        self.holding = False
        self._waiting: list[HistoryEvent] = []
        self._measured = 0
        self._size_bytes = 0

    @property
    def next_id(self) -> int:
        """The id of the event that is written next."""
        return len(self.events) + 1

    @property
    def waits(self) -> bool:
        """Whether anything has arrived that is not written yet."""
        return bool(self._waiting)

    def write(self, kind: E.EventType.ValueType, at: int | None = None) -> HistoryEvent:
        """Write an event down; the caller fills it. ``at`` is its time where that is not now."""
        event = HistoryEvent(event_id=len(self.events) + 1, event_type=kind)
        time = event.event_time
        time.seconds, time.nanos = divmod(self._timeline.now if at is None else at, SECOND)
        self.events.append(event)
        return event

    def arrive(self, kind: E.EventType.ValueType, at: int | None = None) -> HistoryEvent:
        """The same for what comes from outside of a task: while a worker is at work it waits, without an id."""
        if not self.holding:
            return self.write(kind, at)
        event = HistoryEvent(event_type=kind)
        time = event.event_time
        time.seconds, time.nanos = divmod(self._timeline.now if at is None else at, SECOND)
        self._waiting.append(event)
        return event

    def release(self) -> bool:
        """The worker is done: write down what waited. Whether there was anything."""
        self.holding = False
        waited, self._waiting = self._waiting, []
        activities: dict[int, int] = {}
        children: dict[int, int] = {}
        for event in (
            *(e for e in waited if e.event_type not in OUTCOMES),
            *(e for e in waited if e.event_type in OUTCOMES),
        ):
            event.event_id = len(self.events) + 1
            self.events.append(event)
            _wire(event, activities, children)
        return bool(waited)

    def drop_fired(self, timer_id: str) -> bool:
        """Take back a timer's firing that waits, because the task that is ending cancels it."""
        kept = [
            event
            for event in self._waiting
            if not (
                event.event_type == E.EVENT_TYPE_TIMER_FIRED and event.timer_fired_event_attributes.timer_id == timer_id
            )
        ]
        dropped, self._waiting = len(kept) < len(self._waiting), kept
        return dropped

    def size_bytes(self) -> int:
        """How large what is written down is, wherever the code lies: workflows are told."""
        for event in self.events[self._measured :]:
            self._size_bytes += len(placeless_bytes(event))
        self._measured = len(self.events)
        return self._size_bytes


def _wire(event: HistoryEvent, activities: dict[int, int], children: dict[int, int]) -> None:
    """Name the event that started what this one ends, which got its id only now."""
    word = event.WhichOneof("attributes") or ""
    if word == "activity_task_started_event_attributes":
        activities[event.activity_task_started_event_attributes.scheduled_event_id] = event.event_id
    elif word == "child_workflow_execution_started_event_attributes":
        children[event.child_workflow_execution_started_event_attributes.initiated_event_id] = event.event_id
    elif event.event_type in OUTCOMES:
        ended = getattr(event, word)
        if word.startswith("activity"):
            ended.started_event_id = activities.get(ended.scheduled_event_id, ended.started_event_id)
        else:
            ended.started_event_id = children.get(ended.initiated_event_id, ended.started_event_id)
