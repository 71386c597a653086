"""The worker of the bench: a workflow that does nothing, so that the client is what is measured.

``python -m harness.load.bench.worker``, with ``TEMPORAL_ADDRESS`` in its environment; it works until it is ended.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from harness.application.connection import connect
from harness.application.contract import load_application
from harness.config import load_config
from harness.load.bench.names import TASK_QUEUE, WORKFLOW


@workflow.defn(name=WORKFLOW)
class BenchWorkflow:
    """Ends at once."""

    @workflow.run
    async def run(self, number: int) -> int:
        """Give back what came."""
        return number


async def work() -> None:
    """Work until this is cancelled."""
    client = await connect(load_application(load_config(Path.cwd()).app), os.environ)
    # The sandbox imports this module anew for each workflow: with it the worker did fifty a second, and was what was
    # measured. Who waits for nothing needs none.
    runner = UnsandboxedWorkflowRunner()
    await Worker(client, task_queue=TASK_QUEUE, workflows=[BenchWorkflow], workflow_runner=runner).run()


if __name__ == "__main__":
    asyncio.run(work())
