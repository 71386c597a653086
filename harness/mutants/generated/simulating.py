"""The process that simulates one version of the application: ``python -m`` this, with the number of an open pipe.

It imports the version when it is first asked something, answers question after question, and ends when nobody is there
any more. See ``simulator`` for the other end of the pipe.
"""

from __future__ import annotations

import resource
import sys
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path

from harness.application.version import code_in
from harness.mutants.generated.importing import import_with
from harness.mutants.generated.questions import Calm, Judged, Reach, Reached, Version
from harness.mutants.generated.reached import lines_reached
from harness.sim.kernel.choices import Drawn
from harness.sim.kernel.swarm import CALM
from harness.simulate.bench import Bench, open_bench
from harness.simulate.campaign import Job
from harness.simulate.case import Case
from harness.simulate.once import Simulated
from harness.verdict import worst
from harness.words import words_of

MEMORY_BYTES = 3 << 30
"""Ten times what a process takes that simulates what it should: a change may well fill all the memory there is."""


class Simulating:
    """Answers questions about one version."""

    def __init__(self, version: Version) -> None:
        self._version = version

    def answer(self, question: Calm | Reach | Job) -> Judged | Reached:
        """The answer. What the version does wrong is never an error here: it may do anything."""
        try:
            match question:
                case Reach():
                    code = code_in(self._version.root, self._version.project.app)
                    folders = [code] if code else []
                    return Reached(lines_reached(lambda: self._calm(question.seeds), self._version.root, folders))
                case Calm():
                    return _judged(self._calm(1))
                case Job():
                    return _judged([self._bench.run(question.case(self._bench))])
        except (Exception, SystemExit) as error:
            told = words_of(error)
            return Reached(error=told) if isinstance(question, Reach) else Judged("UNKNOWN", error=told)

    @cached_property
    def _bench(self) -> Bench:
        return open_bench(self._version.project)

    def _calm(self, seeds: int) -> list[Simulated]:
        bench = self._bench
        wanted = [(family, seed) for family in bench.families for seed in range(1, seeds + 1)]
        return [bench.run(Case(family, seed), Drawn(seed, CALM)) for family, seed in wanted]


def _judged(companies: list[Simulated]) -> Judged:
    broken = {each.check: each.summary for got in companies for each in got.broken}
    return Judged(
        verdict=worst(got.verdict for got in companies).value,
        broken=broken,
        executions=sum(len(got.record.executions) for got in companies),
        lives=any(_lives(got) for got in companies),
    )


def _lives(got: Simulated) -> bool:
    """Whether a workflow neither failed nor has tasks that fail again and again."""
    stuck = {finding.subject for result in got.broken if result.check == "stuck" for finding in result.findings}
    return any(each.status != "FAILED" and each.workflow_id not in stuck for each in got.record.executions)


def main() -> None:
    """Answer what is asked through the pipe."""
    pipe = Connection(int(sys.argv[1]))
    version: Version = pipe.recv()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    if version.cpu_seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (version.cpu_seconds, version.cpu_seconds))
    if version.mutant is not None:
        import_with(version.mutant, Path(version.root))
    simulating = Simulating(version)
    try:
        while True:
            pipe.send(simulating.answer(pipe.recv()))
    except (EOFError, OSError):
        return  # nobody is there any more


if __name__ == "__main__":
    main()
