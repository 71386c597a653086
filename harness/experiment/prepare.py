"""Turns what the user asked for into one `Experiment`: claim, seed, version, run directory, blueprint.

Data flow: command line → **prepare** → run. Everything that can be refused is refused here, before a process is
started.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import temporalio.client

from harness.application.contract import Application, load_application
from harness.application.imported import place_of, theirs
from harness.application.sources import PATCH
from harness.application.version import load_mutant, version_folder
from harness.application.workers import require_served
from harness.config import ProjectConfig
from harness.errors import UsageError
from harness.experiment.asked_nemesis import AskedNemesis
from harness.experiment.asked_workload import AskedWorkload, require_json
from harness.experiment.bring_up import STACKS, WORLD, Blueprint
from harness.experiment.claim import Claim, Nemesis
from harness.experiment.experiment import Experiment
from harness.experiment.reach import Targets, out_of_reach, require_types
from harness.experiment.site import Site
from harness.experiment.workload import Workload
from harness.experiment.world import World, load_world
from harness.record.record import RunInfo
from harness.record.rundir import commit_of, make_run_directory, versions, write_bytes
from harness.seed import Seed
from harness.stack.namespace import value_type
from harness.stack.profile import Cluster, cluster_of, read_profile
from harness.stack.programs.versions import server_versions


@dataclass(frozen=True)
class RunOptions:
    """What `assay run` was asked for, beside the claim."""

    seed: int
    stack: str
    mutant: str | None = None
    faults_enabled: bool = True


class NoFaults:
    """The nemesis of ``--faults none``: it breaks nothing, and the run is UNKNOWN for it."""

    def describe(self) -> Sequence[Mapping[str, Any]]:
        """No faults."""
        return ()

    async def prepare(self, site: Site) -> None:
        """Arm nothing."""

    async def run(self, site: Site) -> None:
        """Break nothing."""

    async def heal(self, site: Site) -> None:
        """Heal nothing."""


def stack_for(claim: Claim, asked: str | None) -> str:
    """The stack to try a claim on: the one that was asked for, or else the claim's first.

    :raises UsageError: the claim cannot be tried on it.
    """
    if asked is None:
        return claim.stacks[0]
    if asked not in claim.stacks:
        raise UsageError(
            f"{claim.name} cannot be tried on the stack {asked!r}, only on {' or '.join(claim.stacks)}: "
            f"`assay run {claim.name} --stack {claim.stacks[0]}`"
        )
    return asked


@contextlib.contextmanager
def prepared(config: ProjectConfig, claim: Claim, options: RunOptions) -> Iterator[Experiment]:
    """The experiment, with its version of the application laid out for as long as the context lasts.

    :raises UsageError: a stack that the claim is not for, an unknown mutant, a patch that does not apply, an
        application that cannot be loaded, a claim whose nemesis or workload cannot be made, a cluster that is not named
        or a plan that would break it.
    """
    stack = stack_for(claim, options.stack)
    app = load_application(config.app)
    require_served(app)
    require_search_attributes(app)
    world = load_world(config.world) if config.world else None
    mutant = load_mutant(config, options.mutant) if options.mutant else None
    seed = Seed(options.seed)
    nemesis = nemesis_of(claim, seed) if options.faults_enabled else NoFaults()
    workload = workload_of(claim, seed)
    require_within_reach(claim, nemesis, stack, app, world)
    profile = None if STACKS[stack].ours else read_profile(os.environ)
    with version_folder(config, mutant) as version:
        now = datetime.datetime.now(datetime.UTC)
        folder = make_run_directory(config.runs_folder, claim.name, options.seed, now)
        if mutant is not None:
            write_bytes(folder / PATCH, mutant.patch.read_bytes())
        commit, dirty = commit_of(config.root)
        run_id = f"{folder.name}-{uuid.uuid4().hex[:8]}"
        cluster = cluster_of(profile, run_id) if profile else None
        yield Experiment(
            claim=claim,
            info=RunInfo(
                run_id=run_id,
                claim=claim.name,
                promise=claim.promise,
                seed=options.seed,
                stack=stack,
                started_at=now.isoformat(timespec="seconds"),
                command=command_of(claim, options),
                mutant=options.mutant,
                faults_enabled=options.faults_enabled,
                versions={**versions(), **server_versions(stack, config.root)},
                commit=commit,
                dirty=dirty,
                parameters=_parameters(claim, app, cluster),
            ),
            blueprint=Blueprint(
                run_id=run_id,
                seed=options.seed,
                folder=folder,
                root=config.root,
                version_folder=version,
                app=app,
                world=world,
                workers=claim.workers,
                stack=stack,
                cluster=cluster,
            ),
            nemesis=nemesis,
            workload=workload,
        )


def nemesis_of(claim: Claim, seed: Seed) -> Nemesis:
    """The claim's nemesis, once it has shown that it can be asked for its plan.

    :raises UsageError: it cannot be made or asked.
    """
    what = f"the claim {claim.name!r}: its nemesis"
    with theirs(what, claim.nemesis):
        nemesis = claim.nemesis(seed)
        _require_methods(nemesis, ("describe", "prepare", "run", "heal"))
        require_json("describe()", list(nemesis.describe()))
    return AskedNemesis(claim.name, nemesis)


def workload_of(claim: Claim, seed: Seed) -> Workload:
    """The claim's workload, once it has shown that it can say what it is.

    :raises UsageError: it cannot be made or asked.
    """
    with theirs(f"the claim {claim.name!r}: its workload", claim.workload):
        workload = claim.workload(seed)
        _require_methods(workload, ("describe", "prepare", "canaries", "operations", "settle", "read_back"))
        described = workload.describe()
        if not isinstance(described, Mapping):
            raise TypeError(f"describe() returns {described!r}, and must return a dict of the whole input")
        require_json("describe()", described)
    asked = AskedWorkload(claim.name, workload)
    asked.require_schedules()
    return asked


def _require_methods(made: object, names: Sequence[str]) -> None:
    if missing := [name for name in names if not callable(getattr(made, name, None))]:
        raise TypeError(f"made {made!r}, which lacks {', '.join(missing)}")


def require_search_attributes(app: Application) -> None:
    """Refuse a search attribute of a type that the server does not have.

    :raises UsageError: there is one; the message names it.
    """
    for name, kind in app.search_attributes.items():
        try:
            value_type(kind)
        except UsageError as error:
            raise UsageError(f"{app.name}: app.search_attributes: {name!r}: {error}") from error


def require_within_reach(claim: Claim, nemesis: Nemesis, stack: str, app: Application, world: World | None) -> None:
    """Refuse a plan that would break nothing, or what is somebody else's, and ends of a type that there is not.

    :raises UsageError: the message names the fault or the type, and what to change.
    """
    require_types(claim, app)
    kind = STACKS[stack]
    processes = kind.alone and (*kind.alone, *_own(app, world))
    there = Targets(claim.workers, world is not None, kind.links, kind.containers, processes)
    with theirs(f"the claim {claim.name!r}: its nemesis' describe", claim.nemesis):
        plan = nemesis.describe()
        found = there.lack(plan)
        beyond = () if kind.ours else out_of_reach(plan, _own(app, world))
    if beyond:
        raise UsageError(
            f"{claim.name} cannot be tried on a server that is not ours: {'; '.join(beyond)}. "
            f"`assay run {claim.name} --stack dev` or `--stack full` brings one up that can be broken"
        )
    if found:
        raise UsageError(f"{place_of(claim.nemesis)}the claim {claim.name!r}: {'; '.join(found)}")


def _own(app: Application, world: World | None) -> list[str]:
    """The processes of which there is one and which the run starts itself, by name."""
    return [service.name for service in app.services] + ([WORLD] if world else [])


def _parameters(claim: Claim, app: Application, cluster: Cluster | None) -> Mapping[str, Any]:
    """What the report says of how the claim was tried, beside its seed and stack."""
    where = {"address": cluster.address, "namespace": cluster.namespace} if cluster else {}
    return {
        "workers": claim.workers,
        "settle_seconds": claim.settle_seconds,
        "python": sys.platform,
        "keep-alive": keep_alive_in_words(app),
        **where,
    }


def keep_alive_in_words(app: Application) -> str:
    """How soon the application's connections find that nobody is there any more: until then a black hole is hidden."""
    config = app.client_options.get("keep_alive_config", temporalio.client.KeepAliveConfig.default)
    if config is None:
        return "off: a connection that swallows everything is never found dead"
    seconds = (config.interval_millis + config.timeout_millis) / 1000
    return f"a connection that swallows everything is found dead within {seconds:g} s"


def command_of(claim: Claim, options: RunOptions) -> str:
    """The command that repeats the run."""
    words = ["assay", "run", claim.name, "--seed", str(options.seed)]
    words += ["--stack", options.stack] if options.stack != claim.stacks[0] else []
    words += ["--mutant", options.mutant] if options.mutant else []
    words += [] if options.faults_enabled else ["--faults", "none"]
    return " ".join(words)
