"""Bring up: stack, world, services and workers, in this order, as one context that takes all of it down again.

Where it fits: the first and the last phase of `harness.run`, and what `assay up` does by hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from harness.application.contract import Application
from harness.application.project import places_of, python_path
from harness.experiment.fleet import Fleet, WorkerLaunch
from harness.experiment.site import Site
from harness.experiment.world import World, WorldControl
from harness.record.attachments import ATTACHMENTS
from harness.record.journal import Journal
from harness.stack.client import connect_client
from harness.stack.containers.homes import Made
from harness.stack.containers.parts import app_image
from harness.stack.containers.stack import ALONE, compose_stack_up
from harness.stack.containers.stack import stops_last as containers_stop_last
from harness.stack.containers.sweep import remove_all_of
from harness.stack.dev import SERVER, dev_stack_up
from harness.stack.endpoints import Endpoints, StackRequest
from harness.stack.external import external_stack_up
from harness.stack.full import alone, full_stack_up, stops_last
from harness.stack.processes.home import Home, ThisMachine
from harness.stack.processes.ports import FixedPorts, free_ports
from harness.stack.processes.process import ManagedProcess, Processes
from harness.stack.processes.restart import APPLICATION_SIDE, WORLD_SIDE, Singles
from harness.stack.profile import Cluster
from harness.stack.programs.recipes import CHECKOUT
from harness.stack.services import addresses_wanted, start_service, wait_until_ready

STOP_GRACE_SECONDS = 12.0
WORLD = "world"


@dataclass(frozen=True)
class Blueprint:
    """What to bring up.

    ``version_folder`` is the copy of the application that workers and services are pointed at; ``stack`` one of
    ``STACKS``; ``fixed_ports``, ``server_processes`` and ``cluster`` are the stack's
    (`harness.stack.endpoints.StackRequest`).
    """

    run_id: str
    seed: int
    folder: Path
    root: Path
    version_folder: Path
    app: Application
    world: World | None
    workers: int
    stack: str = "dev"
    fixed_ports: FixedPorts | None = None
    server_processes: Mapping[str, int] = field(default_factory=dict)
    cluster: Cluster | None = None


@dataclass(frozen=True)
class StackKind:
    """A stack by name: what brings it up, and the waves in which its own processes end, after all others.

    ``ours`` says that the server is: it can be broken, and brought up by hand. ``links`` says that there are links and
    a PostgreSQL that can be broken; ``alone`` names the processes of its own, unless a blueprint asks for more of them.
    ``home`` is where the application and the world live, and ``containers`` says that there is something to remove
    afterwards.
    """

    up: Callable[[StackRequest], contextlib.AbstractAsyncContextManager[Endpoints]]
    stops_last: Callable[[Mapping[str, int]], Sequence[Collection[str]]]
    ours: bool = True
    links: bool = False
    alone: tuple[str, ...] = ()
    home: Callable[[Blueprint], Home] = lambda _: ThisMachine()
    containers: bool = False


def in_containers(blueprint: Blueprint) -> Home:
    """Containers of the application's image that have the code and the run directory at the same places as here."""
    engine = (CHECKOUT,) if (CHECKOUT / "Makefile").is_file() else ()  # From a wheel it is in the image, too.
    modules = [*places_of(blueprint.root), *engine]
    code = (blueprint.version_folder, blueprint.root, *engine)
    return Made(app_image(), blueprint.run_id, code, (blueprint.folder,), modules)


STACKS: Mapping[str, StackKind] = {
    "dev": StackKind(dev_stack_up, lambda _: [[SERVER]], alone=(SERVER,)),
    "full": StackKind(full_stack_up, stops_last, links=True, alone=alone({})),
    "compose": StackKind(
        compose_stack_up, containers_stop_last, links=True, alone=ALONE, home=in_containers, containers=True
    ),
    "external": StackKind(external_stack_up, lambda _: [], ours=False),
}


