"""All that is wrong with a project, at once and before anything is started: its application, claims, mutants and load.

Data flow: configuration → each part, asked as a run asks it → **what it is, or what is wrong with it** → `assay doctor
--project`. Not covered: what only shows while something runs, such as an activity that fails at every attempt.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from harness.application.contract import Application, load_application
from harness.application.generator import load_generator
from harness.application.imported import import_named, passed_through_theirs, theirs, where_raised
from harness.application.offered import load_commands
from harness.application.version import read_mutants, version_folder
from harness.application.workers import require_served
from harness.config import ProjectConfig
from harness.errors import AssayError, EnvironmentMissing, HarnessDefect, UsageError
from harness.experiment.claims import FoundClaims, claim_in, find_claims
from harness.experiment.prepare import (
    nemesis_of,
    require_search_attributes,
    require_within_reach,
    stack_for,
    workload_of,
)
from harness.experiment.workload import Workload
from harness.experiment.world import World, load_world
from harness.names import nearest_first
from harness.seed import Seed
from harness.simulate.binding import load_simulated
from harness.verdict import counted
from harness.words import words_of


class State(enum.Enum):
    """How what is told of a part is to be taken."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    LACKING = "lacking"
    DEFECT = "defect"


@dataclass(frozen=True)
class Inspected:
    """One part of a project: what it is, or what is wrong with it.

    WRONG is the project's to mend, LACKING the machine's. DEFECT: nobody can say what it is, and whatever is odd about
    the part, Assay should have said so.
    """

    part: str
    state: State
    told: str


@dataclass
class _Parts:
    """What has been found of the project so far, for the parts that are asked with it; ``None`` where that is wrong."""

    app: Application | None = None
    world: World | None = None
    claims: FoundClaims | None = None


def inspect(config: ProjectConfig) -> Iterator[Inspected]:
    """Every part that the configuration names, and every claim and mutant that is found."""
    parts = _Parts()
    yield _asked(f"application {config.app}", lambda: _application(config, parts))
    for key, ask in _modules(config, parts).items():
        if (module := getattr(config, key)) is not None:
            yield _asked(f"{key} {module}", partial(ask, module))
    yield _asked(f"claims in {config.scenarios}", lambda: _claims(config, parts))
    for name, module in parts.claims.modules.items() if parts.claims else ():
        yield _asked(f"claim {name}", partial(_claim, config, parts, name, module))
    yield _asked("broken versions", lambda: _mutants(config, parts.claims))


def _asked(part: str, ask: Callable[[], str | Inspected]) -> Inspected:
    try:
        with theirs("your code", only_if=passed_through_theirs):
            told = ask()
    except EnvironmentMissing as error:
        return Inspected(part, State.LACKING, str(error))
    except HarnessDefect as error:
        return Inspected(part, State.DEFECT, str(error))
    except AssayError as error:
        return Inspected(part, State.WRONG, str(error))
    except Exception as error:
        told = f"cannot be looked at: {where_raised(error)}{words_of(error)}; none of your lines took part in it"
        return Inspected(part, State.DEFECT, told)
    return told if isinstance(told, Inspected) else Inspected(part, State.OK, told)


def _application(config: ProjectConfig, parts: _Parts) -> str:
    app = load_application(config.app)
    require_served(app)
    require_search_attributes(app)
    parts.app = app
    return "; ".join(
        f"the queue {queue!r} serves {counted(len(served.workflows), 'workflow', 'workflows')} and "
        f"{counted(len(served.activities), 'activity', 'activities')}"
        for queue, served in app.queues.items()
    )


def _modules(config: ProjectConfig, parts: _Parts) -> dict[str, Callable[[str], str]]:
    """The keys of the table that name further modules, and how each is asked."""

    def world(module: str) -> str:
        parts.world = load_world(module)
        return f"serves {', '.join(parts.world.services)}"

    def generator(module: str) -> str:
        return f"writes {', '.join(load_generator(config).formats)}"

    def simulated(module: str) -> str:
        return counted(len(load_simulated(module).families), "family", "families")

    def commands(key: str, module: str) -> str:
        return f"has {', '.join(load_commands(module, key)) or 'no commands'}"

    def faults(module: str) -> str:
        import_named(module, f"[tool.assay] faults = {module!r}")
        return "can be imported"

    of_commands = {key: partial(commands, key) for key in ("load", "benches")}
    return {"world": world, **of_commands, "faults": faults, "generator": generator, "simulated": simulated}


def _claims(config: ProjectConfig, parts: _Parts) -> str:
    found = find_claims(config)
    parts.claims = found
    if found.wrong:
        raise UsageError("; ".join(found.wrong))
    if not found.modules:
        raise UsageError("there is none: a claim is `CLAIM` in a file called test_NAME.py; see docs/your-workflow.md")
    return counted(len(found.modules), "claim", "claims")


def _claim(config: ProjectConfig, parts: _Parts, name: str, module: str) -> str | Inspected:
    claim, seed = claim_in(module, name), Seed(1)
    nemesis, workload = nemesis_of(claim, seed), workload_of(claim, seed)
    if parts.app is not None and (parts.world is not None or config.world is None):
        require_within_reach(claim, nemesis, stack_for(claim, None), parts.app, parts.world)
    checks = counted(len(claim.checks), "check", "checks")
    told = f"{counted(len(nemesis.describe()), 'fault', 'faults')}, {checks} (seed 1)"
    planned = _planned(workload)
    if isinstance(planned, UsageError):
        later = f"{told}; how much it does is known once it is prepared, unless this is wrong: {planned}"
        return Inspected(f"claim {name}", State.NOTE, later)
    return f"{counted(planned, 'operation', 'operations')}, {told}"


def _planned(workload: Workload) -> int | UsageError:
    """How many operations the workload plans, or what it raises: it may need what is only there once it is prepared."""
    try:
        workload.canaries()
        return len(workload.operations())
    except UsageError as error:
        return error


def _mutants(config: ProjectConfig, claims: FoundClaims | None) -> str:
    mutants, wrong = read_mutants(config)
    for mutant in mutants:
        if claims is not None and mutant.claim not in claims.modules:
            known = nearest_first(mutant.claim, claims.modules)
            wrong.append(f"{mutant.patch}: no claim is called {mutant.claim!r}; known: {known}")
        try:
            with version_folder(config, mutant):
                pass
        except UsageError as error:
            wrong.append(str(error))
    if wrong:
        raise UsageError("; ".join(dict.fromkeys(wrong)))
    return f"{counted(len(mutants), 'patch applies', 'patches apply')}"
