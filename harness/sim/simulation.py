"""One simulation: a server, worker processes and callers on one timeline, from the first call to the last event.

Data flow: kit (the code under test), choices (a seed or a plan), callers → **simulation** → result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.errors import HarnessDefect
from harness.sim.client.calls import FAULTS as CALL_FAULTS
from harness.sim.client.calls import Calls
from harness.sim.client.client import SimClient
from harness.sim.kernel import garbage
from harness.sim.kernel.choices import LATE, Choices
from harness.sim.kernel.loop import virtual_loop
from harness.sim.kernel.timeline import SECOND, Timeline
from harness.sim.result import Ended, Finding, Result, run_of
from harness.sim.server.answers import answer_queries
from harness.sim.server.execution import Execution
from harness.sim.server.server import DISTURBANCES, Server
from harness.sim.worker.attempt import FAULTS as ATTEMPT_FAULTS
from harness.sim.worker.attempt import begin_attempt
from harness.sim.worker.kit import Kit
from harness.sim.worker.process import TASK_FAULTS, Abilities, Process, Surroundings
from harness.sim.worker.tasks import ask, rebuild, work_on
from harness.sim.worker.watch import UNWATCHED, Watch

FAULTS = (*ATTEMPT_FAULTS, *TASK_FAULTS, *CALL_FAULTS, LATE)
"""All kinds of fault that no promise may depend on."""

MEDDLING = DISTURBANCES
"""Kinds of fault that change what an execution is for: somebody cancels or terminates it."""

Caller = Callable[[SimClient], Awaitable[Any]]

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
RESTART = SECOND
"""How long it takes at least until another process is there."""


@dataclass(frozen=True)
class Settings:
    """How a simulation is run; none of it is drawn.

    :param workers: worker processes; one that dies is followed by another.
    :param horizon: virtual time after which it ends, whatever is still open.
    :param crash_every_task: let every run go after every workflow task, rebuild it from its history, compare.
    """

    workers: int = 2
    namespace: str = "default"
    begins: datetime = BEGINS
    horizon: timedelta = timedelta(days=400)
    steps_at_most: int = 1_000_000
    crash_every_task: bool = False


PLAIN = Settings()


class Simulation:
    """One simulation. ``client`` is for what is bound to it, such as ports that call back; callers are given it."""

    def __init__(self, kit: Kit, choices: Choices, settings: Settings = PLAIN, watch: Watch = UNWATCHED) -> None:
        self._kit, self._choices, self._settings = kit, choices, settings
        begins = round((settings.begins - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 1000
        self.timeline = Timeline(begins)
        self.server = Server(self.timeline, choices, namespace=settings.namespace, on_stuck=self._stuck)
        self.server.on_closed.append(self._closed)
        self.client = SimClient(Calls(self.server, choices), kit.converter)
        self.findings: list[Finding] = []
        self._around = Surroundings(
            timeline=self.timeline,
            choices=choices,
            kit=kit,
            client=self.client,
            namespace=settings.namespace,
            crash_every_task=settings.crash_every_task,
            abilities=Abilities(work_on, begin_attempt, ask),
            on_death=self._died,
            on_finding=self._found,
            watch=watch,
        )
        self._outside = virtual_loop(self.timeline, "callers")
        self._callers: list[asyncio.Task[Any]] = []
        self.workers: list[Process] = []
        self._buried: list[Process] = []
        self._over = False
        for number in range(settings.workers):
            self._begin(f"worker-{number + 1}", 1)

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return self._settings.begins + timedelta(microseconds=(self.timeline.now - self.timeline.begins) // 1000)

    def call(self, caller: Caller) -> asyncio.Task[Any]:
        """Have a caller do its part. It may wait with ``asyncio.sleep``, in virtual time."""

        async def live() -> Any:
            return await caller(self.client)

        task = self._outside.create_task(live())
        self._callers.append(task)
        return task

    def end(self) -> None:
        """Let nothing more happen: what there was to see has been seen."""
        self._over = True

    def replay(self, run: Execution) -> str:
        """Build a run once more from its whole history; what is wrong with it, and nothing when nothing is."""
        found: list[str] = []
        around = replace(self._around, watch=UNWATCHED, on_finding=lambda kind, run, event_id, told: found.append(told))
        rebuild(Process(around, "replay", lambda worker: None, lambda worker: None), run)
        return "; ".join(found)

    def run(self) -> Result:
        """Let everything happen.

        :raises NotSimulated: the code under test uses something that is not there.
        """
        with garbage.kept():
            try:
                ended = self._live()
                result = Result(
                    plan=self._choices.plan(),
                    runs=tuple(run_of(run) for run in self.server.runs.values()),
                    answers=tuple(_answer(task) for task in self._callers),
                    findings=tuple(self.findings),
                    ended=ended,
                    steps=self.timeline.steps,
                    lasted=self.timeline.now - self.timeline.begins,
                )
            finally:
                self._let_go()
        return result

    def _live(self) -> Ended:
        horizon = self.timeline.begins + self._settings.horizon // timedelta(microseconds=1) * 1000
        timeline, most = self.timeline, self._settings.steps_at_most
        while not self._over and timeline.step(horizon):
            if timeline.refused is not None:
                raise timeline.refused
            if timeline.steps >= most:
                return Ended.STEPS
            garbage.collect_young(timeline.steps)
        return Ended.HORIZON if timeline.pending else Ended.QUIET

    def _let_go(self) -> None:
        """End what is still open, so that nothing of it wakes up when it is collected."""
        for worker in (*self.workers, *self._buried):
            worker.loop.ended = True
            for cached in worker.cache.values():
                cached.evict(self.timeline.now)
            worker.cache.clear()
            for attempt in worker.attempts:
                attempt.bury()
        self._outside.ended = True
        for task in self._callers:
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]

    def _begin(self, name: str, incarnation: int) -> None:
        matching = self.server.matching
        worker = Process(self._around, f"{name}.{incarnation}", matching.join, matching.leave)
        self.workers.append(worker)

    def _died(self, worker: Process) -> None:
        self.workers.remove(worker)
        self._buried.append(worker)
        name, _, incarnation = worker.name.rpartition(".")
        lag = RESTART + self._choices.lag(f"{worker.name} is replaced")
        self.timeline.after(lag, self._begin, name, int(incarnation) + 1)

    def _closed(self, run: Execution) -> None:
        """No worker needs it in its cache any more; who is at work on it lets it go itself."""
        if run.queries:
            self.timeline.after(0, answer_queries, run)
        for worker in self.workers:
            if run.run_id in worker.cache and not self._settings.crash_every_task:
                self.timeline.after(0, worker.forget, run)

    def _stuck(self, run: Execution) -> None:
        self.timeline.after(0, answer_queries, run)
        self._found("stuck", run, run.history.next_id - 1, run.stuck)

    def _found(self, kind: str, run: Execution, event_id: int, message: str) -> None:
        if kind == "defect":
            raise HarnessDefect(f"{run.workflow_id} {run.run_id} event {event_id}: {message}")
        self.findings.append(Finding(kind, run.workflow_id, run.run_id, event_id, message))


def _answer(task: asyncio.Task[Any]) -> Any:
    if not task.done():
        return None
    return task.exception() or task.result()


def simulate(kit: Kit, choices: Choices, callers: Sequence[Caller], settings: Settings = PLAIN) -> Result:
    """Run one simulation with these callers; see ``Simulation.run``."""
    simulation = Simulation(kit, choices, settings)
    for caller in callers:
        simulation.call(caller)
    return simulation.run()
