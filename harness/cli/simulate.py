"""`assay simulate`: companies in virtual time, by the thousand; what fails is made small and told."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from harness.application.sources import sources_in
from harness.cli.console import progress_display
from harness.cli.simulated import show_failures, show_plan, show_tally
from harness.config import ProjectConfig, load_config
from harness.errors import UsageError
from harness.progress import Progress
from harness.sim.refusal import NotSimulated
from harness.simulate.bench import Bench, Project, open_bench, project_of
from harness.simulate.campaign import Job, Shard, jobs_of, run_jobs
from harness.simulate.kept import Kept
from harness.simulate.outcome import Outcome, Tally
from harness.simulate.plan_file import family_of, read_plan

FOLDER = "simulate"


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
@click.option("--seeds", type=Seeds(), default="1..200", show_default=True, help="Which companies; a seed is one.")
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
@click.option("--app", metavar="NAME", help="A module with `app` and `simulated`, instead of the configured ones.")
@click.option("--shard", type=ShardType(), default="1/1", help="The Kth of N parts of the seeds.")
@click.option("--processes", type=click.IntRange(1, 64), help="Processes side by side. [default: one per core]")
def simulate(
    families: tuple[str, ...],
    seeds: range,
    crash_every_task: bool,
    twice: bool,
    plan: Path | None,
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
    """
    config = load_config(Path.cwd())
    project = project_of(config, app)
    bench = open_bench(project)
    if plan is not None:
        return show_plan(bench, read_plan(plan))
    names = list(families) or [family.name for family in bench.families]
    for name in names:
        family_of(bench.families, name)
    jobs = list(jobs_of(names, seeds, crash_every_task=crash_every_task, twice=twice, shard=shard))
    if not jobs:
        raise UsageError(f"--shard {shard.number}/{shard.parts} of {len(seeds)} seeds holds none of them")
    cut = bench.activities if crash_every_task else frozenset[str]()
    tally = _campaign(config, project, jobs, processes or os.cpu_count() or 1, Tally(activities=cut))
    show_tally(tally)
    _tell_failures(config, bench, tally, jobs)
    return tally.verdict().exit_code


def _campaign(config: ProjectConfig, project: Project, jobs: list[Job], processes: int, tally: Tally) -> Tally:
    told = {
        "project": [project.app, project.simulated],
        "sources": sources_in(config.root, project.app).sha256,
        "jobs": [repr(jobs[0]), repr(jobs[-1]), len(jobs)],
    }
    kept = Kept(config.runs_folder / FOLDER, told)
    for outcome in kept.outcomes.values():
        tally.add(outcome)
    try:
        with progress_display() as progress:
            progress.phase("simulate", f"{len(jobs)} simulations on {processes} processes")
            _run(project, [job for job in jobs if not kept.has(job)], processes, kept, tally, progress, len(jobs))
    except BaseException:
        kept.close()
        raise
    kept.over()
    return tally


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


def _tell_failures(config: ProjectConfig, bench: Bench, tally: Tally, jobs: list[Job]) -> None:
    by_key = {(job.family, job.seed, job.cut): job for job in jobs}
    failed = [by_key[each.family, each.seed, each.cut] for each in tally.invalid]
    try:
        show_failures(bench, failed, config.runs_folder / FOLDER)
    except NotSimulated as error:
        raise UsageError(str(error)) from error
