"""The end of a load test: our counts against the server's, the verdict, the report.

Where it fits: the last thing that a process alone, or the master, does with a test, on what all processes measured.
Nothing in here makes a run green that measured nothing: see ``verdict``.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.errors import HarnessDefect
from harness.load.client.connection import Connection
from harness.load.client.options import LoadOptions
from harness.load.inside.seen import NO_SOURCES, Inside, inside_of
from harness.load.inside.watch import Watch
from harness.load.judge.counts import OurCounts, ServerCounts, settled_counts
from harness.load.judge.outcome import LoadOutcome
from harness.load.judge.thresholds import judge
from harness.load.judge.verdict import conclude
from harness.load.measure.collecting import Snapshot
from harness.load.measure.handover import FOLDER, MEASURED
from harness.load.measure.lag import doubt_of, lag_json
from harness.load.report.bands import bands_of
from harness.load.report.report import write_report
from harness.record.rundir import write_json

MARGIN_SECONDS = 15.0


@dataclass(frozen=True)
class Test:
    """What identifies a test. ``workflow_ids_begin`` holds what the ids of its workflows begin with."""

    name: str
    options: LoadOptions
    seed: int
    tag: str
    workflow_ids_begin: tuple[str, ...]
    command: str
    parameters: Mapping[str, str]
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    began_seconds: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Finished:
    """A test that is over, and the page about it."""

    outcome: LoadOutcome
    report: Path


def finish(
    test: Test,
    snapshot: Snapshot,
    connection: Connection,
    *,
    watch: Watch | None = None,
    interrupted: str | None = None,
) -> Finished:
    """Compare, judge, write the report.

    :param watch: what looked into the system meanwhile; ``None`` where there was nothing to look into.
    """
    lasted_seconds = time.monotonic() - test.began_seconds
    inside = _seen(watch, test)
    measured = snapshot.measurements
    ours = OurCounts.of(measured)
    server = _server_counts(test, connection, ours)
    claimed = test.options.run_folder is not None
    counted, doubts = () if claimed else ours.beside(server), snapshot.troubles
    if (late := doubt_of(snapshot.lag, test.options.generator_lag_seconds)) is not None:
        doubts = (late, *doubts)
    if server.problem is not None:
        doubts = (f"the server's counts could not be read: {server.problem}", *doubts)
    offered = snapshot.offered if test.options.open else None
    judged = judge(test.options.thresholds, measured, offered)
    outcome = LoadOutcome(
        name=test.name,
        command=test.command,
        seed=test.seed,
        started_at=f"{test.started_at:%Y-%m-%d %H:%M:%S} UTC",
        lasted_seconds=lasted_seconds,
        measurements=measured,
        judged=judged,
        conclusion=conclude(judged, measured, interrupted=interrupted, counted=counted, doubts=doubts),
        offered=offered,
        counted=counted,
        bands=bands_of(test.options.run_folder, test.began_seconds) if test.options.run_folder else (),
        parameters=test.parameters,
        lag=snapshot.lag,
        inside=inside,
    )
    folder = test.options.run_folder / FOLDER if test.options.run_folder else _make_folder(test)
    folder.mkdir(exist_ok=True)
    report = folder / "report.html"
    # What was measured first: a page that cannot be drawn must not take it along.
    write_json(folder / MEASURED, _written(test, outcome, server))
    write_report(outcome, report)
    return Finished(outcome, report)


def _written(test: Test, outcome: LoadOutcome, server: ServerCounts) -> dict[str, Any]:
    return {
        "name": test.name,
        "tag": test.tag,
        "command": test.command,
        "seed": test.seed,
        "parameters": dict(test.parameters),
        "started_at": outcome.started_at,
        "lasted_seconds": outcome.lasted_seconds,
        "verdict": outcome.conclusion.verdict.value,
        "reasons": list(outcome.conclusion.reasons),
        "measurements": outcome.measurements.to_json(),
        "offered": outcome.offered.to_json() if outcome.offered else None,
        "generator_lag": lag_json(outcome.lag),
        "server": dict(server.by_status),
        "inside": outcome.inside.to_json(),
    }


def _seen(watch: Watch | None, test: Test) -> Inside:
    if watch is None:
        return Inside(problem=NO_SOURCES)
    watched = watch.end()
    return inside_of(watched.readings, test.began_seconds, watched.problem)


def _server_counts(test: Test, connection: Connection, ours: OurCounts) -> ServerCounts:
    if ours.most == 0 or test.options.run_folder is not None:
        # The final reads of a claim's run count them, and say of each how it ended.
        return ServerCounts()
    wait_seconds = test.options.settle_seconds
    counting = settled_counts(connection.client, test.workflow_ids_begin, ours, timeout_seconds=wait_seconds)
    try:
        return connection.call(counting, timeout_seconds=wait_seconds + MARGIN_SECONDS)
    except (TimeoutError, HarnessDefect) as error:
        return ServerCounts(problem=str(error))


def _make_folder(test: Test) -> Path:
    """A folder that nobody else has; ``runs/latest`` stays with the runs of claims."""
    parent = test.options.report_folder
    parent.mkdir(parents=True, exist_ok=True)
    stem = f"{test.started_at:%Y%m%dT%H%M%SZ}-load-{test.seed}"
    for number in itertools.count(1):
        folder = parent / (stem if number == 1 else f"{stem}-{number}")
        with suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise AssertionError("a counter does not end")
