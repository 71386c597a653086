"""`assay bench judge`: writes synthetic runs, judges each in a fresh process, and exits with 1 when a bound is broken.

Data flow: ``scenarios.invoices.synthetic`` makes the runs → **command** → ``measure`` in a process each →
``bounds``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from harness.errors import HarnessDefect
from scenarios.invoices.bench.bounds import bounds, table
from scenarios.invoices.bench.measure import Measured, measured
from scenarios.invoices.synthetic.run import make_run

EFFECTS_PER_INVOICE = 5.6
"""What the habits of the workload come to, counted."""


@click.command()
@click.option(
    "--effects",
    "sizes",
    type=click.IntRange(100, 200_000),
    multiple=True,
    help="Effects in the record; repeat for more, smallest first. [default: 1000, 10000 and 100000]",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Draws the records.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep the run directories here.")
def judge(sizes: tuple[int, ...], seed: int, folder: Path | None) -> int:
    """Measure how long judging takes, and how it grows with the record.

    Writes runs that never happened, as a faultless application would have left them while workers and services failed,
    with 1,000, 10,000 and 100,000 effects. Each is read, judged by every check of a claim on invoices and reported in a
    fresh process. An effect of the largest may cost at most 1.3 times the processor time of one of the next smaller;
    all checks and the report may take at most 60 s and 2 GiB; and every check must say VALID.

    Exits with 1 when a bound is broken.
    """
    with tempfile.TemporaryDirectory() as scratch:
        kept = folder or Path(scratch)
        found = [_one(size, seed, kept) for size in sorted(sizes or (1_000, 10_000, 100_000))]
    return _printed(found)


def _one(size: int, seed: int, folder: Path) -> Measured:
    began = time.monotonic()
    run = folder / f"synthetic-{size}"
    made = make_run(run, seed, count=max(1, round(size / EFFECTS_PER_INVOICE)))
    took = time.monotonic() - began
    click.echo(f"a run of {made.invoices:,} invoices, {made.effects:,} effects, {made.faults:,} faults: {took:.0f} s")
    command = [sys.executable, "-m", "scenarios.invoices.bench.measure", str(run), str(made.invoices), str(made.faults)]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode != 0:
        raise HarnessDefect(f"{' '.join(command)} exited with {answer.returncode}: {answer.stderr.strip()[-2000:]}")
    return measured(answer.stdout)


def _printed(found: Sequence[Measured]) -> int:
    for line in table(found):
        click.echo(line)
    for complaint in (complaint for each in found for complaint in each.faults_found):
        click.echo(f"    not VALID: {complaint}")
    judged = bounds(found)
    for bound in judged:
        click.echo(bound.line())
    broken = [bound.name for bound in judged if not bound.met]
    click.echo(f"broken: {', '.join(broken)}" if broken else f"all {len(judged)} bounds are kept")
    return 1 if broken else 0
