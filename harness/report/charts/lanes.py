"""One lane per worker: when its process lived, when it was busy, and the attempts that were cut short.

The picture of a kill: red bars end at a cross, and the same work goes on in another lane.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.judge.measures import work_began_seconds, work_lasted_seconds
from harness.record.record import Attempt, ProcessEvent, Record
from harness.report.charts.charts import WIDE, Chart, chart, frame
from harness.report.charts.svg import LEFT, RIGHT, TOP, Frame, fault_bands, line, rect, text, time_axis

LANES_SHOWN = 16
GAP_SECONDS = 0.02
LANE = 30.0
"""The height of a lane in pixels: its name above, its bar below."""
BAR = 9.0


@dataclass(frozen=True)
class Lane:
    """One worker, all its processes together; intervals and instants in seconds since the work began."""

    worker: str
    lives: tuple[tuple[float, float], ...]
    busy: tuple[tuple[float, float], ...]
    cut_short: tuple[tuple[float, float, str], ...]
    kills: tuple[float, ...]


def lanes(record: Record) -> tuple[Lane, ...]:
    """Every worker that logged an attempt, by name."""
    began, lasted = work_began_seconds(record), work_lasted_seconds(record)
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in record.attempts:
        attempts[attempt.worker].append(attempt)
    ends = {(event.name, event.pid): event.at_seconds for event in record.processes if event.event != "started"}
    events_of: dict[str, list[ProcessEvent]] = defaultdict(list)
    for event in record.processes:
        events_of[event.name].append(event)
    gap = max(GAP_SECONDS, lasted / WIDE)
    built = []
    for worker, logged in sorted(attempts.items()):
        events = events_of[worker]
        cut = [attempt for attempt in logged if attempt.ended_seconds is None]
        built.append(
            Lane(
                worker=worker,
                lives=_lives(events, began, lasted),
                busy=_union(
                    [
                        (a.started_seconds - began, a.ended_seconds - began)
                        for a in logged
                        if a.ended_seconds is not None
                    ],
                    gap,
                ),
                cut_short=tuple(
                    (a.started_seconds - began, ends.get((worker, a.pid), began + lasted) - began, _told(a))
                    for a in cut
                ),
                kills=tuple(event.at_seconds - began for event in events if event.event in ("killed", "died")),
            )
        )
    return tuple(built)


def _told(attempt: Attempt) -> str:
    return f"{attempt.activity} of {attempt.workflow_id}, attempt {attempt.attempt}: cut short"


def _lives(events: Sequence[ProcessEvent], began: float, lasted: float) -> tuple[tuple[float, float], ...]:
    started: dict[int, float] = {}
    lives = []
    for event in sorted(events, key=lambda each: each.at_seconds):
        if event.event == "started":
            started[event.pid] = event.at_seconds - began
        else:
            lives.append((started.pop(event.pid, 0.0), event.at_seconds - began))
    lives += [(start, lasted) for start in started.values()]
    return tuple((max(0.0, start), min(lasted, end)) for start, end in lives if end > 0 and start < lasted)


def _union(intervals: list[tuple[float, float]], gap: float) -> tuple[tuple[float, float], ...]:
    """Overlapping intervals as one: a worker runs many attempts at a time, and the picture needs only "busy".

    :param gap: what is this close together, in seconds, is one too: less than a pixel of the widest picture.
    """
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def lanes_chart(record: Record) -> Chart:
    """The lanes of at most 16 workers; the description says when there are more."""
    known = lanes(record)
    hidden = max(0, len(known) - LANES_SHOWN)

    def draw(width: float) -> tuple[float, Iterable[str]]:
        shown = known[:LANES_SHOWN]
        room = frame(record, width, TOP + LANE * max(1, len(shown)) + 28.0)
        body = [*fault_bands(room), *time_axis(room)]
        for place, lane in enumerate(shown):
            body += _drawn(lane, room, TOP + place * LANE)
        return room.height, body

    more = f" {hidden} more workers are not drawn." if hidden else ""
    return chart(
        "workers",
        "What each worker did",
        f"A red bar is an attempt that never reported an end; a cross is a process that was killed.{more}",
        draw,
        (("tone-4", "process up"), ("tone-1", "busy"), ("tone-bad", "cut short")),
    )


def _drawn(lane: Lane, room: Frame, top: float) -> list[str]:
    y = top + 16.0
    body = [
        text(LEFT, y - 4, lane.worker, "lane-name"),
        line(LEFT, y + BAR / 2, room.width - RIGHT, y + BAR / 2, "grid"),
    ]
    for start, end in lane.lives:
        body.append(rect(room.x(start), y, room.x(end) - room.x(start), BAR, "lane-life"))
    for start, end in lane.busy:
        body.append(rect(room.x(start), y, max(0.6, room.x(end) - room.x(start)), BAR, "lane-busy"))
    for start, end, told in lane.cut_short:
        body.append(rect(room.x(start), y - 1.5, max(1.5, room.x(end) - room.x(start)), BAR + 3, "lane-cut", told))
    for at in lane.kills:
        if 0.0 <= at <= room.lasted_seconds:
            x, middle = room.x(at), y + BAR / 2
            body.append(line(x - 4, middle - 4, x + 4, middle + 4, "kill"))
            body.append(line(x - 4, middle + 4, x + 4, middle - 4, "kill"))
    return body
