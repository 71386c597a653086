"""`assay simulate`: companies in virtual time, by the thousand; what fails is made small and told."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import harness
from harness.application.sources import sources_in
from harness.application.version import load_mutant, version_folder
from harness.cli.console import progress_display
from harness.cli.simulated import (
    show_failures,
    show_on_server,
    show_plan,
    show_refused,
    show_tally,
    show_unseen,
)
from harness.config import ProjectConfig, load_config
from harness.errors import UsageError
from harness.progress import Progress
from harness.sim.refusal import NotSimulated
from harness.simulate.bench import Bench, Project, open_bench, project_of
from harness.simulate.campaign import Job, Shard, jobs_of, run_jobs
from harness.simulate.kept import Kept
from harness.simulate.on_server.trial import STACK
from harness.simulate.outcome import Outcome, Tally
from harness.simulate.plan_file import family_of, read_plan

FOLDER = "simulate"
DEFAULT = range(1, 201)


class Seeds(click.ParamType[range]):
    """``A..B``, both included, or one seed."""

    name = "A..B"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """The seeds."""
        if isinstance(value, range):
            return value
        match = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", str(value))
        if match is None or int(match[2] or match[1]) < int(match[1]):
            self.fail(f"{value!r} is no range of seeds; write 1..200, or 17")
        return range(int(match[1]), int(match[2] or match[1]) + 1)


class ShardType(click.ParamType[Shard]):
    """``K/N``."""

    name = "K/N"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        """The shard."""
        if isinstance(value, Shard):
            return value
        match = re.fullmatch(r"(\d+)/(\d+)", str(value))
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            self.fail(f"{value!r} is no part of many; write 1/4 to 4/4")
        return Shard(int(match[1]), int(match[2]))


@click.command()
@click.argument("families", nargs=-1, metavar="[FAMILY]...")
@click.option("--seeds", type=Seeds(), help=f"Which companies; a seed is one.  [default: 1..{DEFAULT.stop - 1}]")
@click.option(
    "--crash-every-task",
    is_flag=True,
    help="Rebuild every workflow from its history after every task, and cut every activity in every way.",
)
@click.option("--twice", is_flag=True, help="Simulate each seed twice; it has to be the same, byte for byte.")
@click.option(
    "--plan",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Replay a failure that was saved, and nothing else.",
)
@click.option(
    "--on",
    "stack",
    type=click.Choice((STACK,)),
    help="Try the plan on a real dev server, too, in real time: is the same broken there?",
)
@click.option("--mutant", metavar="NAME", help="Simulate this broken version, a patch (docs/mutants.md).")
@click.option("--app", metavar="NAME", help="A module with `app`, and maybe `simulated`, instead of the configured.")
@click.option("--shard", type=ShardType(), default="1/1", help="The Kth of N parts of the seeds.")
@click.option("--processes", type=click.IntRange(1, 64), help="Processes side by side. [default: one per core]")
def simulate(
    families: tuple[str, ...],
    seeds: range | None,
    crash_every_task: bool,
    twice: bool,
    plan: Path | None,
    stack: str | None,
    mutant: str | None,
    app: str | None,
    shard: Shard,
    processes: int | None,
) -> int:
    """Simulate whole companies in virtual time, with faults at every step, all of them from the seed.

    The workflows, activities, gateways, routes and SQL are the application's own; the server, the workers, the clock
    and the sockets are not there. What fails is made small, told as a story, and saved as a plan and a test.

    \b
    assay simulate                              200 companies
    assay simulate invoices --seeds 1..2000     of this family
    assay simulate --crash-every-task           and every workflow is rebuilt after every task
    assay simulate --plan FILE                  the very same failure again
    assay simulate --plan FILE --on dev         and on a real server
    """
    config = load_config(Path.cwd())
    project = project_of(config, app)
    if stack is not None and plan is None:
        raise UsageError(f"--on {stack} tries one plan; name it with --plan FILE")
    if plan is not None and (families or seeds or crash_every_task or twice or shard.parts > 1 or processes):
        raise UsageError("--plan FILE is one company with its faults: leave out families, seeds, and how to try many")
    if mutant is not None and app is not None:
        raise UsageError("--mutant is a version of the configured application; leave --app out")
    with version_folder(config, load_mutant(config, mutant) if mutant is not None else None) as folder:
        tried = Tried(config, project.version(folder) if mutant is not None else project, folder, mutant)
        bench = open_bench(tried.project)
        if plan is not None:
            return (show_on_server if stack is not None else show_plan)(bench, read_plan(plan))
        names = list(dict.fromkeys(families)) or [family.name for family in bench.families]
        if not names:
            raise UsageError(f"{config.scenarios} has no claim to simulate; docs/your-workflow.md shows one")
        for name in names:
            family_of(bench.families, name)
        jobs = list(jobs_of(names, seeds or DEFAULT, crash_every_task=crash_every_task, twice=twice, shard=shard))
        if not jobs:
            raise UsageError(
                f"--shard {shard.number}/{shard.parts} of {len(seeds or DEFAULT)} seeds holds none of them"
            )
        cells = None if not crash_every_task else "named" if families else "all"
        return _tell(tried, bench, jobs, processes or os.cpu_count() or 1, cells)


@dataclass(frozen=True)
class Tried:
    """What is simulated.

    :param version: the folder with the application's code; ``mutant`` is the broken version that it is, if it is one.
    """

    config: ProjectConfig
    project: Project
    version: Path
    mutant: str | None


def _tell(tried: Tried, bench: Bench, jobs: list[Job], processes: int, cells: str | None) -> int:
    """Simulate them all, say what came of it, and return the exit code.

    :param cells: whose activities have to be cut in every way: "named" families, "all", or nobody's.
    """
    show_unseen(bench)
    tally = Tally()
    try:
        _campaign(tried, jobs, processes, tally)
    except NotSimulated as error:
        show_refused(error)
        if not tally.invalid:
            return error.exit_code
    if cells is not None:
        tally.activities = bench.activities_beside(tally.cut) if cells == "named" else bench.activities
    show_tally(tally)
    options = f" --mutant {tried.mutant}" if tried.mutant is not None else ""
    show_failures(bench, _failed(tally, jobs), tried.config.runs_folder / FOLDER, options)
    return tally.verdict().exit_code


def campaign_of(tried: Tried, jobs: Sequence[Job]) -> Mapping[str, object]:
    """What makes it this campaign and no other: what is simulated, what judges it, and by which Assay."""
    config, project = tried.config, tried.project
    return {
        "project": [project.app, project.simulated],
        "sources": sources_in(tried.version, project.app).sha256,
        "judged by": [sources_in(config.root, name).sha256 for name in (config.scenarios, project.simulated)],
        "assay": sources_in(Path(harness.__file__).parents[1], "harness").sha256,
        "jobs": [hashlib.sha256(repr(jobs).encode()).hexdigest(), len(jobs)],
    }


def _campaign(tried: Tried, jobs: list[Job], processes: int, tally: Tally) -> None:
    """Simulate what is not kept yet, and add all of it up."""
    kept = Kept(tried.config.runs_folder / FOLDER, campaign_of(tried, jobs))
    for outcome in kept.outcomes.values():
        tally.add(outcome)
    left = [job for job in jobs if not kept.has(job)]
    try:
        with progress_display() as progress:
            progress.phase("simulate", f"{len(jobs)} simulations on {processes} processes")
            _run(tried.project, left, processes, kept, tally, progress, len(jobs))
    except BaseException:
        kept.close()
        raise
    kept.over()


def _run(
    project: Project, jobs: list[Job], processes: int, kept: Kept, tally: Tally, progress: Progress, total: int
) -> None:
    def heard(job: Job, outcome: Outcome) -> bool:
        kept.keep(outcome)
        tally.add(outcome)
        done, width = tally.seeds, 24
        filled = width * done // total
        progress.update(
            f"[{'#' * filled}{'.' * (width - filled)}] {done}/{total}, {tally.executions} executions, "
            f"{len(tally.invalid)} INVALID"
        )
        return True

    run_jobs(project, jobs, processes=min(processes, max(1, len(jobs))), on_outcome=heard)


def _failed(tally: Tally, jobs: list[Job]) -> list[Job]:
    by_key = {(job.family, job.seed, job.cut): job for job in jobs}
    return [by_key[each.family, each.seed, each.cut] for each in tally.invalid]
