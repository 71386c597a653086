"""The charts over time: what was broken when, closes per second, latency.

Each chart is drawn twice, for a wide page and for a phone, because text that shrinks with its drawing cannot be read.
All share one time axis, seconds since the work began, with the fault windows shaded behind.
``harness.report.charts.lanes``, ``recovery_chart`` and ``backlog_chart`` draw the others. Nothing is loaded: no script,
no font, no picture.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.judge.measures import (
    started_executions,
    throughput,
    work_began_seconds,
    work_lasted_seconds,
)
from harness.record.record import Operation, Outcome, Record
from harness.report.charts.svg import (
    CHARACTER_WIDTH,
    MANY_BANDS,
    TOP,
    Band,
    Frame,
    Scale,
    dots,
    drawing,
    fault_bands,
    line,
    polyline,
    rect,
    text,
    ticks,
    time_axis,
    value_axis,
)

WIDE, NARROW = 960.0, 360.0
ROW = 17.0
"""The height of a row of the fault strip, in pixels."""
ROWS_SHOWN = 16


@dataclass(frozen=True)
class Chart:
    """A chart for two widths of page, with the legend as (colour class, label) for the page to set in type."""

    name: str
    title: str
    description: str
    wide: str
    narrow: str
    legend: tuple[tuple[str, str], ...] = ()


def chart(
    name: str,
    title: str,
    description: str,
    draw: Callable[[float], tuple[float, Iterable[str]]],
    legend: tuple[tuple[str, str], ...] = (),
) -> Chart:
    """Draw once for each width. ``draw`` takes the width in pixels and returns the height and the body."""

    def drawn(kind: str, width: float) -> str:
        height, body = draw(width)
        return drawing(f"{name}-{kind}", title, description, (width, height), body)

    return Chart(name, title, description, drawn("wide", WIDE), drawn("narrow", NARROW), legend)


def bands(record: Record) -> tuple[Band, ...]:
    """The windows of the faults that were injected, numbered as in the table of faults (by their place in the plan)."""
    began = work_began_seconds(record)
    return tuple(
        Band(
            number=index,
            title=f"{index} {fault.kind}: {fault.description}",
            start_seconds=fault.injected_seconds - began,
            end_seconds=None if fault.healed_seconds is None else fault.healed_seconds - began,
        )
        for index, fault in enumerate(record.faults, start=1)
        if fault.injected_seconds is not None
    )


def frame(record: Record, width: float, height: float) -> Frame:
    """The room for one chart of this record."""
    return Frame(width, height, work_lasted_seconds(record), bands(record))


def faults_chart(record: Record) -> Chart:
    """The phases of the run, and below them every fault as a bar from injection to healing."""

    def draw(width: float) -> tuple[float, Iterable[str]]:
        room = frame(record, width, 0.0)
        rows = _rows(record, room)[:ROWS_SHOWN]
        height = TOP + ROW * max(1, len(rows)) + 26.0
        room = frame(record, width, height)
        body = [*_phases(record, room), *time_axis(room)]
        for row, placed in enumerate(rows):
            for band, start, end, label in placed:
                y = TOP + 6 + row * ROW
                body.append(rect(start, y, max(end - start, 3.0), 9.0, "fault-bar", band.title))
                body.append(text(max(end, start + 3.0) + 4, y + 8.5, label, "fault-label"))
        return height, body

    more = f" Of {len(record.faults):,} only those that find room." if len(record.faults) > MANY_BANDS else ""
    told = f"Every fault from its injection to its healing.{more}"
    return chart("faults", "What was broken, and when", told, draw)


def _rows(record: Record, room: Frame) -> list[list[tuple[Band, float, float, str]]]:
    """Bars with their labels in as few rows as do not overlap, each label beside its bar."""
    kinds = {index: fault.kind for index, fault in enumerate(record.faults, start=1)}
    rows: list[list[tuple[Band, float, float, str]]] = []
    free: list[float] = []
    for band in sorted(room.bands, key=lambda each: each.start_seconds):
        start = room.x(band.start_seconds)
        end = room.x(room.lasted_seconds if band.end_seconds is None else band.end_seconds)
        label = f"{band.number} {kinds[band.number]}"[:28]
        if end + 4 + CHARACTER_WIDTH * len(label) > room.width:
            label = str(band.number)
        needed = max(end, start + 3.0) + 10 + CHARACTER_WIDTH * len(label)
        row = next((index for index, until in enumerate(free) if until <= start), len(free))
        if row == len(free):
            rows.append([])
            free.append(0.0)
        rows[row].append((band, start, end, label))
        free[row] = needed
    return rows


def _phases(record: Record, room: Frame) -> list[str]:
    began, drawn, free_from = work_began_seconds(record), [], 0.0
    for phase in record.phases:
        start = phase.entered_seconds - began
        if not 0.0 <= start <= room.lasted_seconds:
            continue
        at = room.x(start)
        if at >= free_from and at + CHARACTER_WIDTH * len(phase.name) < room.width:
            drawn += [line(at, 2.0, at, TOP - 2, "phase-line"), text(at + 4, 11.0, phase.name, "phase")]
            free_from = at + CHARACTER_WIDTH * (len(phase.name) + 1)
    return drawn


def throughput_chart(record: Record) -> Chart:
    """Workflow closes per second as steps."""
    measured = throughput(record)

    def draw(width: float) -> tuple[float, Iterable[str]]:
        room = frame(record, width, 150.0)
        y = Scale(0.0, max(measured.peak_per_second * 1.1, 1e-6), room.bottom, TOP)
        steps = [(room.x(0.0), room.bottom)]
        for bucket in measured.buckets:
            end = bucket.start_seconds + measured.bucket_seconds
            steps += [(room.x(bucket.start_seconds), y(bucket.per_second)), (room.x(end), y(bucket.per_second))]
        steps.append((room.x(room.lasted_seconds), room.bottom))
        values = [(value, f"{value:g}") for value in ticks(measured.peak_per_second, 3)]
        axes = [*value_axis(room, y, values), *time_axis(room)]
        return room.height, [*fault_bands(room), *axes, polyline(steps, "area tone-1")]

    return chart(
        "throughput",
        "Workflows closed per second",
        f"Peak {measured.peak_per_second:.1f}/s, {measured.mean_per_second:.1f}/s on average, "
        f"in steps of {measured.bucket_seconds:g} s.",
        draw,
    )


def latency_chart(record: Record, start: str = "process") -> Chart:
    """Every operation as a dot: when it was intended, and how long it took, on a logarithmic scale."""
    series = _latencies(record, start)
    values = [seconds for points in series.values() for _, seconds in points]
    low = 10.0 ** math.floor(math.log10(max(min(values, default=0.01), 0.001)))
    high = 10.0 ** math.ceil(math.log10(max(max(values, default=1.0), low * 1.01)))
    names = sorted(series, key=lambda name: (name == _FAILED, name))
    tones = {name: "tone-bad" if name == _FAILED else f"tone-{1 + place % 5}" for place, name in enumerate(names)}

    def draw(width: float) -> tuple[float, Iterable[str]]:
        room = frame(record, width, 230.0)
        y = Scale(low, high, room.bottom, TOP, log=True)
        decades = [low * 10**power for power in range(round(math.log10(high / low)) + 1)]
        axes = [*value_axis(room, y, [(value, _duration(value)) for value in decades]), *time_axis(room)]
        clouds = [dots(((room.x(at), y(took)) for at, took in series[name]), tones[name]) for name in names]
        return room.height, [*fault_bands(room), *axes, *clouds]

    return chart(
        "latency",
        "How long each operation took",
        "From the intended start, so that waiting counts; logarithmic.",
        draw,
        tuple((tones[name], name) for name in names),
    )


_FAILED = "not OK (FAIL or UNKNOWN)"


def _latencies(record: Record, start: str) -> dict[str, list[tuple[float, float]]]:
    began = work_began_seconds(record)
    series: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def add(name: str, operation: Operation, ended_seconds: float) -> None:
        intended = operation.intended_seconds
        if intended < began:
            return
        series[name].append((intended - began, max(0.001, ended_seconds - intended)))

    for operation in record.operations:
        if operation.returned_seconds is not None:
            add(operation.name if operation.outcome is Outcome.OK else _FAILED, operation, operation.returned_seconds)
    for operation, execution in started_executions(record, start):
        if execution is not None and execution.closed_seconds is not None:
            add(f"{start} → closed", operation, execution.closed_seconds)
    return series


def _duration(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 1 else f"{seconds * 1000:g} ms"
