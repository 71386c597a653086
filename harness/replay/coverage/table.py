"""Counts what the histories of a corpus have in them, and shows it beside what the code can do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from temporalio.api.history.v1 import HistoryEvent

from harness.record.history_reader import status_of
from harness.replay.commands import PATCH as PATCH_MARKER
from harness.replay.commands import patch_of
from harness.replay.coverage.declared import ACTIVITY, PATCH, SIGNAL, UPDATE, Item
from harness.replay.gate.corpus import RECORD
from harness.verdict import counted

MISSING = "missing"


@dataclass
class Seen:
    """What the histories of one type have in them: how many have each thing, and how they ended."""

    statuses: Counter[str] = field(default_factory=Counter)
    items: Counter[Item] = field(default_factory=Counter)


def seen_in(histories: Iterable[Sequence[HistoryEvent]]) -> Mapping[str, Seen]:
    """Type of workflow → what its histories have in them."""
    found: dict[str, Seen] = defaultdict(Seen)
    for events in histories:
        of = found[events[0].workflow_execution_started_event_attributes.workflow_type.name]
        of.statuses[status_of(events)] += 1
        of.items.update({item for event in events for item in _items(event)})
    return found


def lines_of(declared: Mapping[str, Sequence[Item]], seen: Mapping[str, Seen], corpus: str) -> Iterator[str]:
    """The table, one block for each type, with what to do about what is missing.

    :param corpus: the folder to record into, for a person to type.
    """
    for name, items in sorted(declared.items()):
        of = seen.get(name, Seen())
        ended = ", ".join(f"{count} {status.lower()}" for status, count in of.statuses.most_common())
        yield f"{name}: {counted(of.statuses.total(), 'history', 'histories')}{f' ({ended})' if ended else ''}"
        width = max((len(item.name) for item in items), default=0)
        for item in items:
            yield f"  {item.kind:8}  {item.name:{width}}  {of.items[item] or MISSING}"
        if not of.statuses["RUNNING"]:
            yield f"  no execution in flight: {RECORD} --type {name} --corpus {corpus}"
        if any(not of.items[item] for item in items):
            yield "  what is missing comes with an execution that has it: find one with --query, or a run with --from"


def without_history(declared: Mapping[str, Sequence[Item]], seen: Mapping[str, Seen]) -> list[str]:
    """The types that nothing is known of."""
    return [name for name in sorted(declared) if name not in seen]


def _items(event: HistoryEvent) -> Iterator[Item]:
    if event.HasField("workflow_execution_signaled_event_attributes"):
        yield Item(SIGNAL, event.workflow_execution_signaled_event_attributes.signal_name)
    elif event.HasField("workflow_execution_update_accepted_event_attributes"):
        yield Item(UPDATE, event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name)
    elif event.HasField("activity_task_scheduled_event_attributes"):
        yield Item(ACTIVITY, event.activity_task_scheduled_event_attributes.activity_type.name)
    elif event.marker_recorded_event_attributes.marker_name == PATCH_MARKER:
        yield Item(PATCH, patch_of(event))
