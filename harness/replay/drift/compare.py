"""Holds every command of a replay against its event, and names each field that is not as it was."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any

import temporalio.converter
from temporalio.api.history.v1 import HistoryEvent

from harness.replay.commands import CLOSES, Commanded, Recorded, commanded_in, recorded, recorded_after
from harness.replay.divergence import NOTHING
from harness.replay.drift.fields import fields_of
from harness.replay.drift.plain import differences, payloads_in, seconds
from harness.replay.result import Drift
from harness.sim.surface import WorkflowCommand
from harness.sim.surface.replaying import Activated

VALUE_CHARACTERS = 120
HIDDEN = "(encoded)"
PLAIN = ("_timeout", "task_queue", "_policy", "priority", "fairness_key", "fairness_weight")
"""How fields end that no codec has touched."""
HEARD = {"start_timer", "schedule_activity", "start_child_workflow_execution", *CLOSES}
"""The commands that are told of where the history has no event of them; SDK Core may drop others."""


async def drifts_in(
    events: Sequence[HistoryEvent],
    activations: Sequence[Activated],
    codec: temporalio.converter.PayloadCodec | None = None,
) -> tuple[Drift, ...]:
    """All drift of one history that replayed.

    :param codec: what the events' payloads were encoded with. Where there is one, no value is shown: it may be secret.
    """
    begun = events[0].workflow_execution_started_event_attributes
    run_seconds = seconds(begun.workflow_run_timeout)
    found: list[Drift] = []
    for kept, made in pairs(events, activations):
        event = HistoryEvent()
        event.CopyFrom(kept.event)
        if codec is not None:
            await _decode(event, codec)
        attributes = getattr(event, event.WhichOneof("attributes") or "")
        then, now = fields_of(kept.kind, attributes, getattr(made.command, made.kind), run_seconds)
        for field, was, is_now in differences(then, now):
            secret = codec is not None and _of_payload(field)
            shown = (HIDDEN, HIDDEN) if secret else (_text(was, field), _text(is_now, field))
            found.append(Drift(str(kept), field, *shown, made.places))
    return (*found, *_unheard(events, activations))


def _unheard(events: Sequence[HistoryEvent], activations: Sequence[Activated]) -> Iterator[Drift]:
    """What the code commands in the last task that completed and the history has no event of.

    SDK Core waits with such a command for the next task, so that where there is none it tells nothing.
    """
    tasks = [event for event in events if event.HasField("workflow_task_completed_event_attributes")]
    last = tasks[-1].workflow_task_completed_event_attributes.started_event_id if tasks else 0
    those = [each for each in activations if each.started_id == last]
    called_off = {_called_off(command) for each in those for command in each.commands}
    kept = Counter((each.kind, each.name) for each in recorded_after(events, last))
    for made in commanded_in(those):
        kept[made.kind, made.name] -= 1
        began = made.kind, getattr(getattr(made.command, made.kind), "seq", None)
        if made.kind in HEARD and kept[made.kind, made.name] < 0 and began not in called_off:
            yield Drift(
                f"event {tasks[-1].event_id} WorkflowTaskCompleted", "commands", NOTHING, str(made), made.places
            )


def _called_off(command: WorkflowCommand) -> tuple[str, int]:
    """What a command calls off: SDK Core sends neither where both come in one task."""
    if command.HasField("cancel_child_workflow_execution"):
        return "start_child_workflow_execution", command.cancel_child_workflow_execution.child_workflow_seq
    return "schedule_activity", command.request_cancel_activity.seq


def pairs(events: Sequence[HistoryEvent], activations: Sequence[Activated]) -> Iterator[tuple[Recorded, Commanded]]:
    """Each event of a command with its command; one that has no partner is SDK Core's to tell."""
    by_task: dict[int, list[Activated]] = defaultdict(list)
    for each in activations:
        by_task[each.started_id].append(each)
    left: dict[tuple[int, str, str], deque[Commanded]] = defaultdict(deque)
    for started_id, those in by_task.items():
        for made in commanded_in(those):
            left[started_id, made.kind, made.name].append(made)
    for started_id, kept in recorded(events):
        if waiting := left[started_id, kept.kind, kept.name]:
            yield kept, waiting.popleft()


async def _decode(event: HistoryEvent, codec: temporalio.converter.PayloadCodec) -> None:
    for payload in payloads_in(event):
        decoded = await codec.decode([payload])
        if len(decoded) == 1:
            payload.CopyFrom(decoded[0])


def _of_payload(field: str) -> bool:
    return not field.endswith(PLAIN) and not field.startswith("retry_policy")


def _text(value: Any, field: str) -> str:
    lasts = field.endswith(("_timeout", "_interval")) and isinstance(value, int | float)
    text = f"{value:.12g} s" if lasts else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= VALUE_CHARACTERS else f"{text[:VALUE_CHARACTERS]}…"
