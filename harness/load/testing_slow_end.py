"""A locustfile for tests: users that are slow to be stopped, as many users are, and whose thinking ends meanwhile."""

from __future__ import annotations

import random
import time

from harness.load.client.operations import Operations
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen

STOPPING_SECONDS = 0.002

listen()


class SlowToStop(TemporalUser):
    """Starts ``Simple`` and waits for its end."""

    workflow_ids_begin = "simple-"

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One workflow."""
        operations.execute("Simple", 1, name="Simple", id=f"simple-{number}", task_queue="simple")

    def on_stop(self) -> None:
        """Hold up all other greenlets for a moment, those that are still to be killed among them."""
        time.sleep(STOPPING_SECONDS)
