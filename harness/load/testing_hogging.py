"""A locustfile for tests: its users compute for a while without letting anybody else have a turn."""

from __future__ import annotations

import random
import time

from harness.load.client.operations import Operations
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen

HOGGED_SECONDS = 0.4

listen()


class HoggingUser(TemporalUser):
    """Starts ``Simple``, computes, and waits for its end."""

    workflow_ids_begin = "hogging-"

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """One workflow."""
        started = operations.start("Simple", 1, name="Simple", id=f"hogging-{number}", task_queue="simple")
        until_seconds = time.monotonic() + HOGGED_SECONDS
        while time.monotonic() < until_seconds:
            pass
        operations.completion(started)
