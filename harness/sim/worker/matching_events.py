"""Holds what a run commanded against what its history says it commanded, as SDK Core does.

A difference is nondeterminism: the code that reads the history is not the code that made it, or it is not a function
of the history alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from harness.sim.server.answers import Marker
from harness.sim.surface import WorkflowCommand
from harness.sim.worker.jobs import Machines
from harness.sim.worker.reading import COMMANDED


class Nondeterminism(Exception):
    """The commands are not those of the history.

    :ivar event_id: the event that has no command, or 0 when a command has no event.
    """

    def __init__(self, message: str, event_id: int) -> None:
        super().__init__(message)
        self.event_id = event_id


def match(machines: Machines, sent: Sequence[WorkflowCommand | Marker], made: Sequence[HistoryEvent]) -> None:
    """Give each command its event, and remember what later events mean by it.

    :raises Nondeterminism: they are not the same.
    """
    commands = _with_event(machines, sent)
    for event in made:
        command = next(commands, None)
        if command is None:
            raise Nondeterminism(f"event {event.event_id} {_name(event)} has no command", event.event_id)
        kind = "marker" if isinstance(command, Marker) else command.WhichOneof("variant") or ""
        wanted = COMMANDED[event.event_type]
        same = kind == wanted or (kind == "cancel_child_workflow_execution" and wanted.startswith("request_cancel_ext"))
        if not same or not _alike(command, event):
            raise Nondeterminism(
                f"event {event.event_id} {_name(event)} does not belong to the command {kind}", event.event_id
            )
        if not isinstance(command, Marker):
            _remember(machines, kind, command, event)
    left = next(commands, None)
    if left is not None:
        what = "marker" if isinstance(left, Marker) else left.WhichOneof("variant")
        raise Nondeterminism(f"the command {what} has no event", 0)


def _name(event: HistoryEvent) -> str:
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")


def _with_event(machines: Machines, sent: Sequence[WorkflowCommand | Marker]) -> Iterator[WorkflowCommand | Marker]:
    """All but the rejections of updates, of which nothing stays."""
    for command in sent:
        if not isinstance(command, Marker) and command.HasField("update_response"):
            said = command.update_response
            if said.WhichOneof("response") == "accepted":
                machines.accepted.add(said.protocol_instance_id)
            elif said.WhichOneof("response") == "rejected" and said.protocol_instance_id not in machines.accepted:
                continue
        yield command


def _alike(command: WorkflowCommand | Marker, event: HistoryEvent) -> bool:
    """Whether they name the same timer, activity, child or marker."""
    if isinstance(command, Marker):
        return command.name == event.marker_recorded_event_attributes.marker_name
    if command.HasField("start_timer"):
        return str(command.start_timer.seq) == event.timer_started_event_attributes.timer_id
    if command.HasField("cancel_timer"):
        return str(command.cancel_timer.seq) == event.timer_canceled_event_attributes.timer_id
    if command.HasField("schedule_activity"):
        said = event.activity_task_scheduled_event_attributes
        wanted = command.schedule_activity
        return (wanted.activity_id, wanted.activity_type) == (said.activity_id, said.activity_type.name)
    if command.HasField("start_child_workflow_execution"):
        begun = event.start_child_workflow_execution_initiated_event_attributes
        child = command.start_child_workflow_execution
        return (child.workflow_id, child.workflow_type) == (begun.workflow_id, begun.workflow_type.name)
    return True


def _remember(machines: Machines, kind: str, command: WorkflowCommand, event: HistoryEvent) -> None:
    event_id = event.event_id
    if kind == "schedule_activity":
        machines.activities[event_id] = command.schedule_activity
    elif kind == "start_child_workflow_execution":
        machines.children[event_id] = command.start_child_workflow_execution
    elif kind == "signal_external_workflow_execution":
        machines.signals[event_id] = command.signal_external_workflow_execution.seq
    elif kind == "request_cancel_external_workflow_execution":
        machines.cancellations[event_id] = command.request_cancel_external_workflow_execution.seq
    elif kind == "cancel_child_workflow_execution":
        seq = command.cancel_child_workflow_execution.child_workflow_seq
        known = (initiated for initiated, child in machines.children.items() if child.seq == seq)
        machines.child_cancellations[event_id] = next(known, 0)
