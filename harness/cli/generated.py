"""`assay mutants --generated N`: changes that are drawn from the application's syntax tree."""

from __future__ import annotations

from collections.abc import Sequence

import click

from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.mutants.generated.candidates import candidates
from harness.mutants.generated.draw import draw
from harness.mutants.generated.equivalent import FILE, read_equivalents, refuse_stale
from harness.mutants.generated.generated import Generated
from harness.mutants.generated.source import sources_of
from harness.seed import Seed


def show_generated(config: ProjectConfig, count: int, seeds: Sequence[int], *, listed: bool) -> int:
    """Print what each seed draws, as diffs; what two of them draw is printed once.

    :raises UsageError: they are to be tried, or the reviewed file of equivalent ones is wrong.
    """
    if not listed:
        raise UsageError(
            "nothing here can try generated mutants yet: that takes thousands of executions of each, and so a "
            "simulator; add --list to see what would be tried"
        )
    possible = candidates(sources_of(config))
    equivalents = read_equivalents(config)
    refuse_stale(equivalents, {each.name for each in possible})
    drawn = {mutant.name: mutant for seed in seeds for mutant in draw(possible, count, Seed(seed))}
    for mutant in drawn.values():
        click.echo(_shown(mutant, equivalents.get(mutant.name)))
    click.echo(
        f"{len(drawn)} of {len(possible)} possible changes, drawn from all lines of {config.app.split('.')[0]}, "
        "reached by an execution or not"
    )
    if others := len(equivalents.keys() - drawn.keys()):
        click.echo(f"{others} of the equivalent ones in {FILE} were not drawn")
    return 0


def _shown(mutant: Generated, equivalent: str | None) -> str:
    told = [mutant.name, f"    {mutant.kind} in {mutant.function}, {mutant.file}:{mutant.line}"]
    told += [f"    equivalent: {equivalent}"] if equivalent else []
    return "\n".join((*told, mutant.diff))
