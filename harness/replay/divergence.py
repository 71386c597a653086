"""Where a replay went another way: the event, what the history has there, what the code did instead, and its line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.history.v1 import HistoryEvent

from harness.replay.commands import commanded_in, event_name, recorded_after
from harness.sim.surface.replaying import Watched

THE_CORES_EVENT = re.compile(r"HistoryEvent\(id: (\d+)")
NOTHING = "nothing"


@dataclass(frozen=True)
class Divergence:
    """``recorded`` is the event, ``commanded`` the command in its place, ``places`` the lines that made it.

    Where the code commanded nothing, these are the lines at which it waits.
    """

    recorded: str
    commanded: str
    places: tuple[str, ...] = ()


def divergence_in(events: Sequence[HistoryEvent], seen: Watched, message: str) -> Divergence:
    """The first place at which the last workflow task that ran differs from the history.

    :param message: SDK Core's own sentence, which names the event where the commands alone do not tell.
    """
    if seen.activations:
        started_id = seen.activations[-1].started_id
        made = commanded_in([each for each in seen.activations if each.started_id == started_id])
        kept = recorded_after(events, started_id)
        waiting = sorted((places for places in seen.waits if places), key=lambda places: (-len(places), places))
        waits = tuple(dict.fromkeys(places[0] for places in waiting))
        for then, now in itertools.zip_longest(kept, made):
            if then is None:
                return Divergence("no event", str(now), now.places)
            if now is None:
                return Divergence(str(then), NOTHING, waits)
            if (then.kind, then.name) != (now.kind, now.name):
                return Divergence(str(then), str(now), now.places)
    named = THE_CORES_EVENT.search(message)
    event = next((each for each in events if named and each.event_id == int(named[1])), None)
    return Divergence(f"event {event.event_id} {event_name(event)}" if event else "", "")
