"""Histories as they were while their executions were in flight: cut behind the commands of each workflow task.

A history that is closed ends in its last command; one in flight may end at any of the others, and that is where a
deploy finds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.history.v1 import HistoryEvent

from harness.replay.history_file import NotReplayable, history_in
from harness.sim.worker.reading import COMMANDED

AT_MOST = 20
"""Prefixes of one history, evenly spread: each is replayed from its beginning, so all of them cost the square."""


def prefixes_of(file: Path) -> Iterator[tuple[int, str]]:
    """The prefixes of the history in a file, each as the last event's number and its JSON; without the whole."""
    try:
        events = history_in(file).events
    except NotReplayable:
        return
    read = json.loads(file.read_bytes())["events"]
    for count in spread(cuts(events)[:-1], AT_MOST):
        yield count, json.dumps({"events": read[:count]})


def cuts(events: Sequence[HistoryEvent]) -> list[int]:
    """How many events there were when each workflow task that completed had its commands carried out."""
    found = []
    for number, event in enumerate(events, 1):
        if event.event_type == E.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            while number < len(events) and events[number].event_type in COMMANDED:
                number += 1
            found.append(number)
    return found


def spread(numbers: Sequence[int], at_most: int) -> list[int]:
    """So many of the numbers, evenly, with the first and the last."""
    if len(numbers) <= at_most:
        return list(numbers)
    return [numbers[round(index * (len(numbers) - 1) / (at_most - 1))] for index in range(at_most)]
