"""Tries companies in processes of their own, over all cores, each beside an interpreter with the old code.

Data flow: project, the code that runs now → **processes** → what came of each company → the gate's verdict.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.sim.refusal import NotSimulated
from harness.simulate.bench import Project, open_bench
from harness.simulate.case import Case
from harness.upgrade.earlier import earlier_code
from harness.upgrade.every_task import Tried, try_every_task
from harness.verdict import CheckResult, Finding, Verdict, counted

SEEDS = range(1, 4)
NAME = "upgrade"
SHOWN = 20


@dataclass(frozen=True)
class Upgrade:
    """From which code to which.

    :param project: with the new code.
    :param running: the folder of the old code; ``without`` a project whose modules are not to be found there.
    """

    project: Project
    running: Path
    without: Path | None = None


def try_upgrade(upgrade: Upgrade, families: Sequence[str] = (), seeds: Sequence[int] = SEEDS) -> list[Tried]:
    """Hand over the companies of these families and seeds, at every task.

    :param families: by default all that the project has.
    :raises UsageError: one of the versions cannot be imported, or the project has nothing to simulate.
    """
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=multiprocessing.get_context("spawn")) as pool:
        named = families or pool.submit(_families, upgrade.project).result()
        futures = [pool.submit(_tried, upgrade, family, seed) for seed in seeds for family in named]
        return [future.result() for future in futures]


def judged(tried: Sequence[Tried], types: Sequence[str] = ()) -> CheckResult:
    """What all of it says of the upgrade.

    :param types: the types of workflows that the code has; one that no company executes is UNKNOWN.
    """
    handed_over = sum(each.handed_over for each in tried)
    counts: dict[str, int | float | str] = {"companies": len(tried), "hand-overs": handed_over}
    if broken := [each for one in tried for each in one.broken]:
        wrong = {(each.company, each.tasks) for each in broken if each.tasks}
        told = f"{len(wrong)} of {counted(handed_over, 'hand-over', 'hand-overs')} went wrong"
        told += "" if all(each.tasks for each in broken) else ", and the new code alone"
        return CheckResult(NAME, Verdict.INVALID, told, tuple(_findings(tried)), counts)
    executed = {name for one in tried for name in one.types}
    doubts = [doubt for one in tried for doubt in one.doubts]
    doubts += [
        f"no simulated company executes {name}, so nothing is known of it" for name in types if name not in executed
    ]
    doubts += [] if handed_over else ["nothing was handed over"]
    if doubts:
        return CheckResult(
            NAME, Verdict.UNKNOWN, doubts[0], tuple(Finding("", each) for each in doubts[:SHOWN]), counts
        )
    companies = counted(len(tried), "company", "companies")
    told = f"{counted(handed_over, 'hand-over', 'hand-overs')} in {companies}, each ended as one version alone"
    return CheckResult(NAME, Verdict.VALID, told, (), counts)


def _findings(tried: Sequence[Tried]) -> Iterator[Finding]:
    """What went wrong, each thing once: about whom, after how many tasks first, how often."""
    first: dict[tuple[str, str, str], list[int]] = {}
    for one in tried:
        for each in one.broken:
            first.setdefault((each.company, each.subject, each.message), []).append(each.tasks)
    for (company, subject, message), tasks in list(first.items())[:SHOWN]:
        when = "the new code alone" if tasks == [0] else f"taken over after task {', '.join(map(str, tasks))}"
        yield Finding(subject or company, f"{company}, {when}: {message}")


def _families(project: Project) -> list[str]:
    return [family.name for family in open_bench(project).families]


def _tried(upgrade: Upgrade, family: str, seed: int) -> Tried:
    bench = open_bench(upgrade.project)
    with contextlib.ExitStack() as stack:
        code = stack.enter_context(earlier_code(upgrade.project.app, upgrade.running, upgrade.without))
        try:
            return try_every_task(bench, code, Case(bench.family(family), seed))
        except NotSimulated as error:
            raise UsageError(f"--rungs upgrade: {family}, seed {seed}: {error}") from error
