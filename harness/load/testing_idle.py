"""A locustfile for tests: its users do nothing, so that nothing is measured."""

from __future__ import annotations

import random

from harness.load.client.operations import Operations
from harness.load.client.user import TemporalUser
from harness.load.drive.wiring import listen

listen()


class IdleUser(TemporalUser):
    """Does nothing."""

    workflow_ids_begin = "idle-"

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """Nothing."""
