"""What `assay simulate` says: the tally, failures made small and saved, and a plan that is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from harness.errors import UsageError
from harness.sim.kernel.plan import Plan
from harness.sim.refusal import NotSimulated
from harness.simulate.bench import Bench
from harness.simulate.campaign import Job
from harness.simulate.case import Judged
from harness.simulate.claimed.project import ClaimedProject
from harness.simulate.cuts import CUTS
from harness.simulate.failure.shrink import shrink
from harness.simulate.failure.story import story_of
from harness.simulate.failure.testcase import case_for_pytest, name_of
from harness.simulate.on_server.carried import left_behind
from harness.simulate.on_server.trial import try_on_server
from harness.simulate.once import Simulated
from harness.simulate.outcome import Tally, outcome_of
from harness.simulate.plan_file import PlanFile
from harness.verdict import Verdict, counted

SHRUNK_AT_MOST = 3
"""Failures that are made small; of the others the seed is named. Most of them are the same one."""

UNSTEADY = (
    "there is no plan of it: something reads a clock, chance or the order of a set; PYTHONHASHSEED=1 to 9 before the "
    "same command, and --twice, show which"
)

NAMED_AT_MOST = 20
"""Of what a server cannot have; the rest is counted."""


def show_unseen(bench: Bench) -> None:
    """Say what the application has and a simulation of it has not."""
    if isinstance(bench.simulated, ClaimedProject):
        for told in bench.simulated.unseen:
            click.echo(f"not simulated: {told}")


def show_refused(error: NotSimulated) -> None:
    """Say what the simulator lacks; nothing is proved by what was done without it."""
    click.echo(f"{Verdict.UNKNOWN.value}: what is used here is not simulated\n  {error}")


def show_tally(tally: Tally) -> None:
    """Say what a campaign came to."""
    faults = sum(tally.faults.values())
    click.echo(
        f"{counted(tally.seeds, 'simulation', 'simulations')}: {tally.executions} executions, {tally.tasks} workflow "
        f"tasks, {faults} faults of {len(tally.faults)} kinds"
    )
    if tally.activities:
        _show_cells(tally)
    for check in sorted({check for _, check in tally.judged}):
        if times := sum(each for (_, judged), each in tally.judged.items() if judged == check):
            click.echo(f"  {check}: judged in {times}")
    for family, check in tally.idle:
        click.echo(f"  {check} of {family}: never had anything to judge")
    for family in tally.empty:
        click.echo(f"  {family}: no execution ever began")
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


def show_failures(bench: Bench, failed: Sequence[Job], folder: Path, options: str = "") -> None:
    """Make the first failures small, tell them, and save them as a plan and a test.

    :param options: further ones that the command needs to replay a plan.
    """
    for job in failed[:SHRUNK_AT_MOST]:
        case = job.case(bench)
        got = bench.run(case)
        if not got.broken:
            name = " ".join(filter(None, (job.family, f"seed {job.seed}", job.cut)))
            click.echo(f"\n{name}: broken where it was simulated, and not when it was simulated again, so {UNSTEADY}")
            continue
        small, tried = shrink(lambda case, choices: bench.run(case, choices), got)
        plan, test = _save(small, folder)
        click.echo(f"\n{story_of(small)}\n  (the smallest of {tried} that were tried)")
        click.echo(f"  again: assay simulate{options} --plan {plan}\n  a test: {test}")
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
    """Replay a plan, say what it comes to, and return the exit code.

    UNKNOWN where it has faults and none of them came to pass: other code goes another way.
    """
    got = bench.run(file.case(bench.families), file.choices())
    _show(got)
    _missed(file.plan, got)
    if got.verdict is Verdict.VALID and file.strikes_nothing(got.plan):
        click.echo(f"{Verdict.UNKNOWN.value}: none of its faults came to pass, so nothing was tried")
        return Verdict.UNKNOWN.exit_code
    return got.verdict.exit_code


def show_on_server(bench: Bench, file: PlanFile) -> int:
    """Replay a plan, try it on a dev server, say whether the same is broken there, and return the exit code.

    UNKNOWN where a fault of the plan cannot strike on a server, or did not.

    :raises UsageError: the project's claims are simulated, and their world is the simulation's.
    """
    if isinstance(bench.simulated, ClaimedProject):
        raise UsageError("--on dev needs a company in memory: a module with `simulated` (docs/simulator.md)")
    if left := left_behind(file, bench.simulated.faults):
        told = [f"  {each}" for each in left[:NAMED_AT_MOST]]
        told += [f"  and {len(left) - NAMED_AT_MOST} more"] if len(left) > NAMED_AT_MOST else []
        click.echo("\n".join([f"{Verdict.UNKNOWN.value}: not tried, because this cannot be had on a server:", *told]))
        return Verdict.UNKNOWN.exit_code
    case = file.case(bench.families)
    simulated = bench.run(case, file.choices())
    seconds = _seconds(simulated)
    click.echo(f"simulated, {seconds:.0f} s of virtual time: {_in_words(simulated)}")
    click.echo(f"now on a dev server, in real time: about {seconds:.0f} s, and some more to begin and to end")
    got = try_on_server(bench.app, case, file.choices())
    _show(got)
    missed = _missed(file.plan, got)
    same = sorted({each.check for each in simulated.broken} & {each.check for each in got.broken})
    click.echo(
        f"on the server, {_seconds(got):.0f} s: {_in_words(got)}; the same as simulated: {', '.join(same) or 'none'}"
    )
    if got.verdict is Verdict.VALID and missed:
        return Verdict.UNKNOWN.exit_code
    return got.verdict.exit_code


def _show(got: Judged) -> None:
    outcome, case = outcome_of(got), got.case
    if got.broken:
        click.echo(story_of(got))
    click.echo(f"{outcome.verdict}: seed {case.seed} of {case.family.name}, {len(got.plan.faults)} faults came to pass")
    for check, summary in outcome.doubts.items():
        click.echo(f"  {check}: {summary}")


def _missed(plan: Plan, got: Judged) -> list[str]:
    """Say which faults of the plan did not come to pass, and return their places."""
    missed = sorted(plan.faults.keys() - got.plan.faults.keys())
    for place in missed:
        click.echo(f"  did not come to pass: {plan.faults[place].kind} at {place}")
    return missed


def _in_words(got: Judged) -> str:
    return f"broken: {', '.join(each.check for each in got.broken)}" if got.broken else "nothing is broken"


def _seconds(got: Judged) -> float:
    """From the first phase to the last."""
    phases = got.record.phases
    return (phases[-1].left_seconds or phases[-1].entered_seconds) - phases[0].entered_seconds
