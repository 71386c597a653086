"""Bringing the measurements of all processes of a test together, exactly and once.

Where it stands: each worker's session → locust's messages → **collected** on the master → ``ending``. Every few
seconds, with locust's own report, a worker sends all that it has so far, so that the master replaces and never adds: a
message that is lost or doubled changes nothing, and a worker that dies leaves what it had. At the end the master asks
for the last word and waits for it; locust itself would end the workers half a second later, their last seconds unsaid.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from locust.runners import STATE_MISSING, MasterRunner

from load.measurements import Measurements
from load.offered import Offered

STOP, LAST_WORD, UNREACHABLE = "assay-load-stop", "assay-load-last-word", "assay-load-unreachable"
"""Messages: master to worker, stop and say your last word; worker to master, that, and that it reaches no server."""

IN_REPORT = "assay_load"
"""The key in locust's own reports."""

INTERVAL_SECONDS = 0.05


@dataclass(frozen=True)
class Snapshot:
    """All that one process has measured so far, and what went wrong in it, in words."""

    measurements: Measurements
    offered: Offered = field(default_factory=Offered)
    troubles: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For a message."""
        return {
            "measurements": self.measurements.to_json(),
            "offered": self.offered.to_json(),
            "troubles": list(self.troubles),
        }

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Snapshot:
        """What ``to_json`` made."""
        measurements = Measurements.from_json(content["measurements"])
        return Snapshot(measurements, Offered.from_json(content["offered"]), tuple(content["troubles"]))


@dataclass
class Collected:
    """What came from the workers, the latest of each; ``spoken`` are those who have said their last word."""

    latest: dict[str, Snapshot] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)

    def heard(self, worker: str, snapshot: Snapshot, *, last: bool = False) -> None:
        """A report. One that comes after the last word is older than that."""
        if last or worker not in self.spoken:
            self.latest[worker] = snapshot
        if last:
            self.spoken.add(worker)

    def all(self) -> Snapshot:
        """The sum. Workers of whom the last word is missing are among its troubles."""
        measurements, offered = Measurements(), Offered()
        troubles: list[str] = []
        for worker, snapshot in sorted(self.latest.items()):
            measurements.merge(snapshot.measurements)
            offered += snapshot.offered
            troubles += snapshot.troubles
            if worker not in self.spoken:
                troubles.append(f"worker {worker} was lost: what it did in its last seconds is not counted")
        return Snapshot(measurements, offered, tuple(dict.fromkeys(troubles)))


def ask_for_last_words(runner: MasterRunner, collected: Collected, *, timeout_seconds: float) -> None:
    """Have every worker stop and say its last word, and wait for those that live."""
    runner.send_message(STOP)
    deadline_seconds = time.monotonic() + timeout_seconds

    def someone_is_silent() -> bool:
        living = (worker for worker, node in runner.clients.items() if node.state != STATE_MISSING)
        return any(worker not in collected.spoken for worker in living)

    while someone_is_silent() and time.monotonic() < deadline_seconds:
        gevent.sleep(INTERVAL_SECONDS)
