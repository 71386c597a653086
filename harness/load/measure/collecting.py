"""Bringing the measurements of all processes of a test together, exactly and once.

Data flow: each worker's session → messages (`last_words`) → **collected** on the master → ``ending``. Every few
seconds, with locust's own report, a worker sends all that it has so far, so that the master replaces and never adds: a
message that is lost or doubled changes nothing, and a worker that dies leaves what it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.load.measure.latencies import Latencies
from harness.load.measure.measurements import Measurements
from harness.load.measure.offered import Offered


@dataclass(frozen=True)
class Snapshot:
    """All that one process has measured so far of the test with this tag, and what went wrong in it, in words.

    ``lag`` is how late the process itself was.
    """

    measurements: Measurements
    offered: Offered = field(default_factory=Offered)
    troubles: tuple[str, ...] = ()
    tag: str = ""
    lag: Latencies = field(default_factory=Latencies)

    def to_json(self) -> dict[str, Any]:
        """For a message."""
        return {
            "measurements": self.measurements.to_json(),
            "offered": self.offered.to_json(),
            "troubles": list(self.troubles),
            "tag": self.tag,
            "lag": self.lag.to_json(),
        }

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Snapshot:
        """What ``to_json`` made."""
        measurements = Measurements.from_json(content["measurements"])
        offered = Offered.from_json(content["offered"])
        lag = Latencies.from_json(content["lag"])
        return Snapshot(measurements, offered, tuple(content["troubles"]), content["tag"], lag)


@dataclass
class Collected:
    """What came from the workers of a test, the latest of each.

    ``workers`` are those that it began with; ``ending`` is whether the test is over; ``spoken`` are those who have said
    their last word, ``left`` those who said it before the end.
    """

    tag: str = ""
    workers: frozenset[str] = frozenset()
    ending: bool = False
    latest: dict[str, Snapshot] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def heard(self, worker: str, snapshot: Snapshot, *, last: bool = False) -> None:
        """A report. One that comes after the last word is older than that, and one of the test before is no news."""
        if snapshot.tag != self.tag:
            return
        if last or worker not in self.spoken:
            self.latest[worker] = snapshot
        if last:
            self.spoken.add(worker)
            if not self.ending:
                self.left.add(worker)

    def all(self) -> Snapshot:
        """The sum. Workers of whom the last word is missing, or who left early, are among its troubles."""
        measurements, offered, lag = Measurements(), Offered(), Latencies()
        troubles: list[str] = []
        for worker in sorted({*self.workers, *self.latest}):
            snapshot = self.latest.get(worker, Snapshot(Measurements()))
            measurements.merge(snapshot.measurements)
            offered += snapshot.offered
            lag.merge(snapshot.lag)
            troubles += snapshot.troubles
            if worker not in self.spoken:
                troubles.append(f"worker {worker} was lost: what it did in its last seconds is not counted")
            if worker in self.left:
                troubles.append(f"worker {worker} left before the end: its part of the load was missing from then on")
        return Snapshot(measurements, offered, tuple(dict.fromkeys(troubles)), self.tag, lag)
