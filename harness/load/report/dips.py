"""What each fault cost while it worked and afterwards: how little was done, and how soon it was as before.

Data flow: outcome → **dips** → ``report``. Before the first fault lies the *baseline*: how much was done in a
second, and the median of how long it took. After a fault the system is *back* with the first few seconds that did
nearly as much, nearly as fast: what queued up meanwhile is done at more than the baseline's rate, but late.

Not covered: faults that overlap. Each is measured as if it were alone, to the end of the load.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from harness.load.judge.outcome import LoadOutcome
from harness.load.measure.timeline import Second, Timeline
from harness.load.report.work import work_of
from harness.report.charts.svg import Band

WINDOW_SECONDS = 5
"""So many seconds are looked at together: in a single one chance decides how much is done."""

ENOUGH_SHARE, SLOWER_TIMES = 0.9, 2.0


@dataclass(frozen=True)
class Baseline:
    """What was usual before the first fault: done per second, and the median of the corrected latencies."""

    per_second: float
    median_seconds: float

    def reached(self, window: Second) -> bool:
        """Whether these seconds did nearly as much, nearly as fast."""
        median = window.percentile(0.5)
        enough = window.succeeded / WINDOW_SECONDS >= ENOUGH_SHARE * self.per_second
        return enough and median is not None and median <= SLOWER_TIMES * self.median_seconds


@dataclass(frozen=True)
class Dip:
    """One fault: the least that was done, as a share of the baseline, and how long after its end it was reached again.

    ``lowest_share`` is ``None`` without a baseline, ``back_after_seconds`` also when it was not reached in this run.
    """

    band: Band
    lowest_share: float | None = None
    back_after_seconds: float | None = None


def baseline_of(outcome: LoadOutcome) -> Baseline | None:
    """The baseline; ``None`` when there is no fault, or too little was done before it."""
    first = min((band.start_seconds for band in outcome.bands), default=0.0)
    before = _seconds_of(outcome)[: max(0, math.floor(first))]
    together = _together(before)
    usual, median = statistics.median(second.succeeded for second in before) if before else 0, together.percentile(0.5)
    return Baseline(usual, median) if len(before) >= WINDOW_SECONDS and usual and median is not None else None


def dips_of(outcome: LoadOutcome) -> tuple[Dip, ...]:
    """One for each fault, in their order."""
    baseline = baseline_of(outcome)
    if baseline is None:
        return tuple(Dip(band) for band in outcome.bands)
    seconds = _seconds_of(outcome)
    windows = [_together(seconds[at : at + WINDOW_SECONDS]) for at in range(len(seconds) - WINDOW_SECONDS + 1)]
    return tuple(_dip(band, windows, baseline) for band in outcome.bands)


def _dip(band: Band, windows: list[Second], baseline: Baseline) -> Dip:
    begun = math.floor(band.start_seconds)
    healed = len(windows) if band.end_seconds is None else math.ceil(band.end_seconds)
    back = next((at for at in range(healed, len(windows)) if baseline.reached(windows[at])), None)
    least = min((window.succeeded for window in windows[begun:back]), default=None)
    share = None if least is None else least / WINDOW_SECONDS / baseline.per_second
    after = None if back is None or band.end_seconds is None else back - band.end_seconds
    return Dip(band, share, after)


def _seconds_of(outcome: LoadOutcome) -> list[Second]:
    """Second by second what was done while there was load, those without anything too."""
    together = Timeline()
    together.merge(measured.timeline for measured in work_of(outcome)[1])
    lasted = math.floor(outcome.lasted_seconds)
    seconds = list(together.in_steps_of(1))[:lasted]
    return seconds + [Second() for _ in range(lasted - len(seconds))]


def _together(seconds: list[Second]) -> Second:
    together = Second()
    for second in seconds:
        together.add(second)
    return together
