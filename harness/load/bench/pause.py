"""What a pause of the worker does to the numbers: closed and open, raw and corrected.

Data flow: ``command`` → **pause** → locust on a dev server whose worker stands still for 15 s of a minute. A
closed run must show the pause in its corrected p99 and not in its raw one, or the correction is worth nothing; an open
run must show it in both, with its schedule kept all the while.
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from harness.load.bench.bounds import Bound
from harness.load.bench.rig import BenchFailed, Rig
from harness.load.measure.measurements import Kind, Measurements, RowSummary
from harness.load.measure.offered import Offered
from harness.load.measure.shown import duration, share
from harness.poll import eventually

LASTS_SECONDS, PAUSED_AT_SECONDS, PAUSED_FOR_SECONDS = 60, 20.0, 15.0
BEGIN_TIMEOUT_SECONDS = 60.0

CLOSED = ("-u", "5", "--arrivals", "closed", "--think-seconds", "0.1")
"""So few users that what met the pause is less than a hundredth of all that they asked: raw p99 looks away from it."""

OPEN = ("-u", "1", "--arrivals", "constant", "--rate", "5")

SEEN_SECONDS, UNSEEN_SECONDS = PAUSED_FOR_SECONDS * 2 / 3, PAUSED_FOR_SECONDS / 3


@dataclass(frozen=True)
class Paused:
    """What a run measured of its completions while its worker stood still for a while."""

    completions: RowSummary
    offered: Offered | None

    @property
    def raw_p99_seconds(self) -> float:
        """From the call to the end; infinite when nothing was completed."""
        return float("inf") if self.completions.raw.p99 is None else self.completions.raw.p99

    @property
    def corrected_p99_seconds(self) -> float:
        """From when it was intended; 0, which shows nothing, when nothing was completed."""
        return self.completions.corrected.p99 or 0.0


async def paused(rig: Rig, options: Sequence[str]) -> Paused:
    """Run locust for a minute, and let the worker stand still for a part of it.

    :raises BenchFailed: when the run did not come to its end.
    """
    assert rig.worker is not None
    client = await rig.begin_locust([*options, "-t", f"{LASTS_SECONDS}s", "--drain-seconds", "30"])
    await eventually(
        lambda: not client.alive or "load test" in client.log.read_text(errors="replace"),
        what=f"the load test to begin (log: {client.log})",
        timeout_seconds=BEGIN_TIMEOUT_SECONDS,
    )
    try:
        await _unless_it_ends(client.exited, PAUSED_AT_SECONDS)
        rig.worker.signals.send(signal.SIGSTOP)
        await _unless_it_ends(client.exited, PAUSED_FOR_SECONDS)
    finally:
        rig.worker.signals.send(signal.SIGCONT)
    folder = await rig.ended(client, LASTS_SECONDS)
    written = json.loads((folder / "load.json").read_text(encoding="utf-8"))
    rows = [
        row for row in Measurements.from_json(written["measurements"]).summaries() if row.row.kind is Kind.COMPLETION
    ]
    if not rows:
        raise BenchFailed(f"{client.name} completed nothing")
    return Paused(rows[0], Offered.from_json(written["offered"]) if written["offered"] else None)


def shown(closed: Paused, opened: Paused) -> tuple[Bound, ...]:
    """What each kind of run has to show of the pause."""
    ratio = opened.raw_p99_seconds / opened.corrected_p99_seconds if opened.corrected_p99_seconds else 0.0
    offered = (opened.offered.share if opened.offered else None) or 0.0
    return (
        Bound("closed: raw p99", closed.raw_p99_seconds, UNSEEN_SECONDS, False, duration),
        Bound("closed: corrected p99", closed.corrected_p99_seconds, SEEN_SECONDS, True, duration),
        Bound("open: corrected p99", opened.corrected_p99_seconds, SEEN_SECONDS, True, duration),
        Bound("open: raw p99 : corrected", ratio, 0.95, True, lambda value: f"{value:.2f}"),
        Bound("open: offered in time", offered, 0.98, True, share),
    )


async def _unless_it_ends(ended: asyncio.Event, seconds: float) -> None:
    """Wait so long; an end before that is an error, because what was to be seen was not seen."""
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        return
    raise BenchFailed("the load test ended before the pause was over")
