"""What a load run got done over time: which rows tell it, in steps that fit a page.

Data flow: outcome → **work** → ``charts``, ``dips`` and the figures of ``report``. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.load.judge.outcome import LoadOutcome
from harness.load.measure.measurements import Kind, RowMeasurements
from harness.load.measure.timeline import Second, Timeline

STEPS_SECONDS = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400)
STEPS_AT_MOST = 120


def work_of(outcome: LoadOutcome) -> tuple[str, list[RowMeasurements]]:
    """The rows that tell how much was done: completions where there are any, otherwise everything; and their name."""
    rows = outcome.measurements.rows()
    completions = [measured for row, measured in rows.items() if row.kind is Kind.COMPLETION]
    return ("workflows", completions) if completions else ("operations", list(rows.values()))


def step_seconds(outcome: LoadOutcome) -> int:
    """How many seconds the charts over time add up in one step."""
    return next((step for step in STEPS_SECONDS if lasted_seconds(outcome) / step <= STEPS_AT_MOST), STEPS_SECONDS[-1])


def lasted_seconds(outcome: LoadOutcome) -> float:
    """The length of the time axis: of the load, or until the last thing ended, whichever is longer."""
    ends = [measured.timeline.lasted_seconds for measured in outcome.measurements.rows().values()]
    return max([1.0, outcome.lasted_seconds, *ends])


def steps_of(outcome: LoadOutcome, rows: Sequence[RowMeasurements]) -> list[tuple[float, Second]]:
    """When each step begins, and what ended in it over all these rows."""
    together, width = Timeline(), step_seconds(outcome)
    together.merge(measured.timeline for measured in rows)
    return [(place * width, second) for place, second in enumerate(together.in_steps_of(width))]
