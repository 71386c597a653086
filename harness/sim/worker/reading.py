"""Reads a history as SDK Core does: in workflow tasks, each with the events before it and the commands that it made.

An attempt of a task that failed or timed out is passed over: its events belong to the one that counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.kernel.timeline import SECOND

COMMANDED = {
    E.EVENT_TYPE_TIMER_STARTED: "start_timer",
    E.EVENT_TYPE_TIMER_CANCELED: "cancel_timer",
    E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "schedule_activity",
    E.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: "request_cancel_activity",
    E.EVENT_TYPE_MARKER_RECORDED: "marker",
    E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upsert_workflow_search_attributes",
    E.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: "modify_workflow_properties",
    E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "start_child_workflow_execution",
    E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: "signal_external_workflow_execution",
    E.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: "request_cancel_external_workflow_execution",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update_response",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: "update_response",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: "complete_workflow_execution",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "fail_workflow_execution",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: "cancel_workflow_execution",
    E.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: "continue_as_new_workflow_execution",
}
"""Event that a command makes → the command."""

PATCH, LOCAL = "core_patch", "core_local_activity"


@dataclass(frozen=True)
class Turn:
    """One workflow task that counted, or the one that is to be done now (then ``made`` is empty).

    :ivar news: the events since the task before.
    :ivar made: the events that its commands made.
    """

    started_id: int
    time: int
    size_bytes: int
    suggest_new_run: bool
    news: Sequence[HistoryEvent]
    made: Sequence[HistoryEvent] = ()
    flags: Sequence[int] = ()

    @property
    def patches(self) -> Iterator[str]:
        """The patches that it was the first to see."""
        for event in self.made:
            said = event.marker_recorded_event_attributes
            if event.event_type == E.EVENT_TYPE_MARKER_RECORDED and said.marker_name == PATCH:
                yield json.loads(said.details["patch-data"].payloads[0].data)["id"]

    @property
    def local(self) -> list[HistoryEvent]:
        """The markers of local activities that came to an end in it."""
        return [
            event
            for event in self.made
            if event.event_type == E.EVENT_TYPE_MARKER_RECORDED
            and event.marker_recorded_event_attributes.marker_name == LOCAL
        ]


def turns(events: Sequence[HistoryEvent], begin: int) -> Iterator[tuple[Turn, int]]:
    """The tasks that counted from a position on, each with the position behind it.

    ``begin`` is behind an earlier task's commands, or 0. What follows the last of them is left over.
    """
    news: list[HistoryEvent] = []
    index, count = begin, len(events)
    while index < count:
        event = events[index]
        index += 1
        if event.event_type != E.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            news.append(event)
            continue
        if index == count or events[index].event_type != E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            continue
        made_from = index = index + 1
        while index < count and events[index].event_type in COMMANDED:
            index += 1
        said = event.workflow_task_started_event_attributes
        yield (
            Turn(
                event.event_id,
                event.event_time.seconds * SECOND + event.event_time.nanos,
                said.history_size_bytes,
                said.suggest_continue_as_new,
                news,
                events[made_from:index],
                events[made_from - 1].workflow_task_completed_event_attributes.sdk_metadata.lang_used_flags,
            ),
            index,
        )
        news = []
