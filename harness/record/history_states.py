"""What one history says of the application's status attribute: each value that it took, and when it was not right.

Data flow: fetched history → **states** → plain JSON for the journal. Pure.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

import temporalio.api.common.v1
from temporalio.api.history.v1 import HistoryEvent as Event


def state_of(events: Iterable[Event], status_attribute: str) -> str | None:
    """The last value of the search attribute; ``None`` when it was never set."""
    return next(reversed(list(entered(events, status_attribute))), None)


def entered(events: Iterable[Event], attribute: str) -> Iterator[str]:
    """Each value that the attribute changed to. Setting it again to what it was is no change."""
    before: str | None = None
    for event in events:
        value = _set_by(event, attribute)
        if value is not None and value != before:
            yield value
            before = value


def _set_by(event: Event, attribute: str) -> str | None:
    """The value that the event gives to the search attribute, ``None`` when it gives none."""
    for attributes in (
        event.workflow_execution_started_event_attributes.search_attributes,
        event.upsert_workflow_search_attributes_event_attributes.search_attributes,
    ):
        if attribute in attributes.indexed_fields:
            return _text(attributes.indexed_fields[attribute])
    return None


def tried_again_in(events: Iterable[Event], attribute: str) -> Iterator[str]:
    """What the attribute was whenever the only activity that was given up on is scheduled once more.

    That is another activity of the same type and input; one of another input, for another payment, is no second try.
    """
    state = ""
    scheduled: dict[int, tuple[str, bytes]] = {}
    given_up: Counter[tuple[str, bytes]] = Counter()
    for event in events:
        state = _set_by(event, attribute) or state
        if event.HasField("activity_task_scheduled_event_attributes"):
            task = event.activity_task_scheduled_event_attributes
            asked = scheduled[event.event_id] = (
                task.activity_type.name,
                task.input.SerializeToString(deterministic=True),
            )
            if given_up[asked]:
                given_up[asked] -= 1
                if not given_up.total():
                    yield state
        elif event.HasField("activity_task_failed_event_attributes"):
            given_up[scheduled[event.activity_task_failed_event_attributes.scheduled_event_id]] += 1
        elif event.HasField("activity_task_timed_out_event_attributes"):
            given_up[scheduled[event.activity_task_timed_out_event_attributes.scheduled_event_id]] += 1


def _text(payload: temporalio.api.common.v1.Payload) -> str:
    """A keyword search attribute; the server keeps these as JSON, never encoded by an application's codec."""
    try:
        value = json.loads(payload.data)
    except ValueError:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
