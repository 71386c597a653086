"""Whether a load test met its thresholds.

Data flow: options → ``bounds`` → **thresholds**, with ``measurements`` and ``offered`` → verdict, table, report.
Latencies are the corrected ones; rows of one kind are judged together unless the threshold names one.

What has an end that nobody saw (cut off, or still open) may have gone well, or been the slowest, or an error. So each
threshold is judged twice, by the least and by the most that could be true: VALID when both keep it, INVALID when both
break it, UNKNOWN between. With nothing measured it is UNKNOWN, and so is a rate that was not offered: then the
generator was the bottleneck, and nothing is said of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.load.judge.bounds import DURATION, Threshold, parse_thresholds
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Measurements, RowMeasurements
from harness.load.measure.offered import Offered
from harness.load.measure.shown import shown
from harness.verdict import Verdict

__all__ = ["Judged", "Threshold", "judge", "parse_thresholds"]


@dataclass(frozen=True)
class Judged:
    """A threshold and what became of it.

    ``measured`` is what was seen, in the threshold's own measure; ``None`` when there was nothing to measure.
    """

    threshold: Threshold
    verdict: Verdict
    measured: float | None = None
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
    seen = _seen(threshold, rows)
    if seen is None:
        return Judged(threshold, Verdict.UNKNOWN, why="nothing of it ended well")
    kept = [threshold.met(value) for value in (seen.least, seen.most)]
    if all(kept):
        return Judged(threshold, Verdict.VALID, seen.measured)
    if not any(kept):
        return Judged(threshold, Verdict.INVALID, seen.measured)
    unknown = sum(row.unknown for row in rows)
    why = f"but {unknown:,} ended unseen, and how they ended would decide"
    return Judged(threshold, Verdict.UNKNOWN, seen.measured, why)


def _offered(threshold: Threshold, offered: Offered | None) -> Judged:
    if offered is None or offered.share is None:
        return Judged(threshold, Verdict.UNKNOWN, why="no schedule was kept")
    if threshold.met(offered.share):
        return Judged(threshold, Verdict.VALID, offered.share)
    missing = offered.scheduled - offered.begun
    why = (
        f"the generator was the bottleneck: {missing:,} of {offered.scheduled:,} were not begun, {offered.late:,} late"
    )
    return Judged(threshold, Verdict.UNKNOWN, offered.share, why)


@dataclass(frozen=True)
class _Seen:
    """A value as it was seen, and the least and the most that it can be, whatever became of the unseen."""

    measured: float
    least: float
    most: float


def _seen(threshold: Threshold, rows: Sequence[RowMeasurements]) -> _Seen | None:
    if threshold.measure == DURATION:
        return _durations(threshold.metric, rows)
    attempted, unknown = sum(row.attempted for row in rows), sum(row.unknown for row in rows)
    succeeded, failed = sum(row.succeeded for row in rows), sum(row.errors.total() for row in rows)
    if threshold.metric == "errors":
        ended = succeeded + failed
        return _Seen(failed / ended, failed / attempted, (failed + unknown) / attempted) if ended else None
    if threshold.metric == "abandoned":
        share = sum(row.abandoned for row in rows) / attempted
        return _Seen(share, share, share)
    # Counts are as they are; a rate is per second of the time in which anything ended.
    per = 1 if threshold.metric == "count" else max(row.timeline.lasted_seconds for row in rows)
    return _Seen(succeeded / per, succeeded / per, (succeeded + unknown) / per) if per else None


def _durations(metric: str, rows: Sequence[RowMeasurements]) -> _Seen | None:
    """Latencies as measured are the least: what is not known to have ended has not been faster than the rest."""
    together = Latencies()
    for row in rows:
        together.merge(row.corrected)
    share = 1.0 if metric == "max" else round(float(metric.removeprefix("p")) / 100, 6)
    measured = together.percentile(share)
    most = together.percentile(share, slower=sum(row.unknown for row in rows))
    return None if not together.count or measured is None or most is None else _Seen(measured, measured, most)
