"""A locustfile for tests: its work raises what no system raises, which is a mistake in the locustfile."""

from __future__ import annotations

import random

from harness.load.client.operations import Operations
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen

listen()


class BrokenUser(TemporalUser):
    """Starts a workflow, and then fails by itself."""

    workflow_ids_begin = "broken-"

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """Half of a piece of work."""
        operations.start("Broken", 1, name="Broken", id=f"broken-{number}", task_queue="broken")
        raise KeyError("a mistake of the locustfile")
