"""Commands and the events they make, named alike, so that they can stand side by side.

SDK Core keeps some commands back and adds some of its own; what never becomes an event, or has no command of the
application, is left out on both sides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.surface import WorkflowCommand
from harness.sim.surface.replaying import Activated
from harness.sim.worker.reading import COMMANDED

LOCAL_ACTIVITY, PATCH = "core_local_activity", "core_patch"
VERSIONS = "TemporalChangeVersion"
CLOSES = {kind for kind in COMMANDED.values() if kind.endswith("_workflow_execution")} - {
    "signal_external_workflow_execution",
    "request_cancel_external_workflow_execution",
}
KEPT_BACK = {"schedule_local_activity", "request_cancel_local_activity", "cancel_signal_workflow"}


@dataclass(frozen=True)
class Commanded:
    """One command that becomes an event: ``kind`` as the SDK calls it, ``name`` what it is about."""

    kind: str
    name: str
    command: WorkflowCommand
    places: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_words(self.kind)} {self.name}".strip()


@dataclass(frozen=True)
class Recorded:
    """The event of a command."""

    kind: str
    name: str
    event: HistoryEvent

    def __str__(self) -> str:
        name = "" if self.kind == "update_response" else self.name  # its event says it
        return f"event {self.event.event_id} {event_name(self.event)} {name}".strip()


def event_name(event: HistoryEvent) -> str:
    """The event's type as people write it: "ActivityTaskScheduled"."""
    return "".join(part.title() for part in E.EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").split("_"))


def commanded_in(activations: Sequence[Activated]) -> list[Commanded]:
    """What one workflow task commanded, in the order in which the server hears of it."""
    made = [pair for each in activations for pair in zip(each.commands, [*each.places, *[()] * 99], strict=False)]
    kinds = [command.WhichOneof("variant") or "" for command, _ in made]
    cancelled = {command.cancel_timer.seq for command, _ in made if command.HasField("cancel_timer")}
    unset = {c.start_timer.seq for c, _ in made if c.HasField("start_timer")} & cancelled
    kept: list[Commanded] = []
    last: list[Commanded] = []
    for (command, places), kind in zip(made, kinds, strict=True):
        if kind in KEPT_BACK or getattr(command, kind, None) is None:
            continue
        if kind in ("start_timer", "cancel_timer") and getattr(command, kind).seq in unset:
            continue
        found = Commanded(kind, _name_of_command(command, kind), command, places)
        (last if kind in CLOSES else kept).append(found)
    return kept + last[:1]


def recorded_after(events: Sequence[HistoryEvent], started_id: int) -> list[Recorded]:
    """The events that the commands of one workflow task made."""
    return [made for task, made in recorded(events) if task == started_id]


def recorded(events: Sequence[HistoryEvent]) -> Iterator[tuple[int, Recorded]]:
    """Every event of a command, with the event that began its workflow task."""
    started_id, completed = 0, False
    for event in events:
        if event.event_type == E.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            started_id, completed = event.event_id, False
        elif event.event_type == E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            completed = True
        elif not completed or event.event_type not in COMMANDED:
            completed = completed and event.event_type in COMMANDED
        elif not _cores_own(event):
            yield started_id, _recorded(event)


def _recorded(event: HistoryEvent) -> Recorded:
    kind = COMMANDED[event.event_type]
    patch = event.marker_recorded_event_attributes.marker_name == PATCH
    return Recorded("set_patch_marker" if patch else kind, _name_of_event(event), event)


def _cores_own(event: HistoryEvent) -> bool:
    """What SDK Core writes by itself: markers of local activities, and which patches a workflow has seen."""
    fields = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
    return event.marker_recorded_event_attributes.marker_name == LOCAL_ACTIVITY or set(fields) == {VERSIONS}


def _name_of_command(command: WorkflowCommand, kind: str) -> str:
    said = getattr(command, kind)
    if kind == "schedule_activity":
        return f"{said.activity_type} (id {said.activity_id})"
    if kind in ("start_timer", "cancel_timer"):
        return f"(id {said.seq})"
    if kind == "start_child_workflow_execution":
        return f"{said.workflow_type} (id {said.workflow_id})"
    if kind == "set_patch_marker":
        return str(said.patch_id)
    return f"{said.WhichOneof('response')}" if kind == "update_response" else ""


def _name_of_event(event: HistoryEvent) -> str:
    said = getattr(event, event.WhichOneof("attributes") or "")
    kind = COMMANDED[event.event_type]
    if kind == "schedule_activity":
        return f"{said.activity_type.name} (id {said.activity_id})"
    if kind in ("start_timer", "cancel_timer"):
        return f"(id {said.timer_id})"
    if kind == "start_child_workflow_execution":
        return f"{said.workflow_type.name} (id {said.workflow_id})"
    if kind == "marker" and said.marker_name == PATCH:
        return patch_of(event)
    if kind == "update_response":
        accepted = event.event_type == E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
        return "accepted" if accepted else "rejected" if said.outcome.HasField("failure") else "completed"
    return ""


def patch_of(event: HistoryEvent) -> str:
    """The id of the patch that the marker of one is about; empty where it does not say it."""
    details = event.marker_recorded_event_attributes.details
    try:
        return str(json.loads(details["patch-data"].payloads[0].data)["id"]) if "patch-data" in details else ""
    except (ValueError, LookupError, TypeError):
        return ""


def _words(kind: str) -> str:
    """A command as the SDK's own documents call it: "ScheduleActivity"."""
    return "".join(part.title() for part in kind.removesuffix("_execution").split("_"))
