"""A worker, as far as a server has to do with one."""

from __future__ import annotations

from typing import Protocol

from harness.sim.server.execution import Activity, Execution, Task
from harness.sim.surface import WorkflowActivationJob, WorkflowCommand


class Worker(Protocol):
    """One worker process."""

    @property
    def name(self) -> str:
        """Also the name of its sticky queue; no two incarnations share one."""

    @property
    def identity(self) -> str:
        """What events call it."""

    @property
    def alive(self) -> bool:
        """Whether it still runs."""

    @property
    def died_at(self) -> int | None:
        """When it died, in nanoseconds."""

    def serves(self, queue: str) -> bool:
        """Whether it polls this queue."""

    def take_workflow_task(self, run: Execution, task: Task) -> None:
        """A workflow task has arrived."""

    def take_activity(self, run: Execution, activity: Activity, attempt: int) -> bool:
        """An attempt has arrived. Whether it is still wanted."""

    def answer_query(self, run: Execution, job: WorkflowActivationJob) -> WorkflowCommand:
        """Ask a run something."""
