"""`assay mutants`: the table mutant × check; 1 if any survives."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from harness.application.version import Mutant, load_mutant, load_mutants
from harness.cli.generated import show_generated, try_generated
from harness.cli.simulated_mutants import try_simulated
from harness.config import ProjectConfig, load_config
from harness.errors import UsageError
from harness.experiment.bring_up import STACKS
from harness.mutants.budget import Budget
from harness.mutants.rotation import Turn, TurnType
from harness.mutants.table import COMMAND, write
from harness.mutants.trials import Row, TrialResult, judge_mutants, run_trials, stacks_of, trials, undecided
from harness.record.rundir import commit_in_words
from harness.report.marked import table_in

DEFAULT = "dev"


@click.command()
@click.argument("names", nargs=-1, metavar="[MUTANT]...")
@click.option(
    "--seed", "seeds", type=click.IntRange(min=0), multiple=True, help="Try on this seed; repeat for more. [default: 1]"
)
@click.option(
    "--stack",
    type=click.Choice(tuple(STACKS)),
    help=f"Try the mutants whose claim names this stack first. [default: {DEFAULT}, or that of the named mutants]",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 32),
    help="Trials side by side. [default: one per core; on other stacks one per two cores]",
)
@click.option("--turn", type=TurnType(), metavar="N|K/N", help="One Nth of those it would try; the commit says which.")
@click.option(
    "--write",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PAGE.md",
    help="Put what came of it into the table of this page.",
)
@click.option(
    "--generated",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draw N changes of the application by the seed instead of taking the patches, and try them in the simulator.",
)
@click.option(
    "--simulate",
    is_flag=True,
    help="Try the patches in the simulator. A survivor is for the real stacks.",
)
@click.option(
    "--executions",
    type=click.IntRange(min=1),
    help=f"In the simulator, executions of workflows that a mutant gets at most. [default: {Budget().executions}]",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help=f"In the simulator, seconds that a mutant gets at most. [default: {Budget().seconds:g}]",
)
@click.option("--list", "list_mutants", is_flag=True, help="Name every mutant, what it breaks and what must catch it.")
def mutants(
    names: tuple[str, ...],
    seeds: tuple[int, ...],
    stack: str | None,
    jobs: int | None,
    turn: Turn | None,
    page: Path | None,
    generated: int | None,
    simulate: bool,
    executions: int | None,
    seconds: float | None,
    list_mutants: bool,
) -> int:
    """Break the application on purpose, in every way we know, and see that the declared check says so.

    A mutant counts as killed only if that check says INVALID and the unpatched application is VALID on the same plan.

    \b
    assay mutants                    those that show on the embedded server
    assay mutants --stack full       those that need a broken database or network to show
    assay mutants --turn 30          a thirtieth of them, by the commit: what a push has time for
    assay mutants started-again      this one, wherever it shows
    assay mutants --write docs/mutants.md
    assay mutants --simulate         all of them in virtual time: minutes, and not hours
    assay mutants --generated 20 --seed 1    changes that nobody thought of; with --list as diffs
    """
    config = load_config(Path.cwd())
    budget = _budget(executions, seconds, simulated=simulate or generated is not None)
    if generated is not None:
        if names or stack or turn or simulate or (list_mutants and (page or jobs)):
            raise UsageError("--generated draws its mutants and tries them in the simulator; leave out the rest")
        if list_mutants:
            return show_generated(config, generated, seeds or (1,))
        at_once = jobs or os.cpu_count() or 1
        return try_generated(config, generated, seeds or (1,), budget=budget, at_once=at_once, page=page)
    if page is not None:
        table_in(page, COMMAND)  # Refused now, and not when all are tried.
    known = [load_mutant(config, name) for name in names] if names else load_mutants(config)
    if not known:
        raise UsageError(f"{config.root / config.mutants} holds no patch, so no check can be shown to fail")
    stacks = stacks_of(config, known)
    if list_mutants:
        return _list(known, stacks)
    if simulate:
        if stack or page or seeds or jobs:
            raise UsageError("--simulate has no stack, seed, job or page of its own; leave out the rest")
        return try_simulated(config, known if turn is None else _of_turn(config, known, turn), budget)
    chosen = _chosen(known, stacks, stack, named=bool(names))
    chosen = chosen if turn is None else _of_turn(config, chosen, turn)
    rows = _try(config, chosen, seeds or (1,), jobs or _at_once({stacks[mutant.name] for mutant in chosen}))
    _print(rows, stacks)
    if page is not None:
        write(page, load_mutants(config), stacks_of(config, load_mutants(config)), rows, commit_in_words(config.root))
    _tell_of_the_rest(known, chosen, stacks)
    return _tell_survivors(rows)


def _list(known: Sequence[Mutant], stacks: Mapping[str, str]) -> int:
    for mutant in known:
        where = f"{mutant.claim} ({stacks[mutant.name]})"
        click.echo(f"{mutant.name}\n    {mutant.promise}\n    caught by {mutant.caught_by} on {where}")
    return 0


def _tell_survivors(rows: Sequence[Row]) -> int:
    """Name them again at the very end, where whoever reads the last lines of a long log finds it; the exit code."""
    for row in rows:
        if not row.killed:
            click.echo(f"SURVIVED: {row.mutant.name}, seed {row.seed}: {row.why}")
    return 0 if all(row.killed for row in rows) else 1


def _budget(executions: int | None, seconds: float | None, *, simulated: bool) -> Budget:
    if not simulated and (executions or seconds):
        raise UsageError("--executions and --seconds are for the simulator; add --simulate or --generated N")
    usual = Budget()
    return Budget(executions or usual.executions, seconds or usual.seconds)


def _chosen(known: Sequence[Mutant], stacks: Mapping[str, str], stack: str | None, *, named: bool) -> list[Mutant]:
    """Those that are tried: all that were named, or all whose claim is tried on this stack first.

    :raises UsageError: none is, or one that was named is tried elsewhere.
    """
    if named and stack is None:
        return list(known)
    fitting = [mutant for mutant in known if stacks[mutant.name] == (stack or DEFAULT)]
    if not fitting or (named and len(fitting) < len(known)):
        others = [f"{mutant.name} on {stacks[mutant.name]}" for mutant in known if mutant not in fitting]
        raise UsageError(f"not every mutant shows on the stack {stack or DEFAULT!r}; tried are {', '.join(others)}")
    return fitting


def _of_turn(config: ProjectConfig, chosen: Sequence[Mutant], turn: Turn) -> list[Mutant]:
    """Those whose turn it is. Mutants of one claim are spread over the turns: of some claims each takes minutes, and a
    push that had them all would have no end.

    :raises UsageError: it is the turn of none.
    """
    by_claim = sorted(chosen, key=lambda mutant: (mutant.claim, mutant.name))
    # By their numbers read backwards: neighbours are far apart, however many turns there are, and half a turn is a part
    # of the whole one.
    numbers = sorted(range(len(by_claim)), key=lambda number: f"{number:032b}"[::-1])
    spread = {by_claim[number].name: by_claim[number] for number in numbers}
    taken = [spread[name] for name in turn.of(config.root).taken(list(spread))]
    if not taken:
        raise UsageError(f"turn {turn}: there are fewer mutants than parts, and none in this part")
    return taken


def _at_once(stacks: set[str]) -> int:
    """As many as there are cores: with more, runs are short of time and prove nothing. A whole stack needs two."""
    cores = os.cpu_count() or 1
    return cores if stacks == {DEFAULT} else max(1, cores // 2)


def _try(config: ProjectConfig, chosen: Sequence[Mutant], seeds: Sequence[int], at_once: int) -> list[Row]:
    planned = trials(chosen, seeds)
    console = Console(stderr=True)
    done = 0

    def tell(result: TrialResult) -> None:
        nonlocal done
        done += 1
        console.print(f"[{done}/{len(planned)}] {result.trial.label}: {result.verdict}", highlight=False, markup=False)

    results = asyncio.run(run_trials(config, planned, at_once=at_once, on_result=tell))
    if again := undecided(results):
        console.print(f"{len(again)} of them did not prove what they must: again, one by one", highlight=False)
        planned, done = again, 0
        results += asyncio.run(run_trials(config, again, at_once=1, on_result=tell))
    return judge_mutants(results, chosen, seeds)


def _print(rows: Sequence[Row], stacks: Mapping[str, str]) -> None:
    table = Table("mutant", "seed", "claim", "stack", "check", "", "why", box=None)
    for row in rows:
        mark = "[green]killed[/]" if row.killed else "[red]SURVIVED[/]"
        mutant = row.mutant
        table.add_row(mutant.name, str(row.seed), mutant.claim, stacks[mutant.name], mutant.caught_by, mark, row.why)
    Console(width=None if Console().is_terminal else 160).print(table)
    click.echo(f"{sum(row.killed for row in rows)} of {len(rows)} killed")


def _tell_of_the_rest(known: Sequence[Mutant], chosen: Sequence[Mutant], stacks: Mapping[str, str]) -> None:
    """Say what was not tried and how it is: a table that looks whole must be whole."""
    for stack in STACKS:
        left_out = [mutant.name for mutant in known if mutant not in chosen and stacks[mutant.name] == stack]
        if left_out:
            click.echo(f"not tried: {', '.join(left_out)} (`assay mutants --stack {stack}`)")
