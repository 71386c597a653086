"""Everything that is known of a load run when it has ended: what table and report are pure functions of.

Data flow: measurements, judged thresholds, conclusion → **outcome** → ``table``, ``report``. Nothing is measured
or judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.load.inside.seen import NO_SOURCES, Inside
from harness.load.judge.thresholds import Judged
from harness.load.judge.verdict import Conclusion, Counted
from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Measurements
from harness.load.measure.offered import Offered
from harness.report.charts.svg import Band


@dataclass(frozen=True)
class LoadOutcome:
    """One run.

    ``name`` is the locustfile's, ``command`` repeats the run, ``started_at`` is UTC. ``parameters`` are shown as they
    are. ``offered`` is ``None`` for a closed loop. ``bands`` are the windows of faults, in seconds since the beginning.
    ``lag`` is how late the generator itself was.
    ``inside`` is what was seen of the system itself.
    """

    name: str
    command: str
    seed: int
    started_at: str
    lasted_seconds: float
    measurements: Measurements
    judged: tuple[Judged, ...]
    conclusion: Conclusion
    offered: Offered | None = None
    counted: tuple[Counted, ...] = ()
    bands: tuple[Band, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    lag: Latencies = field(default_factory=Latencies)
    inside: Inside = field(default_factory=lambda: Inside(problem=NO_SOURCES))
