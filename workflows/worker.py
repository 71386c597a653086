"""The worker process: ``python -m workflows.worker``.

Serves the task queues of all families, or the one of ``TEMPORAL_TASK_QUEUE`` with everything on it. SIGTERM or SIGINT
drains it: no new tasks are taken, running activities get 10 s to finish (``GRACEFUL_SHUTDOWN``), what is left is
cancelled and tried by another worker.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence

from temporalio.worker import Worker

from workflows.app import app
from workflows.kit.client import connect
from workflows.kit.settings import Settings, SettingsError, read_settings

logger = logging.getLogger(__name__)


async def serve(workers: Sequence[Worker], stop: asyncio.Event) -> None:
    """Run until ``stop`` is set, then drain; an error that ends a worker by itself ends all, and is raised."""
    running = [asyncio.create_task(worker.run()) for worker in workers]
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((*running, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        logger.info("draining: no new tasks, running activities may finish")
    await asyncio.gather(*(worker.shutdown() for worker, task in zip(workers, running, strict=True) if not task.done()))
    await asyncio.gather(*running)


async def run(settings: Settings) -> None:
    """Connect, serve and drain."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    client = await connect(settings)
    ports = app.ports(settings)
    try:
        workers = app.workers(client, settings, ports)
        logger.info("serving the task queues %s", ", ".join(worker.task_queue for worker in workers))
        await serve(workers, stop)
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
