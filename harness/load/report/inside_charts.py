"""The pictures of what happened inside: state transitions, backlog, and the busiest processes over time.

Data flow: ``seen`` → **charts** → `harness.load.report.report`. On the same axis of time as the load's own
pictures, with the windows of faults behind; where a source did not answer, the curve has a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.load.inside.steps import Step, most
from harness.load.judge.outcome import LoadOutcome
from harness.load.report.charts import CURVES_AT_MOST, pieces
from harness.load.report.work import lasted_seconds
from harness.report.charts.charts import Chart, chart
from harness.report.charts.svg import TOP, Frame, Scale, fault_bands, ticks, time_axis, value_axis

HEIGHT = 140.0


def inside_charts(outcome: LoadOutcome) -> list[Chart]:
    """The pictures for which there is anything to draw."""
    inside = outcome.inside
    drawn = []
    if most(inside.transition_steps) is not None:
        means = "Of all server processes; a gap where one of them did not answer."
        drawn.append(
            _over_time(outcome, "transitions", "State transitions per second", means, [inside.transition_steps])
        )
    if most(inside.backlog_steps):
        means = "As the server estimates them; a gap where it did not answer."
        drawn.append(_over_time(outcome, "backlog", "Tasks that waited for a worker", means, [inside.backlog_steps]))
    busiest = [part.name for part in inside.parts if part.name in inside.cores][:CURVES_AT_MOST]
    if busiest:
        curves = [inside.cores[name] for name in busiest]
        legend = tuple((f"tone-{place}", name) for place, name in enumerate(busiest, start=1))
        means = "Processors kept busy, of the busiest; a gap where there was no such process."
        drawn.append(_over_time(outcome, "cores", "Cores by process", means, curves, legend))
    return drawn


def _over_time(
    outcome: LoadOutcome,
    name: str,
    title: str,
    means: str,
    curves: Sequence[Sequence[Step]],
    legend: tuple[tuple[str, str], ...] = (),
) -> Chart:
    top = max(most(steps) or 0.0 for steps in curves)

    def draw(page: float) -> tuple[float, Iterable[str]]:
        room = Frame(page, HEIGHT, lasted_seconds(outcome), outcome.bands)
        y = Scale(0.0, max(top * 1.1, 1e-6), room.bottom, TOP)
        drawn = [
            piece
            for place, steps in enumerate(curves, start=1)
            for piece in pieces(_points(steps), room.x, y, f"curve tone-{place}")
        ]
        axes = [*value_axis(room, y, [(value, f"{value:g}") for value in ticks(top, 3)]), *time_axis(room)]
        return room.height, [*fault_bands(room), *axes, *drawn]

    return chart(name, title, f"{means} At most {top:,.3g}.", draw, legend)


def _points(steps: Sequence[Step]) -> list[tuple[float, float | None]]:
    return [((step.begin_seconds + step.end_seconds) / 2, step.value) for step in steps]
