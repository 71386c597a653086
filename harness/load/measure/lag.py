"""How late the generator itself was, and what that says of a run: a generator that is late measures itself.

Data flow: each process notes its lag (`lag_probe`) → merged by `collecting` → **lag** → ``ending``, table. In an
open run what was begun late is counted as well (`offered`); a closed run has no schedule, and only this tells. Pure.
"""

from __future__ import annotations

from typing import Any

from harness.load.measure.latencies import Latencies
from harness.load.measure.shown import duration

JUDGED_SHARE = 0.99
UNKNOWN_LAG = "how late the generator itself was is not known: none of its processes has measured it"


def doubt_of(lag: Latencies, most_seconds: float) -> str | None:
    """Why nothing is shown by latencies that a generator this late has measured; ``None`` when it was in time.

    :param most_seconds: how late it may be, at p99 over time and over all its processes.
    """
    seconds = lag.percentile(JUDGED_SHARE)
    if seconds is None:
        return UNKNOWN_LAG
    if seconds <= most_seconds:
        return None
    return (
        f"the generator was the bottleneck, not the system: it was {duration(seconds)} late itself (p99, bound "
        f"{duration(most_seconds)}); use fewer users per process, more --processes, or more machines"
    )


def lag_line(lag: Latencies) -> str:
    """The lag in words."""
    p50, p99 = duration(lag.percentile(0.5)), duration(lag.percentile(JUDGED_SHARE))
    return f"the generator itself was {p50} late (p50), {p99} (p99), {duration(lag.max_seconds)} (max)"


def lag_json(lag: Latencies) -> dict[str, Any]:
    """For ``load.json``: the histogram, and what was judged."""
    return {"p99_seconds": lag.percentile(JUDGED_SHARE), "max_seconds": lag.max_seconds, **lag.to_json()}
