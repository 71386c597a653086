"""What one simulated execution of a seed came to: all runs with their histories, what was found, and the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from harness.sim.kernel.plan import Plan
from harness.sim.placeless import placeless, placeless_bytes
from harness.sim.server.execution import Execution, Status


class Ended(Enum):
    """Why a simulation ended."""

    QUIET = "nothing was left to happen"
    HORIZON = "its virtual time was over"
    STEPS = "it had taken as many steps as it may"


@dataclass(frozen=True)
class Finding:
    """Something that is wrong whatever the application promises.

    :param kind: ``nondeterminism`` or ``stuck`` (the code's), or ``defect`` (the simulator's own).
    :param event_id: where in the history, 0 where it is in none.
    """

    kind: str
    workflow_id: str
    run_id: str
    event_id: int
    message: str


@dataclass(frozen=True)
class Run:
    """One run of an execution. ``stuck`` says why its workflow tasks fail, and is empty while they do not."""

    workflow_id: str
    run_id: str
    workflow_type: str
    status: Status
    stuck: str
    started_at: int
    closed_at: int | None
    result: Payload | None
    failure: Failure | None
    events: Sequence[HistoryEvent]

    @property
    def history(self) -> WorkflowHistory:
        """For the SDK's ``Replayer``, or as JSON."""
        return WorkflowHistory(self.workflow_id, self.events)


@dataclass(frozen=True)
class Result:
    """One simulation.

    :param answers: what each caller returned, or the exception that it ended with.
    :param lasted: virtual time, in nanoseconds.
    """

    plan: Plan
    runs: Sequence[Run]
    answers: Sequence[Any]
    findings: Sequence[Finding]
    ended: Ended
    steps: int
    lasted: int

    def runs_of(self, workflow_id: str) -> list[Run]:
        """The runs of a workflow id in their order."""
        return [run for run in self.runs if run.workflow_id == workflow_id]

    @cached_property
    def digest(self) -> str:
        """The same for two simulations that are the same, byte for byte, wherever their code lies."""
        summed = hashlib.sha256()
        for run in self.runs:
            summed.update(placeless(f"{run.workflow_id} {run.run_id} {run.status} {run.stuck}\n").encode())
            for event in run.events:
                summed.update(placeless_bytes(event))
        rest = f"{self.steps} {self.lasted} {self.ended} {self.findings!r} {self.answers!r}"
        summed.update(placeless(rest).encode())
        return summed.hexdigest()


def run_of(run: Execution) -> Run:
    """What is kept of a run."""
    return Run(
        workflow_id=run.workflow_id,
        run_id=run.run_id,
        workflow_type=run.options.workflow_type,
        status=run.status,
        stuck=run.stuck,
        started_at=run.started_at,
        closed_at=run.closed_at,
        result=run.result,
        failure=run.failure,
        events=tuple(run.history.events),
    )
