"""The worker process: ``python -m workflows.worker``.

Serves the task queue of ``TEMPORAL_TASK_QUEUE``. SIGTERM or SIGINT drains it: no new tasks are taken, running
activities get 10 s to finish (``GRACEFUL_SHUTDOWN``), what is left is cancelled and tried by another worker.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from temporalio.client import Client
from temporalio.worker import Worker

from workflows.app import app
from workflows.client import connect
from workflows.invoices.model import TASK_QUEUE
from workflows.ports import Ports
from workflows.settings import Settings, SettingsError, read_settings

logger = logging.getLogger(__name__)


def make_worker(client: Client, settings: Settings, ports: Ports) -> Worker:
    """The worker of the invoice queue with the activities bound to these ports."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=app.queues[TASK_QUEUE].workflows,
        activities=app.activities(ports),
        interceptors=app.interceptors,
        max_concurrent_activities=settings.max_concurrent_activities,
        max_concurrent_workflow_tasks=max(2, settings.max_concurrent_workflows),  # the SDK needs two, one for queries
        workflow_failure_exception_types=list(app.workflow_failure_exception_types),
        **app.worker_options,
    )


async def serve(worker: Worker, stop: asyncio.Event) -> None:
    """Run until ``stop`` is set, then drain; an error that ends the worker by itself is raised."""
    running, stopping = asyncio.create_task(worker.run()), asyncio.create_task(stop.wait())
    await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not running.done():
        logger.info("draining: no new tasks, running activities may finish")
        await worker.shutdown()
    await running


async def run(settings: Settings) -> None:
    """Connect, serve and drain."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    client = await connect(settings)
    ports = app.ports(settings)
    try:
        logger.info("serving task queue %s", settings.task_queue)
        await serve(make_worker(client, settings, ports), stop)
    finally:
        await ports.close()


def main() -> int:
    """Entry point; 2 means that the settings cannot be used, 1 that Temporal cannot be reached."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(run(settings))
    except RuntimeError as error:
        logger.critical("the worker cannot go on: %s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
