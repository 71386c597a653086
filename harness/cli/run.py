"""`assay run`: try claims, once each unless more is asked for; the worst verdict is the exit code."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from harness.cli.console import progress_display, show
from harness.cli.interruption import sigterm_cancels
from harness.config import ProjectConfig, load_config
from harness.errors import UsageError
from harness.experiment.again import Judged
from harness.experiment.bring_up import STACKS
from harness.experiment.claim import Claim
from harness.experiment.claims import claim_names, load_claim
from harness.experiment.experiment import Experiment
from harness.experiment.prepare import RunOptions, prepared, stack_for
from harness.judge.judge import CRASHED
from harness.mutants.rotation import Turn, TurnType
from harness.progress import Progress
from harness.run import run_experiment
from harness.stack.processes.watchdog import Watchdog
from harness.stack.programs.build import provide
from harness.stack.programs.recipes import programs_of
from harness.verdict import Verdict, worst

DEFAULT = "dev"


@click.command()
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@click.option("--all", "all_claims", is_flag=True, help="Try every claim that fits the stack, one after another.")
@click.option("--turn", type=TurnType(), metavar="N|K/N", help="With --all: one Nth of them; the commit says which.")
@click.option("--always", multiple=True, metavar="CLAIM", help="With --turn: this one as well, every time.")
@click.option("--list", "list_claims", is_flag=True, help="Name every claim, its promise, stacks and evidence.")
@click.option(
    "--seed", type=click.IntRange(min=0), help="Draws data, operations and faults; drawn at random if left out."
)
@click.option(
    "--tries",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Try a claim that ends UNKNOWN, and not by a crash, up to N times on the same seed. [default: 1]",
)
@click.option(
    "--stack", type=click.Choice(tuple(STACKS)), help=f"Where to run it. [default: its first; {DEFAULT} with --all]"
)
@click.option("--mutant", metavar="NAME", help="Run the application with this patch (see `assay mutants`).")
@click.option(
    "--faults", type=click.Choice(["plan", "none"]), default="plan", help="`none` breaks nothing, and proves nothing."
)
def run(
    claims: tuple[str, ...],
    all_claims: bool,
    turn: Turn | None,
    always: tuple[str, ...],
    list_claims: bool,
    seed: int | None,
    tries: int,
    stack: str | None,
    mutant: str | None,
    faults: str,
) -> int:
    """Try each CLAIM: bring the stack up, work, break things, heal, judge, report.

    \b
    assay run --list                      what can be tried
    assay run worker-killed --seed 7      the same plan and operations every time
    assay run --all --turn 10             a tenth of the claims, by the commit: what a push has time for
    assay run --all --stack full          every claim that can be tried on the Postgres stack
    assay run --all --tries 2             on a busy machine: what ends UNKNOWN is tried once more
    assay run worker-killed --mutant fresh-message-id   a version that must be caught
    """
    config = load_config(Path.cwd())
    if list_claims:
        for name in claim_names(config):
            _describe(load_claim(config, name))
        return 0
    if all_claims == bool(claims):
        raise UsageError("name a claim, or pass --all; `assay run --list` shows the claims")
    if (turn is not None and not all_claims) or (always and turn is None):
        raise UsageError("--turn goes with --all, and --always with --turn")
    chosen = _all_that_fit(config, stack or DEFAULT) if all_claims else _named(config, claims, stack)
    if turn is not None:
        chosen = _of_turn(config, chosen, turn, always)
    drawn = secrets.randbelow(2**31) if seed is None else seed
    options = {claim.name: RunOptions(drawn, each, mutant, faults_enabled=faults == "plan") for claim, each in chosen}
    attempts = {claim.name: partial(try_claim, config, claim, options[claim.name]) for claim, _ in chosen}
    return worst(try_each(attempts, tries)).exit_code


def try_each(attempts: Mapping[str, Callable[[], Judged]], tries: int) -> list[Verdict]:
    """Try one claim after another, and say of each at the end what it came to, whatever ends this."""
    verdicts: dict[str, Verdict] = {}
    said = {name: f"{'-':<7}  {name}  (not tried to its end)" for name in attempts}
    try:
        for name, attempt in attempts.items():
            verdicts[name], number = until_it_tells(attempt, tries)
            said[name] = f"{verdicts[name].value:<7}  {name}" + (f"  (try {number} of {tries})" if number > 1 else "")
    finally:
        if len(attempts) > 1:
            click.echo("\n" + "\n".join(said.values()))
    return list(verdicts.values())


def until_it_tells(attempt: Callable[[], Judged], tries: int) -> tuple[Verdict, int]:
    """Try up to ``tries`` times until something is shown; the last verdict, and which try it is of.

    Only UNKNOWN is tried again: a machine that had no time for a run says nothing of the application. INVALID stands,
    however rarely it comes, and so does what crashed.
    """
    for number in range(1, tries):
        judged = attempt()
        if judged.verdict is not Verdict.UNKNOWN:
            return judged.verdict, number
        if told := _crashed(judged):
            click.echo(f"UNKNOWN, and not tried again: {told}", err=True)
            return judged.verdict, number
        click.echo(f"UNKNOWN shows nothing: try {number + 1} of {tries}", err=True)
    return attempt().verdict, tries


def _crashed(judged: Judged) -> str:
    """What crashed in the run, in words; nothing for one that the machine may just have had no time for."""
    checks = [f"the check {result.check} crashed" for result in judged.results if result.summary == CRASHED]
    died = [f"{event.name} died unplanned" for event in judged.record.processes if event.event == "died"]
    return "; ".join([*checks, *died] if judged.sound else ["the record is not what its writers left"])


def _all_that_fit(config: ProjectConfig, stack: str) -> list[tuple[Claim, str]]:
    """Every claim that can be tried on the stack, with the stack's name."""
    known = [load_claim(config, name) for name in claim_names(config)]
    fitting = [(claim, stack) for claim in known if stack in claim.stacks]
    if not fitting:
        raise UsageError(f"no claim can be tried on the stack {stack!r}; `assay run --list` shows where each can")
    return fitting


