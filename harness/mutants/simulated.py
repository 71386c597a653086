"""Tries a broken version in the simulator: seeds until the declared check says INVALID, or the budget is spent.

What is said of a broken version counts only where the application as it is breaks nothing with the same choices.
Who survives here is not innocent: a check that needs a database or a network that breaks is for the real stacks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.application.version import Mutant, version_folder
from harness.config import ProjectConfig
from harness.mutants.budget import Budget, companies
from harness.simulate.bench import Project
from harness.simulate.campaign import Job, run_jobs
from harness.simulate.outcome import Outcome


@dataclass(frozen=True)
class Trial:
    """What came of one mutant.

    :param found_at: how many executions it took; ``None`` when the declared check never said INVALID.
    :param others: checks that said so beside it, or instead.
    :param unpatched: check → what it found in the application as it is, on the seed that found the mutant.
    """

    mutant: Mutant
    found_at: int | None
    executions: int
    seconds: float
    others: tuple[str, ...]
    unpatched: Mapping[str, str] = field(default_factory=dict)

    @property
    def killed(self) -> bool:
        """Found, and by what is wrong with the mutant alone."""
        return self.found_at is not None and not self.unpatched


def try_on_simulator(
    config: ProjectConfig,
    project: Project,
    mutant: Mutant,
    families: Sequence[str],
    *,
    budget: Budget,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> Trial:
    """Simulate companies of the mutant until it is found.

    :raises UsageError: the patch does not apply.
    """
    began, executions, others = time.monotonic(), 0, set[str]()
    found_at: int | None = None
    found_in: list[Job] = []
    unpatched: dict[str, str] = {}

    def heard(job: Job, outcome: Outcome) -> bool:
        nonlocal executions, found_at
        executions += outcome.executions
        others.update(outcome.broken)
        on_outcome(outcome)
        if found_at is None and mutant.caught_by in outcome.broken:
            found_at = executions
            found_in.append(job)
        return found_at is None and not budget.is_spent(executions, time.monotonic() - began)

    with version_folder(config, mutant) as folder:
        patched, jobs = project.version(folder), companies(families, budget)
        run_jobs(patched, jobs, processes=os.cpu_count() or 1, on_outcome=heard)
    seconds = time.monotonic() - began

    def as_it_is(job: Job, outcome: Outcome) -> bool:
        unpatched.update(outcome.broken)
        return True

    run_jobs(project, found_in, processes=1, on_outcome=as_it_is)
    return Trial(mutant, found_at, executions, seconds, tuple(sorted(others - {mutant.caught_by})), unpatched)
