"""`assay bench engines`: measures every engine, prints the table, and exits with 1 when the simulator is too slow."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from harness.config import load_config
from harness.errors import UsageError
from harness.load.bench.rig import BenchFailed
from harness.simulate.bench import Bench, open_bench, project_of
from harness.simulate.binding import Family, bare_of
from harness.simulate.engines.play import WHOLE, Play
from harness.simulate.engines.rig import (
    BARE_WORKFLOW,
    DEV_SERVER,
    SKIPPING_V1,
    SKIPPING_V2,
    WHOLE_COMPANIES,
    Engine,
    Rig,
)
from harness.simulate.engines.search import Concurrency, attempt, search
from harness.simulate.engines.servers import TEST_SERVER, skipping_server_program
from harness.simulate.engines.table import HEAD, Row, bounds, growth_lines
from harness.simulate.plan_file import family_of

UNKNOWN_CODE = 4
SIDE_BY_SIDE = 16
"""Bare executions in one simulation: enough that its beginning and its end are little of it."""


@click.command()
@click.option("--family", metavar="NAME", help="Whose workflow. [default: the first that offers `bare`]")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600.0),
    default=10.0,
    show_default=True,
    help="Time measured at each concurrency of each engine.",
)
@click.option(
    "--executions",
    type=click.IntRange(1, 1_000_000),
    default=400,
    show_default=True,
    help="Over so many the simulator's memory is watched.",
)
@click.option("--app", metavar="NAME", help="A module with `app` and `simulated`, instead of the configured ones.")
def engines(family: str | None, seconds: float, executions: int, app: str | None) -> int:
    """Measure how many executions a second the simulator and the servers run of one workflow.

    All on this machine, in one run, each at the concurrency at which it does most: the simulator with whole innocent
    companies and with the bare workflow, the dev server, the same with time skipping, and the Java SDK's time-skipping
    test server where it is installed. Either figure of the simulator must be at least 15 times that of the best
    server. Then: what an event costs in a longer execution, and what memory many executions cost.

    Figures are of this machine, now; it should have nothing else to do. Exits with 1 when a bound is broken, with 4
    when an engine did not come to its end.
    """
    project = project_of(load_config(Path.cwd()), app)
    bench = open_bench(project)
    chosen = chosen_family(bench.families, family)
    play = Play(project.app, project.simulated, chosen.name, WHOLE, "", seconds=seconds)
    return asyncio.run(_measured(bench, Rig(play, bench.app.search_attributes), executions))


def chosen_family(families: Sequence[Family], name: str | None) -> Family:
    """The family of this name, or the first that engines can be compared by.

    :raises UsageError: it offers nothing to compare engines by, or none does.
    """
    asked = families if name is None else [family_of(families, name)]
    found = next((family for family in asked if bare_of(family) is not None), None)
    if found is None:
        names = ", ".join(family.name for family in asked)
        raise UsageError(f"{names}: no `bare` to compare engines by; add one, see docs/simulator.md")
    return found


async def _measured(bench: Bench, rig: Rig, executions: int) -> int:
    cores = os.cpu_count() or 1
    click.echo(f"on {cores} cores, {rig.play.seconds:g} s measured at each concurrency: {rig.play.family}")
    click.echo(HEAD)
    simulated = [await _simulated(rig, engine, in_flight, cores) for engine, in_flight in SIMULATED.items()]
    others = [await _served(rig, engine, cores) for engine in (DEV_SERVER, SKIPPING_V2)]
    others.append(await _served(rig, SKIPPING_V1, cores) if skipping_server_program() else _left_out())
    judged = bounds(simulated, others)
    for bound in judged:
        click.echo(bound.line())
    try:
        for line in growth_lines(await rig.growth(executions)):
            click.echo(line)
    except BenchFailed as failed:
        click.echo(f"not measured: {failed}", err=True)
        return UNKNOWN_CODE
    if failed_ones := [row.name for row in (*simulated, *others) if row.failed]:
        click.echo(f"not measured: {', '.join(failed_ones)}", err=True)
        return UNKNOWN_CODE
    broken = [bound.name for bound in judged if not bound.met]
    click.echo(f"broken: {', '.join(broken)}" if broken else f"all {len(judged)} bounds are kept")
    return 1 if broken else 0


SIMULATED: Mapping[Engine, int] = {WHOLE_COMPANIES: 1, BARE_WORKFLOW: SIDE_BY_SIDE}
"""The figures of the simulator, with how many at a time in each process."""


async def _simulated(rig: Rig, engine: Engine, in_flight: int, cores: int) -> Row:
    return _shown(Row(engine.name, (await attempt(partial(rig.measure, engine), Concurrency(cores, in_flight)),)))


async def _served(rig: Rig, engine: Engine, cores: int) -> Row:
    return _shown(Row(engine.name, await search(partial(rig.measure, engine), cores=cores)))


def _left_out() -> Row:
    return _shown(Row(SKIPPING_V1.name, left_out=f"{TEST_SERVER} is not installed (docs/simulator.md)"))


def _shown(row: Row) -> Row:
    for line in row.lines():
        click.echo(line)
    return row