@contextlib.asynccontextmanager
async def site_up(blueprint: Blueprint, journal: Journal) -> AsyncIterator[Site]:
    """Bring everything up, hand over the site, and take everything down, whatever happened in between."""
    processes = Processes(blueprint.run_id, blueprint.folder / "logs", journal)
    state = blueprint.folder / "state"
    state.mkdir(exist_ok=True)
    kind = STACKS[blueprint.stack]
    async with contextlib.AsyncExitStack() as cleanup:
        if kind.containers:
            cleanup.callback(remove_all_of, blueprint.run_id)
        last = kind.stops_last(blueprint.server_processes)
        cleanup.push_async_callback(processes.stop_all, grace_seconds=STOP_GRACE_SECONDS, last=last)
        singles = Singles(processes)
        house = processes.at(kind.home(blueprint))
        services = tuple(blueprint.world.services) if blueprint.world else ()
        ports = dict(zip(services, free_ports(len(services)), strict=True))
        request = _stack_request(blueprint, processes, singles, ports, state)
        ends = await cleanup.enter_async_context(kind.up(request))
        environment = _environment(blueprint, ends, state)
        control = await _start_world(blueprint, house, singles, ports, environment)
        if control is not None:
            cleanup.push_async_callback(control.close)
        of_services = {**environment, **ends.connection, **python_path(blueprint.version_folder)}
        of_workers = {**of_services, "TEMPORAL_ADDRESS": ends.worker}
        meters = _worker_metrics(blueprint)
        launch = WorkerLaunch(
            blueprint.app.name, blueprint.version_folder, of_workers, blueprint.folder / "journal", meters
        )
        fleet = Fleet(blueprint.workers, launch, house, journal)
        async with asyncio.TaskGroup() as group:
            for service in blueprint.app.services:
                start = partial(start_service, service, house, environment=of_services, folder=blueprint.version_folder)
                group.create_task(singles.add(service.name, start, APPLICATION_SIDE))
            group.create_task(fleet.start_all())
            group.create_task(ends.wait_until_ready())
        client = await connect_client(ends.frontend, data_converter=blueprint.app.data_converter, **ends.client_options)
        # Everything is on loopback, so neither proxies nor certificates are for us.
        http = await cleanup.enter_async_context(httpx.AsyncClient(timeout=10.0, trust_env=False, verify=False))
        yield Site(
            client=client,
            environment=environment,
            fleet=fleet,
            journal=journal,
            folder=blueprint.folder,
            http=http,
            singles=singles,
            world=control,
            world_ports=ports,
            links=ends.links,
            shown={**ends.shown, **{f"worker-{slot} metrics": _metrics_url(port) for slot, port in meters.items()}},
            insides=ends.insides,
            attachments=ends.attachments,
            worked_at_seconds=ends.worked_at_seconds,
        )


def _worker_metrics(blueprint: Blueprint) -> dict[int, int]:
    """Slot → the port on which the SDK of the worker in it shows its metrics: known ones for a stack by hand."""
    slots = range(1, blueprint.workers + 1)
    fixed = blueprint.fixed_ports
    ports = [fixed.worker_metrics + slot - 1 for slot in slots] if fixed else free_ports(len(slots))
    return dict(zip(slots, ports, strict=True))


def _metrics_url(port: int) -> str:
    return f"http://127.0.0.1:{port}/metrics"


def _stack_request(
    blueprint: Blueprint, processes: Processes, singles: Singles, world_ports: Mapping[str, int], state: Path
) -> StackRequest:
    return StackRequest(
        processes=processes,
        singles=singles,
        folder=state,
        root=blueprint.root,
        world_ports=world_ports,
        search_attributes=blueprint.app.search_attributes,
        fixed_ports=blueprint.fixed_ports,
        server_processes=blueprint.server_processes,
        queues=tuple(blueprint.app.queues),
        cluster=blueprint.cluster,
    )


def _environment(blueprint: Blueprint, ends: Endpoints, state: Path) -> dict[str, str]:
    """What the processes of the application are given: where Temporal is, where the world is, their own addresses."""
    # The empty file keeps the user's default profile out of it, as dropping their TEMPORAL_* variables does.
    environment = {
        "TEMPORAL_ADDRESS": ends.client,
        "TEMPORAL_NAMESPACE": ends.namespace,
        "TEMPORAL_CONFIG_FILE": os.devnull,
    }
    if blueprint.world is not None:
        environment.update(blueprint.world.environment(ends.world_ports, state, ends.books))
    words = addresses_wanted(blueprint.app.services, environment)
    environment.update({word: f"127.0.0.1:{port}" for word, port in zip(words, free_ports(len(words)), strict=True)})
    return environment


async def _start_world(
    blueprint: Blueprint,
    processes: Processes,
    singles: Singles,
    ports: Mapping[str, int],
    environment: Mapping[str, str],
) -> WorldControl | None:
    world = blueprint.world
    if world is None:
        return None
    folder = blueprint.folder
    command = world.command(
        ports, folder / "journal" / "world.jsonl", folder / ATTACHMENTS, blueprint.seed, environment
    )

    async def start() -> ManagedProcess:
        process = await processes.start(WORLD, command, environment=environment, folder=blueprint.root)
        await wait_until_ready(process, world.ready_url(ports))
        return process

    await singles.add(WORLD, start, WORLD_SIDE)
    return WorldControl(world.control_url(ports))
