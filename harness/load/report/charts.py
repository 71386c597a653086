"""The pictures of a load run: what ended each second, how long it took, how latency is spread, raw and corrected.

Data flow: outcome → **charts** → ``report``. Drawn with the primitives of the run's report, for a wide page and
for a phone; the windows of faults lie shaded behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from harness.load.judge.outcome import LoadOutcome
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Kind
from harness.load.measure.shown import duration
from harness.load.report.work import lasted_seconds, step_seconds, steps_of, work_of
from harness.report.charts.charts import Chart, chart
from harness.report.charts.svg import (
    LEFT,
    RIGHT,
    TOP,
    Frame,
    Scale,
    fault_bands,
    line,
    polyline,
    text,
    ticks,
    time_axis,
    value_axis,
)

CURVES_AT_MOST = 5


def throughput_chart(outcome: LoadOutcome) -> Chart:
    """What ended well per second as steps; what was begun, and what failed, as a line each where there is any."""
    name, rows = work_of(outcome)
    width = step_seconds(outcome)
    well = [(at, second.succeeded / width) for at, second in steps_of(outcome, rows)]
    every = list(outcome.measurements.rows().values())
    starts = [measured for row, measured in outcome.measurements.rows().items() if row.kind is Kind.START]
    begun = [(at, second.succeeded / width) for at, second in steps_of(outcome, starts)]
    badly = [(at, second.failed / width) for at, second in steps_of(outcome, every)]
    top = max((value for _, value in [*well, *begun, *badly]), default=0.0)
    failures = any(value for _, value in badly)

    def draw(page: float) -> tuple[float, Iterable[str]]:
        room = Frame(page, 170.0, lasted_seconds(outcome), outcome.bands)
        y = Scale(0.0, max(top * 1.1, 1e-6), room.bottom, TOP)
        axes = [*value_axis(room, y, [(value, f"{value:g}") for value in ticks(top, 3)]), *time_axis(room)]
        drawn = [polyline(_stairs(well, width, room, y), "area tone-1")]
        if begun:
            drawn.append(polyline(_stairs(begun, width, room, y), "curve tone-2"))
        if failures:
            drawn.append(polyline(_stairs(badly, width, room, y), "curve tone-bad"))
        return room.height, [*fault_bands(room), *axes, *drawn]

    legend = [("tone-1", f"{name} that ended well")]
    legend += [("tone-2", "started")] if begun else []
    legend += [("tone-bad", "errors of all rows")] if failures else []
    means = f"At most {top:,.1f}/s, in steps of {width} s."
    return chart("done", f"What was done each second: {name}", means, draw, tuple(legend))


def _stairs(points: Sequence[tuple[float, float]], width: float, room: Frame, y: Scale) -> list[tuple[float, float]]:
    stairs = [(room.x(0.0), room.bottom)]
    for at, value in points:
        stairs += [(room.x(at), y(value)), (room.x(at + width), y(value))]
    return [*stairs, (stairs[-1][0], room.bottom)]


def latency_chart(outcome: LoadOutcome) -> Chart:
    """The corrected p99 of each row over time, on a logarithmic scale; a step in which nothing ended is a gap."""
    width = step_seconds(outcome)
    curves = [
        (str(row), [(at + width / 2, second.percentile(0.99)) for at, second in steps_of(outcome, [measured])])
        for row, measured in outcome.measurements.rows().items()
        if measured.succeeded
    ][:CURVES_AT_MOST]
    low, high = decades(seconds for _, points in curves for _, seconds in points if seconds is not None)

    def draw(page: float) -> tuple[float, Iterable[str]]:
        room = Frame(page, 210.0, lasted_seconds(outcome), outcome.bands)
        y = Scale(low, high, room.bottom, TOP, log=True)
        drawn = [
            part
            for place, (_, points) in enumerate(curves, start=1)
            for part in pieces(points, room.x, y, f"curve tone-{place}")
        ]
        return room.height, [*fault_bands(room), *value_axis(room, y, _powers(low, high)), *time_axis(room), *drawn]

    return chart(
        "latency",
        "p99 over time",
        f"Corrected, of what ended in each {width} s; logarithmic.",
        draw,
        tuple((f"tone-{place}", name) for place, (name, _) in enumerate(curves, start=1)),
    )


def pieces(
    points: Sequence[tuple[float, float | None]], x: Callable[[float], float], y: Callable[[float], float], css: str
) -> Iterable[str]:
    """A curve in as many pieces as gaps leave; a single point is a short line, so that it can be seen."""
    for known, part in groupby(points, key=lambda point: point[1] is not None):
        if known:
            places = [(x(at), y(seconds)) for at, seconds in part if seconds is not None]
            yield polyline(places if len(places) > 1 else [(places[0][0] - 1.5, places[0][1]), places[0]], css)


def spread_chart(outcome: LoadOutcome) -> Chart:
    """Latency by percentile, raw and corrected over each other: where they part, somebody waited unseen."""
    name, rows = work_of(outcome)
    raw, corrected = Latencies(), Latencies()
    for measured in rows:
        raw.merge(measured.raw)
        corrected.merge(measured.corrected)
    spreads = [raw.distribution(), corrected.distribution()]
    low, high = decades(seconds for spread in spreads for _, seconds in spread)
    nines = max(10.0, corrected.count, raw.count)

    def draw(page: float) -> tuple[float, Iterable[str]]:
        room = Frame(page, 230.0, 1.0)
        x = Scale(1.0, nines, LEFT, page - RIGHT, log=True)
        y = Scale(low, high, room.bottom, TOP, log=True)
        curves = [
            polyline(_thinned(spread, lambda share: x(1 / max(1 - share, 1 / nines)), y), css)
            for spread, css in zip(spreads, ("curve tone-2", "curve tone-1"), strict=True)
            if spread
        ]
        return room.height, [*value_axis(room, y, _powers(low, high)), *_percent_axis(room, x, nines), *curves]

    return chart(
        "spread",
        f"How latency is spread: {name}",
        "To the right are the slowest; each tick holds a tenth of those before it. Logarithmic.",
        draw,
        (("tone-2", "raw: from the call"), ("tone-1", "corrected: from when it was intended")),
    )


def _thinned(
    spread: Sequence[tuple[float, float]], x: Callable[[float], float], y: Callable[[float], float]
) -> list[tuple[float, float]]:
    """The spread as stairs from the left edge, without what lies on the same half pixel."""
    places: dict[tuple[float, float], None] = {}
    before = 0.0
    for share, seconds in spread:
        for at in (before, share):
            places.setdefault((round(x(at) * 2) / 2, round(y(seconds) * 2) / 2))
        before = share
    return list(places)


def _percent_axis(room: Frame, x: Scale, nines: float) -> list[str]:
    axis = [line(LEFT, room.bottom, room.width - RIGHT, room.bottom, "axis")]
    for power, label in enumerate(("0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %")):
        if 10**power <= nines * 1.001:
            at = x(10**power)
            last = at > room.width - RIGHT - 24
            axis += [line(at, room.bottom, at, room.bottom + 4, "axis")]
            axis.append(text(at, room.height - 4, label, anchor="end" if last else "middle"))
    return axis


def decades(values: Iterable[float]) -> tuple[float, float]:
    """The powers of ten around the values, at least one decade apart."""
    known = [max(value, 1e-6) for value in values]
    low = math.floor(math.log10(min(known, default=0.01)))
    return 10.0**low, 10.0 ** max(low + 1, math.ceil(math.log10(max(known, default=1.0))))


def _powers(low: float, high: float) -> list[tuple[float, str]]:
    count = round(math.log10(high / low))
    return [
        (low * 10**power, duration(low * 10**power).replace(".00", "").replace(".0", "")) for power in range(count + 1)
    ]
