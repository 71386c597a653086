"""Tries one generated mutant in the simulator: company after company, until a check says INVALID or enough was tried.

A mutant is killed where *any* check says so and the application as it is is VALID in the same company, simulated in a
process of its own. A simulation that ends before it can be judged proves nothing, and the next company follows.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

from harness.errors import HarnessDefect, UsageError
from harness.mutants.budget import Budget, companies
from harness.mutants.generated.draw import Line
from harness.mutants.generated.generated import Generated
from harness.mutants.generated.questions import Calm, Reach, Reached, Version
from harness.mutants.generated.simulator import NoAnswer, Simulator
from harness.mutants.generated.trial import End, Outcome
from harness.simulate.bench import Project
from harness.simulate.campaign import Job
from harness.verdict import Verdict

PATIENCE_SECONDS = 600.0
"""For one answer, however busy the machine is. A process that hangs is ended long before that, because it computes."""
IMPORT_CPU_SECONDS = 60.0
"""What a process may compute besides; it may compute for twice the budget, so that what is begun in time is ended."""


class SimulatorEngine:
    """See ``TrialEngine``. Used as a context, it leaves no process behind.

    :param root: the project's folder.
    :param families: names of those that are simulated.
    """

    def __init__(self, project: Project, root: Path, families: Sequence[str], budget: Budget) -> None:
        self._project, self._root, self._families, self._budget = project, root, families, budget
        self._as_it_is = Simulator(Version(root, project))
        self._asking, self._keeping = Lock(), Lock()
        self._valid: dict[Job, bool] = {}
        self._open: set[Simulator] = {self._as_it_is}
        self._closed = False

    def reached(self, seeds: int) -> frozenset[Line]:
        """The lines that so many companies of each family reach when nothing goes wrong.

        :raises UsageError: the application as it is cannot be simulated.
        """
        try:
            with self._simulator(None) as simulator:
                reached = simulator.reached(Reach(seeds))
        except NoAnswer as error:
            reached = Reached(error=str(error))
        if reached.error:
            raise UsageError(f"the application as it is cannot be simulated: {reached.error}")
        return reached.lines

    def try_one(self, mutant: Generated) -> Outcome:
        """See ``TrialEngine``."""
        with self._simulator(mutant) as simulator:
            try:
                calm = simulator.judged(Calm(), PATIENCE_SECONDS)
            except NoAnswer as error:
                return Outcome(End.TIMED_OUT, told=f"where nothing goes wrong: {error}")
            if not calm.lives:
                return Outcome(End.STILLBORN, told=calm.error or "; ".join(calm.broken.values()), executions=0)
            return self._in_trouble(simulator)

    def close(self) -> None:
        """See ``TrialEngine``."""
        with self._keeping:
            self._closed = True
            for simulator in self._open:
                simulator.close()

    def __enter__(self) -> SimulatorEngine:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
        self._as_it_is.__exit__()

    @contextlib.contextmanager
    def _simulator(self, mutant: Generated | None) -> Iterator[Simulator]:
        cpu_seconds = None if mutant is None else int(IMPORT_CPU_SECONDS + 2 * self._budget.seconds)
        with Simulator(Version(self._root, self._project, mutant, cpu_seconds)) as simulator:
            with self._keeping:
                self._open.add(simulator)
                if self._closed:
                    simulator.close()
            try:
                yield simulator
            finally:
                with self._keeping:
                    self._open.discard(simulator)

    def _in_trouble(self, simulator: Simulator) -> Outcome:
        began, executions, broken_off = time.monotonic(), 0, ""
        for job in companies(self._families, self._budget):
            if self._budget.is_spent(executions, time.monotonic() - began):
                break
            try:
                judged = simulator.judged(job, PATIENCE_SECONDS)
            except NoAnswer as error:
                return Outcome(End.TIMED_OUT, told=f"{_named(job)}: {error}", executions=executions)
            executions += judged.executions
            broken_off = judged.error or broken_off
            if judged.broken and self._is_valid_as_it_is(job):
                return Outcome(End.KILLED, next(iter(judged.broken)), _named(job), executions)
        return Outcome(End.SURVIVED, told=broken_off and f"broke off: {broken_off}", executions=executions)

    def _is_valid_as_it_is(self, job: Job) -> bool:
        with self._asking:
            if job not in self._valid:
                try:
                    judged = self._as_it_is.judged(job, PATIENCE_SECONDS)
                except NoAnswer as error:
                    if self._closed:
                        return False
                    raise HarnessDefect(f"the application as it is, in {_named(job)}: {error}") from error
                self._valid[job] = judged.verdict == Verdict.VALID.value
            return self._valid[job]


def _named(job: Job) -> str:
    return f"{job.family}, seed {job.seed}{f', {job.cut}' if job.cut else ''}"
