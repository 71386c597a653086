"""A locustfile for tests: its users do nothing, so that nothing is measured."""

from __future__ import annotations

import random

from load.operations import Operations
from load.user import TemporalUser
from load.wiring import listen

listen()


class IdleUser(TemporalUser):
    """Does nothing."""

    workflow_ids_begin = "idle-"

    def work(self, operations: Operations, draws: random.Random, number: str) -> None:
        """Nothing."""