def _of_turn(
    config: ProjectConfig, fitting: Sequence[tuple[Claim, str]], turn: Turn, always: Sequence[str]
) -> list[tuple[Claim, str]]:
    """Those that are always tried, and those of the others whose turn it is; says which are left out.

    :raises UsageError: one that is always tried is not among them, or no commit says whose turn it is.
    """
    names = [claim.name for claim, _ in fitting]
    if unknown := sorted(set(always) - set(names)):
        raise UsageError(f"--always names {', '.join(unknown)}; there are {', '.join(names)}")
    now = turn.of(config.root)
    taken = {*always, *now.taken([name for name in names if name not in always])}
    left_out = [name for name in names if name not in taken]
    click.echo(f"turn {now}; not tried: {', '.join(left_out) or 'none'}", err=True)
    return [(claim, stack) for claim, stack in fitting if claim.name in taken]


def _named(config: ProjectConfig, names: Sequence[str], stack: str | None) -> list[tuple[Claim, str]]:
    """The claims of these names, each with its stack; all are refused before the first is tried."""
    chosen = [load_claim(config, name) for name in names]
    try:
        return [(claim, stack_for(claim, stack)) for claim in chosen]
    except UsageError as error:
        fitting = [name for name in claim_names(config) if stack in load_claim(config, name).stacks]
        raise UsageError(f"{error}. On {stack!r} can be tried: {', '.join(fitting) or 'none'}") from error


def try_claim(config: ProjectConfig, claim: Claim, options: RunOptions) -> Judged:
    """Run one claim with progress on stderr and the summary on stdout. The seed is printed first and last."""
    click.echo(f"{claim.name}, seed {options.seed}: {claim.promise}", err=True)
    with (
        prepared(config, claim, options) as experiment,
        Watchdog(experiment.blueprint.run_id, containers=STACKS[experiment.blueprint.stack].containers),
        progress_display() as progress,
    ):
        judged = asyncio.run(_run(experiment, progress))
    show(judged)
    return judged


async def _run(experiment: Experiment, progress: Progress) -> Judged:
    """Run the experiment; SIGTERM interrupts it in the same way as Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    with sigterm_cancels(task):
        stack = experiment.blueprint.stack
        if not STACKS[stack].containers:  # Those have their programs in images.
            await provide([program.name for program in programs_of(stack)], progress)
        return await run_experiment(experiment, progress)


def _describe(claim: Claim) -> None:
    click.echo(f"{claim.name} ({', '.join(claim.stacks)})\n    {claim.promise}")
    evidence = claim.evidence
    needs = [f"{evidence.operations_ok} operations OK"]
    needs += [f"{evidence.faults_landed} faults landed, {evidence.faults_felt} felt"] if evidence.faults_landed else []
    needs += [f"{count} effects of {kind}" for kind, count in evidence.effects.items()]
    needs += [f"{count} requests answered {kind}" for kind, count in evidence.answers.items()]
    needs += [f"{evidence.went_on} executions that went on in a new run"] if evidence.went_on else []
    needs += [f"{count} {name} begun during faults" for name, count in evidence.begun_during_faults.items()]
    click.echo(f"    evidence: {'; '.join(needs)}; checks: {', '.join(check.name for check in claim.checks)}")
