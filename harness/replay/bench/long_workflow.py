"""A workflow whose history can be as long as is wished: one activity after another."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from temporalio import workflow

QUEUE, ACTIVITY = "long", "step"
ACTIVITY_TIMEOUT = timedelta(minutes=1)
TEXT = "x" * 200
"""The argument and the result of every activity."""


@workflow.defn(name="Long")
class Long:
    """Calls the activity so many times."""

    @workflow.run
    async def run(self, rounds: int) -> None:
        """One after another."""
        for _ in range(rounds):
            await workflow.execute_activity(ACTIVITY, TEXT, start_to_close_timeout=ACTIVITY_TIMEOUT)


app = SimpleNamespace(
    queues={QUEUE: SimpleNamespace(workflows=(Long,), activities=(ACTIVITY,))}, activities=lambda ports: ()
)
