"""A locustfile for tests: a workflow is started and its end awaited, with nothing of the application around it."""

from __future__ import annotations

import random

from harness.load.client.operations import Operations
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen

listen()


class SimpleUser(TemporalUser):
    """Starts ``Simple`` and waits for its end."""

    workflow_ids_begin = "simple-"

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One workflow."""
        started = operations.start("Simple", 1, name="Simple", id=f"simple-{number}", task_queue="simple")
        operations.completion(started)
