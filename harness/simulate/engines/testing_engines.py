"""The toy of the simulator with a workflow by which engines can be compared: it takes turns, as many as it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client

from harness.record.lines import Line
from harness.simulate.binding import Ground
from harness.simulate.testing_toy import QUEUE, Paying, Queue, Toy, ToyApp, ToySimulated

TOO_LONG = 1_000


@workflow.defn
class Turns:
    """Calls an activity so many times."""

    @workflow.run
    async def run(self, length: int) -> int:
        """The number of turns that were taken."""
        for taken in range(length):
            await workflow.execute_activity("turn", taken, start_to_close_timeout=timedelta(seconds=30))
        return length


@activity.defn
async def turn(taken: int) -> int:
    """One turn."""
    return taken + 1


@dataclass(frozen=True)
class TurnsRun:
    """See ``harness.simulate.binding.BareRun``."""

    activities: Sequence[Callable[..., Any]] = (turn,)
    lines: Sequence[Line] = ()

    async def execute(self, client: Client, task_queue: str, name: str, length: int) -> None:
        """Take the turns.

        :raises ValueError: they are too many.
        """
        if length >= TOO_LONG:
            raise ValueError(f"{length} turns are too many")
        taken = await client.execute_workflow(Turns.run, length, id=f"turns-{name}", task_queue=task_queue)
        assert taken == length

    def close(self) -> None:
        """Nothing to give back."""


@dataclass(frozen=True)
class BareTurns:
    """See ``harness.simulate.binding.Bare``."""

    queue: str = QUEUE

    def begin(self, ground: Ground) -> TurnsRun:
        """Nothing stands around it."""
        return TurnsRun()


@dataclass(frozen=True)
class ToyWithTurns(Toy):
    """A family that engines can be compared by."""

    bare: BareTurns = BareTurns()


app = ToyApp({QUEUE: Queue((Paying, Turns), ("look", "pay", "turn"))})
simulated = ToySimulated((Toy("plain", careful=True), ToyWithTurns("turns", careful=True)))
