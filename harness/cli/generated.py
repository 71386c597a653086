"""`assay mutants --generated N`: changes drawn from the application's syntax tree, shown or tried in the simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from harness.cli.console import progress_display
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.mutants.budget import Budget
from harness.mutants.generated.candidates import Candidate, candidates
from harness.mutants.generated.draw import Line, draw, drawn
from harness.mutants.generated.engine import SimulatorEngine
from harness.mutants.generated.equivalent import FILE, read_equivalents, refuse_stale
from harness.mutants.generated.generated import Generated
from harness.mutants.generated.page import COMMAND, percentage, write_score
from harness.mutants.generated.score import AT_LEAST, Count, Score, score
from harness.mutants.generated.source import sources_of
from harness.mutants.generated.trial import End, Tried
from harness.mutants.generated.trying import try_drawn
from harness.progress import Progress
from harness.record.rundir import commit_in_words
from harness.report.marked import table_in
from harness.seed import Seed
from harness.simulate.bench import open_bench, project_of
from harness.verdict import counted

CALM_COMPANIES = 8
"""Of each family, to see which lines are reached when nothing goes wrong."""


@dataclass(frozen=True)
class Possible:
    """All changes that could be drawn, and what the reviewed file says of some."""

    candidates: Sequence[Candidate]
    equivalents: Mapping[str, str]


def show_generated(config: ProjectConfig, count: int, seeds: Sequence[int]) -> int:
    """Print what each seed draws, as diffs; what two of them draw is printed once.

    :raises UsageError: the reviewed file of equivalent ones is wrong, or the application cannot be simulated.
    """
    possible = _possible(config)
    reached = None
    if config.simulated is not None:
        with progress_display() as progress, _engine(config, Budget()) as engine:
            reached = _reached(engine, progress)
    found = {each.name: each for seed in seeds for each in draw(possible.candidates, count, Seed(seed), reached)}
    for mutant in found.values():
        click.echo(_shown(mutant, possible.equivalents.get(mutant.name)))
    where = "reached by an execution or not" if reached is None else "that are reached where nothing goes wrong"
    click.echo(
        f"{len(found)} of {len(possible.candidates)} possible changes, drawn from all lines of "
        f"{config.app.split('.')[0]}, {where}"
    )
    if others := len(possible.equivalents.keys() - found.keys()):
        click.echo(f"{others} of the equivalent ones in {FILE} were not drawn")
    return 0


def try_generated(
    config: ProjectConfig, count: int, seeds: Sequence[int], *, budget: Budget, at_once: int, page: Path | None
) -> int:
    """Try what each seed draws, say what came of it, and return the exit code.

    :param at_once: trials side by side.
    :param page: where the table of the scores goes, if anywhere.
    :raises UsageError: nothing can be simulated here, ``vital`` or the reviewed file is wrong, or the page lacks marks.
    """
    if page is not None:
        table_in(page, COMMAND)  # Refused now, and not when all are tried.
    possible, vital = _possible(config), _vital(config)
    with progress_display() as progress, _engine(config, budget) as engine:
        reached = _reached(engine, progress)
        draws = {seed: drawn(possible.candidates, Seed(seed), reached) for seed in seeds}
        progress.phase("mutants", f"{count} for each of {len(draws)} seeds, {at_once} at a time")
        ends: list[End] = []

        def tell(tried: Tried) -> None:
            ends.append(tried.outcome.end)
            progress.update(
                f"{len(ends)} tried, {ends.count(End.KILLED)} killed; {tried.mutant.name}: {ends[-1].value}"
            )

        result = score(try_drawn(engine, draws, count, at_once=at_once, on_tried=tell), possible.equivalents)
    _tell_score(result, vital)
    if page is not None:
        write_score(page, result, commit_in_words(config.root))
    return result.verdict(vital).exit_code


def _possible(config: ProjectConfig) -> Possible:
    found, equivalents = candidates(sources_of(config)), read_equivalents(config)
    refuse_stale(equivalents, {each.name for each in found})
    return Possible(found, equivalents)


def _vital(config: ProjectConfig) -> Sequence[str]:
    patterns = config.vital.split()
    files = [Path(source.file) for source in sources_of(config)]
    if idle := [pattern for pattern in patterns if not any(file.match(pattern) for file in files)]:
        raise UsageError(f"[tool.assay] vital: no file of the application fits {' or '.join(idle)}; take it out")
    return patterns


def _engine(config: ProjectConfig, budget: Budget) -> SimulatorEngine:
    project = project_of(config)
    families = [family.name for family in open_bench(project).families]
    return SimulatorEngine(project, config.root, families, budget)


def _reached(engine: SimulatorEngine, progress: Progress) -> frozenset[Line]:
    progress.phase("lines", f"those that {CALM_COMPANIES} companies of each family reach where nothing goes wrong")
    return engine.reached(CALM_COMPANIES)


def _shown(mutant: Generated, equivalent: str | None) -> str:
    told = [mutant.name, f"    {mutant.kind} in {mutant.function}, {mutant.file}:{mutant.line}"]
    told += [f"    equivalent: {equivalent}"] if equivalent else []
    return "\n".join((*told, mutant.diff))


def _tell_score(result: Score, vital: Sequence[str]) -> None:
    """Say it, and what matters most in the end."""
    for seed, count in result.by_seed.items():
        click.echo(f"seed {seed}: {_in_words(count)}")
    for check, times in result.by_check.items():
        click.echo(f"  {check}: killed {times}")
    for each, why in result.equivalent:
        click.echo(f"equivalent: {each.mutant.name}: {why}")
    for each, why in result.mistaken:
        click.echo(f"called equivalent, and {each.outcome.check} tells it: {each.mutant.name}: {why}")
    where_none_may = result.vital(vital)
    for each in result.survivors:
        click.echo(_survivor(each, "where none may live, " if each in where_none_may else ""))
    survivors = counted(len(result.survivors), "survivor", "survivors")
    click.echo(f"{result.verdict(vital).value}: {_in_words(result.total)}; at least {AT_LEAST:.0%} are demanded")
    click.echo(f"{survivors} unexplained, {len(where_none_may)} of them where none may live")


def _in_words(count: Count) -> str:
    apart = [(count.timed_out, "timed out"), (count.stillborn, "stillborn"), (count.equivalent, "equivalent")]
    told = [f"{number} {what}" for number, what in apart if number]
    return ", ".join((f"{percentage(count)}, {count.killed} of {count.asked} killed", *told))


def _survivor(tried: Tried, where: str) -> str:
    mutant, outcome = tried.mutant, tried.outcome
    told = "; ".join(filter(None, (f"{outcome.end.value} after {outcome.executions} executions", outcome.told)))
    return (
        f"SURVIVED {mutant.name}: {told}\n"
        f"    {mutant.kind} in {mutant.function}, {where}{mutant.file}:{mutant.line}\n{mutant.diff}"
    )
