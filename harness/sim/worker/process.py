"""A worker process: polls queues, keeps runs in a cache, does workflow tasks and attempts of activities, and may die.

What dies with it: its cache, the task it is at, and every attempt on its event loop, at whatever ``await`` they stand,
without a ``finally``. What it has sent before is under way. Another process begins later with nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from harness.sim.kernel.choices import Choices
from harness.sim.kernel.loop import virtual_loop
from harness.sim.kernel.timeline import Timeline
from harness.sim.server.execution import Activity, Execution, Task
from harness.sim.surface import WorkflowActivationJob, WorkflowCommand
from harness.sim.worker.cached import Cached
from harness.sim.worker.kit import Kit
from harness.sim.worker.watch import Watch

TASK_FAULTS = ("cache-lost", "worker-dies-before-task", "worker-dies-after-task")
"""Kinds of fault that strike at a workflow task."""


class UnderWay(Protocol):
    """An attempt of an activity that has begun on the process's loop."""

    def bury(self) -> None:
        """See ``attempt.Attempt``."""


class WorksOn(Protocol):
    """Begins a workflow task; ``dies`` has the worker die when it is done, before it can say so."""

    def __call__(self, worker: Process, run: Execution, task: Task, *, dies: bool) -> None:
        """See ``tasks.work_on``."""


@dataclass(frozen=True)
class Abilities:
    """What a process can do; the modules that do it know processes, not the other way round."""

    work_on: WorksOn
    begin_attempt: Callable[[Process, Execution, Activity, int], bool]
    ask: Callable[[Process, Execution, WorkflowActivationJob], WorkflowCommand]


@dataclass(frozen=True)
class Surroundings:
    """What all processes of a simulation share.

    :param client: what activities call the server with.
    :param on_death: told of each death, so that another process begins.
    :param on_finding: told what is wrong with the code under test, the run, and the event.
    """

    timeline: Timeline
    choices: Choices
    kit: Kit
    client: Any
    namespace: str
    crash_every_task: bool
    abilities: Abilities
    on_death: Callable[[Process], None]
    on_finding: Callable[[str, Execution, int, str], None]
    watch: Watch


class Process:
    """One incarnation of a worker.

    :ivar cache: the runs that it has, by their ids.
    """

    def __init__(
        self, around: Surroundings, name: str, join: Callable[[Process], None], leave: Callable[[Process], None]
    ) -> None:
        self.around, self.name, self.identity = around, name, name
        self.alive = True
        self.died_at: int | None = None
        self.loop = virtual_loop(around.timeline, name)
        self.cache: dict[str, Cached] = {}
        self.attempts: set[UnderWay] = set()
        self._leave = leave
        join(self)
        around.watch.worker_began(name)

    def serves(self, queue: str) -> bool:
        """Whether it polls this queue."""
        return queue in self.around.kit.queues

    def take_workflow_task(self, run: Execution, task: Task) -> None:
        """A workflow task has arrived."""
        fault = self.around.choices.fault(f"{run.place} task {task.ordinal} fault", TASK_FAULTS)
        if fault is not None and fault.kind == "worker-dies-before-task":
            self.die()
            return
        if fault is not None and fault.kind == "cache-lost":
            self.forget(run)
        self.around.abilities.work_on(
            self, run, task, dies=fault is not None and fault.kind == "worker-dies-after-task"
        )

    def take_activity(self, run: Execution, activity: Activity, attempt: int) -> bool:
        """An attempt has arrived. Whether it is still wanted."""
        return self.alive and self.around.abilities.begin_attempt(self, run, activity, attempt)

    def answer_query(self, run: Execution, job: WorkflowActivationJob) -> WorkflowCommand:
        """Ask a run something, from the cache or from its history."""
        return self.around.abilities.ask(self, run, job)

    def forget(self, run: Execution) -> None:
        """Let a run go from the cache."""
        cached = self.cache.pop(run.run_id, None)
        if cached is not None:
            cached.evict(self.around.timeline.now)

    def die(self) -> None:
        """Be killed."""
        if not self.alive:
            return
        self.alive, self.loop.ended = False, True
        self.died_at = self.around.timeline.now
        self.around.watch.worker_died(self.name)
        self._leave(self)
        for cached in self.cache.values():
            cached.evict(self.around.timeline.now)
        self.cache.clear()
        for attempt in self.attempts:
            attempt.bury()
        self.around.on_death(self)
