"""One version's worker for a hand-over on a real server: ``python -m harness.upgrade.worker``.

It does workflow tasks alone; activities are with whoever started it. On the queue ``upgrade-K`` it does K workflow
tasks of each execution. It takes the next one, too, says so, and never answers, as a process that is about to be
killed. It ends with the pipe that is its input. It is no command for people.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from temporalio.client import Client
from temporalio.worker import Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from harness.application.connection import connect
from harness.application.contract import Application, load_application
from harness.errors import AssayError
from harness.sim.surface import (
    WorkflowActivation,
    WorkflowActivationCompletion,
    WorkflowInstance,
    without_deadlock_detection,
)

QUEUE = "upgrade-{:04d}"
"""Of one width, so that none of the names is in another."""


class Holding:
    """A runner of workflows that does so many tasks of each execution, and then holds the next for ever.

    :param held: the file to which the queue is appended when that happens.
    """

    def __init__(self, runner: WorkflowRunner, tasks: int, held: Path) -> None:
        self._runner, self._tasks, self._held = runner, tasks, held
        self._done: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        """All else is the runner's."""
        return getattr(self._runner, name)

    def create_instance(self, details: Any) -> Any:
        """As the SDK's runner does."""
        return _HoldingInstance(self, self._runner.create_instance(details))

    def count(self, activation: WorkflowActivation) -> None:
        """Let a new task through, or never come back."""
        asks = all(job.HasField("query_workflow") or job.HasField("remove_from_cache") for job in activation.jobs)
        if asks or activation.is_replaying:
            return
        if self._done[activation.run_id] == self._tasks:
            with self._held.open("a") as held:
                held.write(f"{QUEUE.format(self._tasks)}\n")
            threading.Event().wait()
        self._done[activation.run_id] += 1


class _HoldingInstance:
    def __init__(self, holding: Holding, instance: WorkflowInstance) -> None:
        self._holding, self._instance = holding, instance

    def __getattr__(self, name: str) -> Any:
        return getattr(self._instance, name)

    def activate(self, activation: WorkflowActivation) -> WorkflowActivationCompletion:
        self._holding.count(activation)
        return self._instance.activate(activation)


async def serve(app: Application, client: Client, queue: str, queues: Sequence[int], held: Path | None) -> None:
    """Serve the queues until cancelled.

    :param queue: the application's, whose workflows these are.
    :param queues: their numbers.
    :param held: where it is told that a task is held; ``None`` holds none.
    """
    options = dict(app.worker_options)
    runner = options.pop("workflow_runner", None) or SandboxedWorkflowRunner()
    workers = [
        Worker(
            client,
            task_queue=QUEUE.format(number),
            workflows=list(app.queues[queue].workflows),
            interceptors=list(app.interceptors),
            workflow_failure_exception_types=list(app.workflow_failure_exception_types),
            workflow_runner=cast(WorkflowRunner, runner if held is None else Holding(runner, number, held)),
            build_id="upgrade",
            **options,
        )
        for number in queues
    ]
    # What is held is no deadlock, and on a busy machine nothing else that takes its time is one either.
    workers = [without_deadlock_detection(worker) for worker in workers]
    await asyncio.gather(*(worker.run() for worker in workers))


async def _main(options: argparse.Namespace) -> None:
    app = load_application(options.app)
    client = await connect(app, {**os.environ, "TEMPORAL_ADDRESS": options.address})
    await serve(app, client, options.queue, options.numbers, options.held)


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and work."""
    parser = argparse.ArgumentParser(prog="python -m harness.upgrade.worker", description=__doc__)
    parser.add_argument("--app", required=True, help="the application's module, such as workflows.app")
    parser.add_argument("--address", required=True, help="of the server")
    parser.add_argument("--queue", required=True, help="the application's task queue whose workflows are served")
    parser.add_argument("--held", type=Path, help="the file that is told of held tasks; without it none is held")
    parser.add_argument("numbers", nargs="+", type=int, help="the queues, by their numbers")
    options = parser.parse_args(arguments)
    logging.basicConfig(level="CRITICAL")
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        asyncio.run(_main(options))
    except AssayError as error:
        parser.exit(error.exit_code, f"{error}\n")


if __name__ == "__main__":
    main()
