"""All that is wrong with a project, at once and before anything is started: its application, claims, mutants and load.

Data flow: configuration → each part, asked as a run asks it → **what it is, or what is wrong with it** → `assay doctor
--project`. Not covered: what only shows while something runs, such as an activity that fails at every attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from harness.application.contract import load_application
from harness.application.imported import import_named
from harness.application.version import load_mutants, version_folder
from harness.application.workers import require_served
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.claims import claim_names, load_claim
from harness.experiment.prepare import nemesis_of, workload_of
from harness.experiment.world import load_world
from harness.seed import Seed
from harness.verdict import counted


@dataclass(frozen=True)
class Inspected:
    """One part of a project: what it is, or what is ``wrong`` with it."""

    part: str
    told: str = ""
    wrong: str = ""


def inspect(config: ProjectConfig) -> Iterator[Inspected]:
    """Every part that the configuration names, and every claim and mutant that is found."""
    yield _asked(f"application {config.app}", lambda: _application(config))
    modules = {"world": config.world, "load": config.load, "benches": config.benches, "faults": config.faults}
    for part, module in modules.items():
        if module is not None:
            yield _asked(f"{part} {module}", partial(_module, part, module))
    names: list[str] = []
    yield _asked(f"claims in {config.scenarios}", lambda: _listed(names, claim_names(config), "claim", "claims"))
    for name in names:
        yield _asked(f"claim {name}", partial(_claim, config, name))
    yield _asked("broken versions", lambda: _mutants(config, frozenset(names)))


def _asked(part: str, ask: Callable[[], str]) -> Inspected:
    try:
        return Inspected(part, ask())
    except UsageError as error:
        return Inspected(part, wrong=str(error))


def _application(config: ProjectConfig) -> str:
    app = load_application(config.app)
    require_served(app)
    return "; ".join(
        f"the queue {queue!r} serves {counted(len(served.workflows), 'workflow', 'workflows')} and "
        f"{counted(len(served.activities), 'activity', 'activities')}"
        for queue, served in app.queues.items()
    )


def _module(part: str, module: str) -> str:
    if part == "world":
        load_world(module)
    else:
        import_named(module, f"[tool.assay] {part} = {module!r}")
    return "can be imported"


def _listed(into: list[str], names: list[str], one: str, many: str) -> str:
    into += names
    if not names:
        raise UsageError("there is none: a claim is `CLAIM` in a file called test_NAME.py; see docs/your-workflow.md")
    return counted(len(names), one, many)


def _claim(config: ProjectConfig, name: str) -> str:
    claim, seed = load_claim(config, name), Seed(1)
    faults = nemesis_of(claim, seed).describe()
    operations = workload_of(claim, seed).operations()
    return (
        f"{counted(len(operations), 'operation', 'operations')}, {counted(len(faults), 'fault', 'faults')}, "
        f"{counted(len(claim.checks), 'check', 'checks')} (seed 1)"
    )


def _mutants(config: ProjectConfig, claims: frozenset[str]) -> str:
    mutants = load_mutants(config)
    wrong = []
    for mutant in mutants:
        if mutant.claim not in claims:
            wrong.append(f"{mutant.patch}: no claim is called {mutant.claim!r}")
        try:
            with version_folder(config, mutant):
                pass
        except UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise UsageError("; ".join(wrong))
    return f"{counted(len(mutants), 'patch applies', 'patches apply')}"
