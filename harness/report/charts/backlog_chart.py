"""The chart of what waits: workflows open and tasks that no worker has taken yet, over the time of the run."""

from __future__ import annotations

from collections.abc import Iterable

from harness.judge.measures import BacklogPoint, backlog
from harness.record.record import Record
from harness.report.charts.charts import Chart, chart, frame
from harness.report.charts.svg import TOP, Scale, fault_bands, polyline, ticks, time_axis, value_axis

POINTS_SHOWN = 480


def backlog_chart(record: Record) -> Chart:
    """Executions open and tasks waiting, as the harness sampled them."""
    points = _thinned(backlog(record))
    top = max((max(point.running, point.backlog) for point in points), default=0)

    def draw(width: float) -> tuple[float, Iterable[str]]:
        room = frame(record, width, 150.0)
        y = Scale(0.0, max(top * 1.1, 1.0), room.bottom, TOP)
        axes = [*value_axis(room, y, [(value, f"{value:g}") for value in ticks(top, 3)]), *time_axis(room)]
        lines = [
            polyline([(room.x(p.at_seconds), y(p.running)) for p in points], "curve tone-1"),
            polyline([(room.x(p.at_seconds), y(p.backlog)) for p in points], "curve tone-2"),
        ]
        return room.height, [*fault_bands(room), *axes, *(lines if points else [])]

    return chart(
        "backlog",
        "Open workflows and waiting tasks",
        f"At most {top:,} at once.",
        draw,
        (("tone-1", "workflows open"), ("tone-2", "tasks waiting for a worker")),
    )


def _thinned(points: tuple[BacklogPoint, ...]) -> tuple[BacklogPoint, ...]:
    """No more points than there are pixels: of several, the highest of each curve, so that no peak is lost."""
    each = -(-len(points) // POINTS_SHOWN)
    if each <= 1:
        return points
    groups = (points[start : start + each] for start in range(0, len(points), each))
    return tuple(
        BacklogPoint(group[0].at_seconds, max(p.running for p in group), max(p.backlog for p in group))
        for group in groups
    )
