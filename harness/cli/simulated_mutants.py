"""`assay mutants --simulate`: the table mutant × check in virtual time."""

from __future__ import annotations

from collections.abc import Sequence

import click

from harness.application.version import Mutant
from harness.config import ProjectConfig
from harness.mutants.budget import Budget
from harness.mutants.simulated import Trial, try_on_simulator
from harness.simulate.bench import open_bench, project_of
from harness.verdict import counted


def try_simulated(config: ProjectConfig, mutants: Sequence[Mutant], budget: Budget) -> int:
    """Try each in the simulator, say what came of it, and return the exit code: 1 if any survives.

    :raises UsageError: nothing can be simulated here, or a patch does not apply.
    """
    project = project_of(config)
    families = [family.name for family in open_bench(project).families]
    killed = 0
    for mutant in mutants:
        trial = try_on_simulator(config, project, mutant, families, budget=budget)
        killed += trial.killed
        click.echo(_in_words(trial))
    click.echo(f"{killed} of {len(mutants)} killed in the simulator")
    return 0 if killed == len(mutants) else 1


def _in_words(trial: Trial) -> str:
    others = f"; INVALID, too: {', '.join(trial.others)}" if trial.others else ""
    if trial.found_at is None:
        tried = counted(trial.executions, "execution", "executions")
        return f"SURVIVED {trial.mutant.name}: {trial.mutant.caught_by} said nothing in {tried}{others}"
    if not trial.killed:
        told = "; ".join(f"{check}: {summary}" for check, summary in trial.unpatched.items())
        return f"SURVIVED {trial.mutant.name}: the unpatched application is INVALID on the same seed, {told}"
    after = counted(trial.found_at, "execution", "executions")
    return f"killed   {trial.mutant.name}: {trial.mutant.caught_by} after {after}, {trial.seconds:.0f} s{others}"
