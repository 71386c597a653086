"""What `assay simulate` says: the tally, failures made small and saved, and a plan that is replayed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from harness.sim.kernel.choices import Replayed
from harness.simulate.bench import Bench
from harness.simulate.campaign import Job
from harness.simulate.cuts import CUTS
from harness.simulate.once import Case, Simulated
from harness.simulate.outcome import Tally, outcome_of
from harness.simulate.plan_file import PlanFile
from harness.simulate.shrink import shrink
from harness.simulate.story import story_of
from harness.simulate.testcase import case_for_pytest, name_of
from harness.verdict import counted

SHRUNK_AT_MOST = 3
"""Failures that are made small; of the others the seed is named. Most of them are the same one."""


def show_tally(tally: Tally) -> None:
    """Say what a campaign came to."""
    faults = sum(tally.faults.values())
    click.echo(
        f"{counted(tally.seeds, 'simulation', 'simulations')}: {tally.executions} executions, {tally.tasks} workflow "
        f"tasks, {faults} faults of {len(tally.faults)} kinds"
    )
    if tally.activities:
        _show_cells(tally)
    for check, times in sorted(tally.judged.items()):
        click.echo(f"  {check}: judged in {times}" if times else f"  {check}: never had anything to judge")
    for outcome in tally.doubtful[:SHRUNK_AT_MOST]:
        told = "; ".join(f"{check}: {summary}" for check, summary in outcome.doubts.items())
        click.echo(f"  UNKNOWN seed {outcome.seed} {outcome.cut}: {told}")
    click.echo(
        f"{tally.verdict().value}: {len(tally.invalid)} of {tally.seeds} broke a promise, "
        f"{len(tally.doubtful)} could not be judged"
    )


def _show_cells(tally: Tally) -> None:
    passed, ways = sum(tally.cells.values()), len(CUTS)
    click.echo(
        f"{passed} of {len(tally.activities) * ways} cells passed "
        f"({len(tally.activities)} activities, each cut in {ways} ways)"
    )
    for activity, cut in sorted(cell for cell, whole in tally.cells.items() if not whole):
        click.echo(f"  not passed: {activity}, {cut}")
    for activity, cut in tally.unstruck:
        click.echo(f"  not struck: {activity}, {cut}; take more seeds")
    click.echo(f"every workflow was rebuilt from its history after each of its {tally.tasks} tasks")


def show_failures(bench: Bench, failed: Sequence[Job], folder: Path) -> None:
    """Make the first failures small, tell them, and save them as a plan and a test."""
    for job in failed[:SHRUNK_AT_MOST]:
        case = job.case(bench)
        small, tried = shrink(lambda case, choices: bench.run(case, choices), bench.run(case))
        plan, test = _save(small, folder)
        click.echo(f"\n{story_of(small)}\n  (the smallest of {tried} that were tried)")
        click.echo(f"  again: assay simulate --plan {plan}\n  a test: {test}")
    others = ", ".join(f"{job.seed}{f' {job.cut}' if job.cut else ''}" for job in failed[SHRUNK_AT_MOST:])
    if others:
        click.echo(f"\nnot made small: seeds {others}")


def _save(got: Simulated, folder: Path) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    name = name_of(got)
    plan, test = folder / f"{name}.json", folder / f"test_{name}.py"
    plan.write_text(PlanFile.of(got.case, got.plan).to_json(), encoding="utf-8")
    test.write_text(case_for_pytest(got, plan.name), encoding="utf-8")
    return plan, test


def show_plan(bench: Bench, file: PlanFile) -> int:
    """Replay a plan, say what it comes to, and return the exit code."""
    case: Case = file.case(bench.families)
    choices: Replayed = file.choices()
    got = bench.run(case, choices)
    outcome = outcome_of(got)
    if got.broken:
        click.echo(story_of(got))
    click.echo(f"{outcome.verdict}: seed {case.seed} of {case.family.name}, {len(got.plan.faults)} faults came to pass")
    for check, summary in outcome.doubts.items():
        click.echo(f"  {check}: {summary}")
    return got.verdict.exit_code
