"""The worker process of any application: ``python -m harness.experiment.worker --app NAME …``.

It serves all queues of the application exactly as the application describes them, over a connection as the application
wants it, and adds the attempt log and the SDK's own metrics, and nothing else. SIGTERM drains: no new tasks, running
activities get the grace, then the process exits with 0.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import importlib
import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import temporalio.common
import temporalio.runtime

from harness.application.connection import connect
from harness.application.contract import Application, load_application
from harness.application.workers import workers_of
from harness.experiment.attempt_log import AttemptLog
from harness.record.journal import FileJournal
from harness.stack.processes.process import RUN_ID_VARIABLE

SCHEDULE_TO_START = ("workflow_task_schedule_to_start_latency", "activity_schedule_to_start_latency")
SCHEDULE_TO_START_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0)
"""Bounds of the SDK's histograms. Its own begin at 0.1 s, and a worker that keeps up is far below that."""


async def serve(app: Application, name: str, journal: FileJournal, metrics: str | None = None) -> None:
    """Serve every queue of the application until SIGTERM or SIGINT, then drain.

    :param metrics: ``host:port`` where the SDK shows its metrics; ``None`` shows none.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    client = await connect(app, os.environ, identity=name, runtime=_runtime(metrics))
    log = AttemptLog(journal, name, app.subject_of)
    workers = workers_of(app, client, os.environ, interceptors=[log], deployment_config=_version(app))
    running = [asyncio.create_task(worker.run()) for worker in workers]
    journal.write("worker-ready", app=app.name, source=_source(app), pid=os.getpid())
    stopping = asyncio.create_task(stop.wait())
    # A worker that ends by itself has met a fatal error: leave with it, rather than serve half the queues.
    await asyncio.wait([stopping, *running], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*(worker.shutdown() for worker in workers))
    await asyncio.gather(*running)
    stopping.cancel()


def _runtime(metrics: str | None) -> temporalio.runtime.Runtime | None:
    """A runtime that shows its metrics there, ``None`` for the SDK's own."""
    if metrics is None:
        return None
    telemetry = temporalio.runtime.TelemetryConfig(
        metrics=temporalio.runtime.PrometheusConfig(
            bind_address=metrics,
            durations_as_seconds=True,
            histogram_bucket_overrides=dict.fromkeys(SCHEDULE_TO_START, SCHEDULE_TO_START_SECONDS),
        )
    )
    return temporalio.runtime.Runtime(telemetry=telemetry)


def _version(app: Application) -> temporalio.worker.WorkerDeploymentConfig:
    """Names the version in the histories by the application's sources; tasks are not routed by it.

    Without a name the SDK computes one from the byte code of everything imported, which doubles the time to start.
    """
    digest = hashlib.sha256()
    for file in sorted(Path(_source(app)).rglob("*.py")):
        digest.update(file.read_bytes())
    version = temporalio.common.WorkerDeploymentVersion(app.name, digest.hexdigest()[:16])
    return temporalio.worker.WorkerDeploymentConfig(version, use_worker_versioning=False)


def _source(app: Application) -> str:
    """Where the application's code was imported from: the evidence that a mutant's worker runs the mutant."""
    return str(Path(importlib.import_module(app.name).__file__ or "").parent)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m harness.experiment.worker", description=__doc__)
    parser.add_argument("--app", required=True, help="the application's module, such as workflows.app")
    parser.add_argument("--name", required=True, help="this worker's name in the journal and in Temporal")
    parser.add_argument("--journal", required=True, type=Path, help="the file of this worker's attempt log")
    parser.add_argument("--metrics", metavar="HOST:PORT", help="where the SDK shows its metrics, at /metrics")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=os.environ.get("TEMPORAL_LOG_LEVEL", "info").upper(), format="%(asctime)s %(message)s")
    journal = FileJournal(options.journal, options.name, os.environ.get(RUN_ID_VARIABLE))
    asyncio.run(serve(load_application(options.app), options.name, journal, options.metrics))
    journal.close()


if __name__ == "__main__":
    main()
