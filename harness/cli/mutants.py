"""`assay mutants`: the table mutant × check; 1 if any survives."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from harness.config import load_config
from harness.errors import UsageError
from harness.mutants import Row, TrialResult, judge_mutants, run_trials, trials
from harness.version import load_mutant, load_mutants


@click.command()
@click.argument("names", nargs=-1, metavar="[MUTANT]...")
@click.option(
    "--seed", "seeds", type=click.IntRange(min=0), multiple=True, help="Try on this seed; repeat for more. [default: 1]"
)
@click.option("--jobs", type=click.IntRange(1, 32), help="Trials side by side. [default: one more than there are cores]")
@click.option("--list", "list_mutants", is_flag=True, help="Name every mutant, what it breaks and what must catch it.")
def mutants(names: tuple[str, ...], seeds: tuple[int, ...], jobs: int | None, list_mutants: bool) -> int:
    """Break the application on purpose, in every way we know, and see that the declared check says so.

    A mutant counts as killed only if that check says INVALID and the unpatched application is VALID on the same plan.
    """
    config = load_config(Path.cwd())
    chosen = [load_mutant(config, name) for name in names] if names else load_mutants(config)
    if not chosen:
        raise UsageError(f"{config.mutants_folder} holds no patch, so no check can be shown to fail")
    if list_mutants:
        for mutant in chosen:
            click.echo(f"{mutant.name}\n    {mutant.promise}\n    caught by {mutant.caught_by} on {mutant.claim}")
        return 0
    planned = trials(chosen, seeds or (1,))
    console = Console(stderr=True)
    done = 0

    def tell(result: TrialResult) -> None:
        nonlocal done
        done += 1
        console.print(f"[{done}/{len(planned)}] {result.trial.label}: {result.verdict}", highlight=False, markup=False)

    # One more than there are cores: a trial waits for time-outs for a good part of its time.
    at_once = jobs or (os.cpu_count() or 1) + 1
    results = asyncio.run(run_trials(config, planned, at_once=at_once, on_result=tell))
    rows = judge_mutants(results, chosen, seeds or (1,))
    _print(rows)
    return 0 if all(row.killed for row in rows) else 1


def _print(rows: list[Row]) -> None:
    table = Table("mutant", "seed", "claim", "check", "", "why", box=None)
    for row in rows:
        mark = "[green]killed[/]" if row.killed else "[red]SURVIVED[/]"
        table.add_row(row.mutant.name, str(row.seed), row.mutant.claim, row.mutant.caught_by, mark, row.why)
    Console(width=None if Console().is_terminal else 160).print(table)
    click.echo(f"{sum(row.killed for row in rows)} of {len(rows)} killed")
