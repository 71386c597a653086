"""Bring up: dev server, world, services and workers, in this order, as one context that takes all of it down again.

Where it stands: the first and the last phase of `harness.run`, and what `assay up` does by hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from harness.application import Application
from harness.fleet import Fleet, WorkerLaunch
from harness.journal import Journal
from harness.site import Site
from harness.stack.dev import NAMESPACE, SERVER, DevServer, connect_client, start_dev_server
from harness.stack.ports import free_ports
from harness.stack.process import ManagedProcess, Processes
from harness.stack.restart import Singles
from harness.stack.services import addresses_wanted, start_service, wait_until_ready
from harness.world import World, WorldControl

STOP_GRACE_SECONDS = 12.0
WORLD = "world"


@dataclass(frozen=True)
class Blueprint:
    """What to bring up. ``version_folder`` is the copy of the application that workers and services are pointed at."""

    run_id: str
    seed: int
    folder: Path
    root: Path
    version_folder: Path
    app: Application
    world: World | None
    workers: int
    server_port: int | None = None
    ui_port: int | None = None


@contextlib.asynccontextmanager
async def site_up(blueprint: Blueprint, journal: Journal) -> AsyncIterator[Site]:
    """Bring everything up, hand over the site, and take everything down, whatever happened in between."""
    processes = Processes(blueprint.run_id, blueprint.folder / "logs", journal)
    state = blueprint.folder / "state"
    state.mkdir(exist_ok=True)
    async with contextlib.AsyncExitStack() as cleanup:
        cleanup.push_async_callback(processes.stop_all, grace_seconds=STOP_GRACE_SECONDS, last=[[SERVER]])
        singles = Singles(processes)
        server = _dev_server(blueprint, state)
        await singles.add(SERVER, partial(start_dev_server, server, processes, folder=blueprint.folder))
        services = tuple(blueprint.world.services) if blueprint.world else ()
        ports = dict(zip(services, free_ports(len(services)), strict=True))
        environment = _environment(blueprint, server.address, ports, state)
        control = await _start_world(blueprint, processes, singles, ports, environment)
        if control is not None:
            cleanup.push_async_callback(control.close)
        launch = WorkerLaunch(blueprint.app.name, blueprint.version_folder, environment, blueprint.folder / "journal")
        fleet = Fleet(blueprint.workers, launch, processes, journal)
        async with asyncio.TaskGroup() as group:
            for service in blueprint.app.services:
                start = partial(
                    start_service, service, processes, environment=environment, folder=blueprint.version_folder
                )
                group.create_task(singles.add(service.name, start))
            group.create_task(fleet.start_all())
        client = await connect_client(server.address, data_converter=blueprint.app.data_converter)
        # Everything is on loopback, so neither proxies nor certificates are for us.
        http = await cleanup.enter_async_context(httpx.AsyncClient(timeout=10.0, trust_env=False, verify=False))
        yield Site(client, environment, fleet, journal, blueprint.folder, http, singles, control, ports)


def _dev_server(blueprint: Blueprint, state: Path) -> DevServer:
    return DevServer(
        port=blueprint.server_port or free_ports(1)[0],
        database=state / "temporal.db",
        search_attributes=blueprint.app.search_attributes,
        ui_port=blueprint.ui_port,
    )


def _environment(blueprint: Blueprint, address: str, world_ports: Mapping[str, int], state: Path) -> dict[str, str]:
    """What the processes of the application are given: where Temporal is, where the world is, their own addresses."""
    # The empty file keeps the user's default profile out of it, as dropping their TEMPORAL_* variables does.
    environment = {
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_NAMESPACE": NAMESPACE,
        "TEMPORAL_CONFIG_FILE": os.devnull,
    }
    if blueprint.world is not None:
        environment.update(blueprint.world.environment(world_ports, state))
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
    command = world.command(ports, blueprint.folder / "journal" / "world.jsonl", blueprint.seed, environment)

    async def start() -> ManagedProcess:
        process = await processes.start(WORLD, command, environment=environment, folder=blueprint.root)
        await wait_until_ready(process, world.ready_url(ports))
        return process

    await singles.add(WORLD, start)
    return WorldControl(world.control_url(ports))
