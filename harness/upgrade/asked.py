"""The whole rung on a project, in one call: every task in the simulator, and some on a real server."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from harness.config import ProjectConfig
from harness.errors import WaitTimeout
from harness.replay.gate.code import code_of
from harness.simulate.bench import open_bench, project_of
from harness.simulate.binding import bare_of
from harness.upgrade.campaign import Upgrade, judged, try_upgrade
from harness.upgrade.on_server import NothingToHandOver, OnServer, hand_over
from harness.verdict import CheckResult, Finding, Verdict, counted

ON_SERVER = "upgrade on a server"


def upgraded(config: ProjectConfig, app: str, code: Path, running: str, types: Sequence[str]) -> list[CheckResult]:
    """What the new code makes of executions that the old code began.

    :param code: the folder of the new code.
    :param running: a folder or a revision with the code that runs now.
    :param types: the types of workflows that the new code has.
    :raises UsageError: one of the two cannot be imported, or the project has nothing to simulate.
    :raises EnvironmentMissing: no dev server comes up.
    """
    with code_of(config, app, running) as folder:
        without = config.root if not Path(running).is_dir() else None
        project = project_of(config, None if app == config.app else app)
        upgrade = Upgrade(project.version(code), folder, without)
        return [judged(try_upgrade(upgrade), types), *on_server(upgrade, code)]


def on_server(upgrade: Upgrade, code: Path) -> list[CheckResult]:
    """The same of the executions that a family offers for it; none where no family does."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_on_server, upgrade, code).result()


def _on_server(upgrade: Upgrade, code: Path) -> list[CheckResult]:
    bench = open_bench(upgrade.project)
    found = []
    for family in bench.families:
        if (bare := bare_of(family)) is None:
            continue
        what = OnServer(bench.app, bare, family.name, upgrade.running, code, upgrade.without)
        try:
            handed_over, broken = asyncio.run(hand_over(what))
        except (WaitTimeout, NothingToHandOver) as error:
            found.append(CheckResult(ON_SERVER, Verdict.UNKNOWN, str(error)))
            continue
        told = f"{counted(handed_over, 'hand-over', 'hand-overs')} of {family.name}"
        if broken:
            findings = tuple(Finding(f"after task {each.tasks}", each.message) for each in broken)
            found.append(CheckResult(ON_SERVER, Verdict.INVALID, f"{len(broken)} of {told} went wrong", findings))
        else:
            verdict = Verdict.VALID if handed_over else Verdict.UNKNOWN
            found.append(CheckResult(ON_SERVER, verdict, f"{told}, each ended as one version alone"))
    return found
