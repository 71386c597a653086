"""Small pictures of one idea each, several beside each other: attempts on their retry ladder, latency as a histogram.

Data flow: record → **small pictures** → page. Each is drawn for its column, twice as the other charts are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from harness.judge.measures import latencies_of, percentile
from harness.record.record import Record
from harness.report.charts.charts import Chart
from harness.report.charts.ladder import Retry, earliest_seconds, retries
from harness.report.charts.svg import TOP, Frame, Scale, dots, drawing, line, rect, text, ticks, time_axis

WIDE, NARROW = 470.0, 340.0
ROW = 22.0
BINS_PER_DECADE = 5
VALUES_FOR_A_SHAPE = 5


def small(name: str, title: str, description: str, draw: Callable[[float], tuple[float, Iterable[str]]]) -> Chart:
    """Draw once for a column of the wide page and once for a phone."""

    def drawn(kind: str, width: float) -> str:
        height, body = draw(width)
        return drawing(f"{name}-{kind}", title, description, (width, height), body)

    return Chart(name, title, description, drawn("wide", WIDE), drawn("narrow", NARROW))


def ladder_charts(record: Record) -> list[Chart]:
    """One picture for each activity type that was tried more than once."""
    of_type: dict[str, list[Retry]] = defaultdict(list)
    for retry in retries(record):
        of_type[retry.activity].append(retry)
    return [_ladder(record, place, name, of_type[name]) for place, name in enumerate(sorted(of_type), start=1)]


def _ladder(record: Record, place: int, activity: str, tried: Sequence[Retry]) -> Chart:
    last = max(retry.attempt for retry in tried)
    earliest = [earliest_seconds(record, activity, number) for number in range(2, last + 1)]
    longest = max([retry.after_seconds for retry in tried] + [at for at in earliest if at is not None]) * 1.08

    def draw(width: float) -> tuple[float, Iterable[str]]:
        room = Frame(width, TOP + ROW * (last - 1) + 24.0, longest)
        body = time_axis(room)
        for row, (number, at) in enumerate(zip(range(2, last + 1), earliest, strict=True)):
            y = TOP + ROW * row + ROW / 2
            body += [text(0.0, y + 4, f"no. {number}"), line(room.x(0.0), y, width - 10.0, y, "grid")]
            if at is not None:
                body.append(line(room.x(at), y - 9, room.x(at), y + 9, "floor-line"))
            for tone, lost in (("tone-1", False), ("tone-bad", True)):
                these = [retry for retry in tried if retry.attempt == number and retry.after_loss is lost]
                body.append(dots(((room.x(retry.after_seconds), y) for retry in these), f"big {tone}"))
        return room.height, body

    retried = len({retry.scheduling for retry in tried})
    return small(f"ladder-{place}", activity, f"{retried:,} retried, at most {last:,} attempts", draw)


@dataclass(frozen=True)
class Bin:
    """How many values lie from ``low`` to ``high`` seconds."""

    low: float
    high: float
    count: int


def bins(values: Sequence[float]) -> tuple[Bin, ...]:
    """The values in steps of a fifth of a decade, from the first that holds one to the last."""
    places = [math.floor(round(math.log10(max(value, 1e-3)) * BINS_PER_DECADE, 6)) for value in values]
    if not places:
        return ()
    edge = [10 ** (place / BINS_PER_DECADE) for place in range(min(places), max(places) + 2)]
    counts = [places.count(place) for place in range(min(places), max(places) + 1)]
    return tuple(Bin(low, high, count) for low, high, count in zip(edge, edge[1:], counts, strict=False))


def histogram_charts(record: Record, start: str) -> list[Chart]:
    """A histogram of latency per operation name, and of the time to the end of executions; of few values, none."""
    return [
        _histogram(place, name, values)
        for place, (name, values) in enumerate(latencies_of(record, start).items(), start=1)
        if len(values) >= VALUES_FOR_A_SHAPE
    ]


def _histogram(place: int, name: str, values: Sequence[float]) -> Chart:
    ordered = sorted(values)
    counted = bins(ordered)
    # At least a decade wide, so that many equal times are a bar and not a wall.
    low, high = counted[0].low, max(counted[-1].high, counted[0].low * 10)

    def draw(width: float) -> tuple[float, Iterable[str]]:
        room = Frame(width, 132.0, 1.0)
        x = Scale(low, high, 34.0, width - 10.0, log=True)
        top = max(each.count for each in counted)
        y = Scale(0.0, top, room.bottom, TOP + 8)
        body = [line(34.0, room.bottom, width - 10.0, room.bottom, "axis")]
        for value in [value for value in ticks(top, 2) if value == int(value)]:
            body += [
                line(34.0, y(value), width - 10.0, y(value), "grid"),
                text(28.0, y(value) + 4, f"{value:g}", anchor="end"),
            ]
        for each in counted:
            title = f"{each.count:,} from {_duration(each.low)} to {_duration(each.high)}"
            body.append(
                rect(
                    x(each.low) + 0.5,
                    y(each.count),
                    x(each.high) - x(each.low) - 1,
                    room.bottom - y(each.count),
                    "bar",
                    title,
                )
            )
        body += _marks(ordered, x, room.bottom, width)
        body += [
            text(x(value), room.height - 4, _duration(value), anchor="middle")
            for value in _decades(low, high)
            if x(value) < width - 24
        ]
        return room.height, body

    return small(f"histogram-{place}", name, f"{len(ordered):,} times; dashed: p50 and p99", draw)


def _marks(ordered: Sequence[float], x: Scale, bottom: float, width: float) -> list[str]:
    drawn = []
    for share, label, anchor in ((0.5, "p50", "end"), (0.99, "p99", "start")):
        at = x(percentile(ordered, share))
        side = -4 if anchor == "end" else 4
        if at > width - 34 and anchor == "start":
            anchor, side = "end", -4
        drawn.append(line(at, TOP - 4, at, bottom, "floor-line"))
        drawn.append(text(at + side, TOP, label, "floor-label", anchor))
    return drawn


def _decades(low: float, high: float) -> list[float]:
    first, last = math.ceil(round(math.log10(low), 6)), math.floor(round(math.log10(high), 6))
    found = [10.0**power for power in range(first, last + 1)]
    return found or [low, high]


def _duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
