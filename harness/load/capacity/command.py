"""`assay load capacity`: searches, and prints the knee curve, the capacity and what was the limit.

Data flow: `assay load` finds the command by name (``harness.load.commands``) → **command** → ``search`` over
``trial``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import psutil

from harness.config import load_config
from harness.errors import EnvironmentMissing
from harness.load.capacity.search import Found, Range, search
from harness.load.capacity.step import Limits, Step
from harness.load.capacity.trial import Trial
from harness.load.inside.usage import limit_of, name_of
from harness.load.measure.shown import duration, share
from harness.stack.processes.sweep import processes_of
from harness.stack.state import stack_folder, state_of_living

UNKNOWN_CODE = 4
BAR_CHARACTERS = 24
POSITIVE = click.FloatRange(min=0.0, min_open=True)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, metavar="[LOCUST OPTION]...", type=click.UNPROCESSED)
@click.option("--file", default="load/invoices.py", show_default=True, help="The locustfile to run.")
@click.option(
    "--p99", "p99_seconds", type=POSITIVE, default=5.0, show_default=True, help="Bound on the p99 of completions, in s."
)
@click.option("--from", "first", type=POSITIVE, default=1.0, show_default=True, help="First rate to try, per s.")
@click.option("--most", type=POSITIVE, default=1000.0, show_default=True, help="Highest rate to try, per s.")
@click.option(
    "--precision",
    type=click.FloatRange(0.01, 1.0),
    default=0.1,
    show_default=True,
    help="How close the search comes, as a share of the rate.",
)
@click.option(
    "--seconds", type=click.FloatRange(1.0, 3600.0), default=30.0, show_default=True, help="Time measured at each rate."
)
@click.option("--warm-seconds", type=click.FloatRange(0.0, 600.0), default=5.0, show_default=True)
@click.option("--drain-seconds", type=click.FloatRange(0.0, 600.0), default=30.0, show_default=True)
def capacity(
    options: tuple[str, ...],
    file: str,
    p99_seconds: float,
    first: float,
    most: float,
    precision: float,
    seconds: float,
    warm_seconds: float,
    drain_seconds: float,
) -> int:
    """Search the highest rate of completions that the system keeps up, with a p99 below a bound.

    Each rate is an open run of its own, evenly paced: doubled until one is not kept, then halved in between. A rate is
    kept when it was offered, at least 95 % of it was completed each second, p99 and errors are within bounds, and
    nothing is left open. Exits with 4 when the capacity lies outside the rates that were tried.

    \b
    assay load capacity --p99 2 --from 2     on the stack of `assay up`
    assay load capacity -- --payload large   what follows goes to locust
    """
    config = load_config(Path.cwd())
    trial = Trial(file, config.root, seconds, warm_seconds, drain_seconds, options, _stack(config.root))
    limits = Limits(p99_seconds)
    click.echo(_HEAD)

    async def try_rate(rate_per_second: float) -> Step:
        step = await trial(rate_per_second)
        click.echo(_line(step, limits))
        return step

    found = asyncio.run(search(try_rate, limits, Range(first, max(first, most), precision)))
    for line in summary(found, limits):
        click.echo(line)
    return 0 if found.complete else UNKNOWN_CODE


_HEAD = f"   {'rate/s':>9}{'completed/s':>13}{'p50':>10}{'p99':>10}{'offered':>10}{'machine':>9}  most busy (cores)"


def _line(step: Step, limits: Limits) -> str:
    broken = limits.broken(step)
    busy = ", ".join(f"{name} {cores:.1f}" for name, cores in step.usage.busiest[:3])
    numbers = f"{step.rate_per_second:>9.1f}{step.completed_per_second:>13.1f}{duration(step.p50_seconds):>10}"
    numbers += f"{duration(step.p99_seconds):>10}{share(step.offered_share):>10}{step.usage.machine:>9.0%}"
    return f" {'✗' if broken else '✓'} {numbers}  {busy}{f'  - {broken}' if broken else ''}"


def summary(found: Found, limits: Limits) -> list[str]:
    """The knee curve, and the capacity in words."""
    lines = ["", "knee     rate/s → p99", *_curve(found.steps), ""]
    if found.kept is None:
        return [*lines, "capacity  unknown: the lowest rate was not kept; begin with a lower one (--from)"]
    at = f"{found.kept.completed_per_second:.1f} completions a second at {found.kept.rate_per_second:.1f}/s"
    if found.broken is None:
        return [*lines, f"capacity  unknown: at least {at}; no higher rate was tried (--most)"]
    why = limits.broken(found.broken)
    limit = "the generator; use more processes of it" if "generator" in why else limit_of(found.broken.usage)
    return [
        *lines,
        f"capacity  {at}, with p99 below {duration(limits.p99_seconds)}",
        f"beyond    {found.broken.rate_per_second:.1f}/s were not kept: {why}",
        f"limit     {limit}",
    ]


def _curve(steps: Sequence[Step]) -> list[str]:
    longest = max((step.p99_seconds or 0.0 for step in steps), default=0.0) or 1.0
    return [
        f"{step.rate_per_second:>15.1f}  {'█' * max(1, round((step.p99_seconds or 0.0) / longest * BAR_CHARACTERS))}"
        f" {duration(step.p99_seconds)}"
        for step in steps
    ]


def _stack(root: Path) -> Mapping[str, Sequence[psutil.Process]]:
    """The processes of the stack that is up, by name; none when the load goes elsewhere."""
    try:
        state = state_of_living(stack_folder(root))
    except EnvironmentMissing:
        return {}
    named: dict[str, list[psutil.Process]] = {}
    for process in processes_of(state.stack_id):
        named.setdefault(name_of(process), []).append(process)
    return named
