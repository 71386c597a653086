"""The shape of a history: which events it has, and what they are about, without ids, times and payloads.

Two histories of one shape take the code through the same lines, so that the smaller of them is enough.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.history.v1 import HistoryEvent

LENGTH = 10
OF_TASKS = {
    E.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
    E.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    E.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    E.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
}
"""How often a task was tried is the workers' story. Where one was completed is not: it says what was seen together."""


def shape_of(events: Sequence[HistoryEvent]) -> str:
    """A short digest, the same for histories of one shape."""
    text = "\n".join(_line(event) for event in events if event.event_type not in OF_TASKS)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _line(event: HistoryEvent) -> str:
    return " ".join([E.EventType.Name(event.event_type), *_about(event)])


def _about(event: HistoryEvent) -> Iterator[str]:
    said = getattr(event, event.WhichOneof("attributes") or "", None)
    for field in ("activity_type", "workflow_type"):
        if hasattr(said, field):
            yield str(getattr(said, field).name)
    for field in ("signal_name", "marker_name", "parent_close_policy"):
        if hasattr(said, field):
            yield str(getattr(said, field))
    if event.HasField("workflow_execution_update_accepted_event_attributes"):
        yield event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
    if event.HasField("marker_recorded_event_attributes"):
        details = event.marker_recorded_event_attributes.details
        yield from (payload.data.decode(errors="replace") for payload in details["patch-data"].payloads[:1])
