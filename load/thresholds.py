"""Whether a load test met its thresholds.

Where it stands: options → ``bounds`` → **thresholds**, with ``measurements`` and ``offered`` → verdict, table, report.
Latencies are the corrected ones; rows of one kind are judged together unless the threshold names one.

What has an end that nobody saw (cut off, or still open) might have been the slowest, or an error. So each threshold is
judged twice, by what was seen and by the worst that could be true: INVALID when what was seen breaks it, UNKNOWN when
only the worst would, VALID when neither does. With nothing measured it is UNKNOWN, and so is a rate that was not
offered: then the generator was the bottleneck, and nothing is said of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.verdict import Verdict
from load.bounds import DURATION, Threshold, parse_thresholds
from load.latencies import Latencies
from load.measurements import Measurements, RowMeasurements
from load.offered import Offered
from load.shown import shown

__all__ = ["Judged", "Threshold", "judge", "parse_thresholds"]


@dataclass(frozen=True)
class Judged:
    """A threshold and what became of it.

    ``measured`` is what was seen, ``worst`` the worst that could be true (``inf``: slower than all that was measured),
    both in the threshold's own measure and ``None`` when there was nothing to measure.
    """

    threshold: Threshold
    verdict: Verdict
    measured: float | None = None
    worst: float | None = None
    why: str = ""

    @property
    def says(self) -> str:
        """The measured value in words, with the reason where the verdict needs one."""
        if self.measured is None:
            return self.why
        value = shown(self.threshold.measure, self.measured)
        return f"{value}; {self.why}" if self.why else value


def judge(
    thresholds: Sequence[Threshold], measurements: Measurements, offered: Offered | None = None
) -> tuple[Judged, ...]:
    """Hold what was measured against each threshold.

    :param offered: what the open schedule wanted and got; ``None`` for a closed loop.
    """
    return tuple(_judged(threshold, measurements, offered) for threshold in thresholds)


def _judged(threshold: Threshold, measurements: Measurements, offered: Offered | None) -> Judged:
    if threshold.metric == "offered":
        return _offered(threshold, offered)
    rows = [
        measured
        for row, measured in measurements.rows().items()
        if threshold.kind in (None, row.kind) and threshold.name in (None, row.name)
    ]
    if not any(row.attempted for row in rows):
        return Judged(threshold, Verdict.UNKNOWN, why="nothing of it was tried")
    measured, worst = _values(threshold, rows)
    if measured is None or worst is None:
        return Judged(threshold, Verdict.UNKNOWN, why="nothing of it ended well")
    if not threshold.met(measured):
        return Judged(threshold, Verdict.INVALID, measured, worst)
    if not threshold.met(worst):
        unknown = sum(row.unknown for row in rows)
        why = f"but {unknown:,} ended unseen, and counted at their worst they break it"
        return Judged(threshold, Verdict.UNKNOWN, measured, worst, why)
    return Judged(threshold, Verdict.VALID, measured, worst)


def _offered(threshold: Threshold, offered: Offered | None) -> Judged:
    if offered is None or offered.share is None:
        return Judged(threshold, Verdict.UNKNOWN, why="no schedule was kept")
    if threshold.met(offered.share):
        return Judged(threshold, Verdict.VALID, offered.share, offered.share)
    missing = offered.scheduled - offered.begun
    why = (
        f"the generator was the bottleneck: {missing:,} of {offered.scheduled:,} were not begun, {offered.late:,} late"
    )
    return Judged(threshold, Verdict.UNKNOWN, offered.share, offered.share, why)


def _values(threshold: Threshold, rows: Sequence[RowMeasurements]) -> tuple[float | None, float | None]:
    """What was seen, and the worst that could be true."""
    if threshold.measure == DURATION:
        return _durations(threshold.metric, rows)
    attempted, unknown = sum(row.attempted for row in rows), sum(row.unknown for row in rows)
    succeeded, failed = sum(row.succeeded for row in rows), sum(row.errors.total() for row in rows)
    if threshold.metric == "errors":
        ended = succeeded + failed
        return (failed / ended if ended else None), (failed + unknown) / attempted
    if threshold.metric == "abandoned":
        share = sum(row.abandoned for row in rows) / attempted
        return share, share
    if threshold.metric == "count":
        return succeeded, succeeded
    lasted = max(row.timeline.lasted_seconds for row in rows)
    rate = succeeded / lasted if lasted else None
    return rate, rate


def _durations(metric: str, rows: Sequence[RowMeasurements]) -> tuple[float | None, float | None]:
    together = Latencies()
    for row in rows:
        together.merge(row.corrected)
    if not together.count:
        return None, None
    unknown = sum(row.unknown for row in rows)
    if metric == "max":
        return together.max_seconds, float("inf") if unknown else together.max_seconds
    share = round(float(metric.removeprefix("p")) / 100, 6)
    return together.percentile(share), together.percentile(share, slower=unknown)
