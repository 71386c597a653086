"""The `compose` stack: the server side as the compose files have it, the application beside it, all in containers.

    machine's loopback                                        network of the project
    ------------------                                        ----------------------
    API ──────client-frontend──┐
    workers ──worker-frontend──┴─> 127.0.0.1:PORT ──────────> server ──server-postgres──> PostgreSQL
       ├──────application-books ─> 127.0.0.1:PORT ───────────────────────────────────────────┘
       └──────application-SERVICE ─> the world

Names, links and addresses are those of `full`. There are two Toxiproxies: one beside the application, for all of its
links, and one inside the network, because from there nobody reaches this machine's loopback. The application, the world
and the first Toxiproxy share the machine's network (`harness.stack.containers.homes`), so 127.0.0.1 means the same to
all of them and to the harness.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from temporalio.service import RPCError

from harness.errors import EnvironmentMissing, UsageError
from harness.poll import eventually
from harness.stack import first_workflow
from harness.stack.client import open_client
from harness.stack.containers.database import Database
from harness.stack.containers.engine import require_engine
from harness.stack.containers.homes import ENTRYPOINT, Made
from harness.stack.containers.images import Images, choose_images
from harness.stack.containers.network import ContainerNetwork
from harness.stack.containers.parts import (
    POSTGRES_PORT,
    SCHEMA,
    SERVER,
    SERVICES,
    TOXIPROXY,
    TOXIPROXY_POSTGRES,
    UI,
    Ports,
    app_image,
    compose_folder,
    draw_ports,
)
from harness.stack.containers.project import Project, Wanted, create_project
from harness.stack.endpoints import NAMESPACE, Endpoints, StackRequest
from harness.stack.full import BOOKS
from harness.stack.insides import Insides
from harness.stack.links.links import Link, by_name
from harness.stack.links.proxies import Proxy
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_server import ToxiproxyServer, make_proxies, start_toxiproxy
from harness.stack.links.wires import Wire, behind_links, ends_of_services
from harness.stack.namespace import make_namespace
from harness.stack.postgres import PASSWORD, POSTGRES, USER
from harness.stack.processes.command import run_to_end
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import ManagedProcess, Processes, last_lines
from harness.stack.server_config import RolePorts, config_folder, copy_dynamic_config
from harness.stack.services import wait_until_ready
from harness.stack.temporal_roles import Role, is_serving

SERVER_POSTGRES = "server-postgres"
ALONE = (POSTGRES, SERVER, TOXIPROXY, TOXIPROXY_POSTGRES, UI)
"""The processes of the stack's own, by name."""
SERVES_WITHIN_SECONDS = 90.0


def stops_last(_: Mapping[str, int]) -> Sequence[Collection[str]]:
    """The waves in which this stack's own processes end, after everything that needs them."""
    return ([UI], [SERVER], [TOXIPROXY, TOXIPROXY_POSTGRES], [POSTGRES])


@contextlib.asynccontextmanager
async def compose_stack_up(request: StackRequest) -> AsyncIterator[Endpoints]:
    """Bring the stack up until every part answers and a workflow was completed; for the rest, see ``Endpoints``.

    The processes belong to ``request.processes``, whose owner ends them; containers, network and volumes carry
    the run's id, by which whoever owns the run removes them.

    :raises UsageError: several processes of a server role are asked for.
    :raises EnvironmentMissing: engine, plug-in or images are missing, or a part did not come up.
    """
    if request.server_processes:
        raise UsageError("the stack `compose` has one server process for all roles; `full` has one for each")
    await asyncio.to_thread(require_engine)
    folder = compose_folder(request.root)
    images = await asyncio.to_thread(choose_images, folder, app_image())
    ports = draw_ports(request.fixed_ports)
    dynamic = request.folder / "dynamic-config"
    dynamic.mkdir(exist_ok=True)
    dynamic_config = copy_dynamic_config(config_folder(request.root), dynamic)
    kept = str(request.folder.resolve()) if request.fixed_ports else None
    wanted = Wanted(request.processes.run_id, request.folder, dynamic, ports, kept)
    project = await asyncio.to_thread(create_project, images.files, wanted)
    inner = ToxiproxyServer(ports.database_link, (_inner_proxy(),), TOXIPROXY_POSTGRES, loopback_only=False)
    wires = _wires(request, ports)
    outer = ToxiproxyServer(
        ports.toxiproxy, tuple(wire.proxy() for wire in wires.values()), TOXIPROXY, program=ENTRYPOINT
    )
    database = Database(project.containers[POSTGRES])
    inside = request.processes.at(project.home)
    beside = request.processes.at(Made(images.toxiproxy, request.processes.run_id))
    async with asyncio.TaskGroup() as group:
        group.create_task(_start_database(database, inside, inner, request))
        start = partial(start_toxiproxy, outer, beside, folder=request.folder)
        group.create_task(request.singles.add(TOXIPROXY, start))
    await request.singles.add(SERVER, partial(_start_server, ports, database, inside, folder=request.folder))
    client = await open_client(f"127.0.0.1:{ports.frontend}")
    await make_namespace(client, NAMESPACE, request.search_attributes)
    # Made last, so that a process that knows this one knows the application's and its search attributes too.
    await make_namespace(client, first_workflow.NAMESPACE, {})
    async with asyncio.TaskGroup() as group:
        group.create_task(request.singles.add(UI, partial(_start_ui, ports, inside, folder=request.folder)))
        worked = group.create_task(first_workflow.when_it_worked(client))
    outside = Toxiproxy(outer.url)
    within = Toxiproxy(inner.url, loopback_only=False)
    try:
        ends = _endpoints(request, ports, wires, outside, within, images, project)
        insides = _insides(ports, dynamic_config)
        yield replace(ends, insides=insides, worked_at_seconds=worked.result())
    finally:
        await asyncio.gather(outside.close(), within.close())


async def _start_database(database: Database, inside: Processes, inner: ToxiproxyServer, request: StackRequest) -> None:
    folder = request.folder
    await request.singles.add(POSTGRES, partial(database.start, inside, folder=folder))
    await database.create_databases([BOOKS])
    await request.singles.add(TOXIPROXY_POSTGRES, partial(_start_inner, inner, inside, folder=folder))
    await run_to_end(inside, SCHEMA, [SCHEMA], folder=folder)


async def _start_inner(inner: ToxiproxyServer, inside: Processes, *, folder: Path) -> ManagedProcess:
    process = await inside.start(inner.name, [inner.name], folder=folder)
    await make_proxies(process, inner, listens_on=None)
    return process


async def _start_server(ports: Ports, database: Database, inside: Processes, *, folder: Path) -> ManagedProcess:
    """Start the server and wait until its frontend serves.

    :raises EnvironmentMissing: it ended or did not serve in time; the end of its log is in the message.
    """
    # Itself before it died, at an address that may be another's by now: it would try for a minute to join that one.
    await database.query("temporal", "DELETE FROM cluster_membership")
    process = await inside.start(SERVER, [SERVER], folder=folder)
    frontend = Role("frontend", 1, RolePorts(ports.frontend, 0, ports.metrics, 0))

    async def answers() -> bool:
        if not process.alive:
            raise EnvironmentMissing(f"the server ended before it served:\n{last_lines(process.log)}")
        return await is_serving(frontend)

    await eventually(
        answers,
        what=f"the server to answer on {frontend.address} (log: {process.log})",
        timeout_seconds=SERVES_WITHIN_SECONDS,
        ignore=(RPCError, RuntimeError),
    )
    return process


async def _start_ui(ports: Ports, inside: Processes, *, folder: Path) -> ManagedProcess:
    process = await inside.start(UI, [UI], folder=folder)
    await wait_until_ready(process, f"http://127.0.0.1:{ports.ui}/api/v1/namespaces/{NAMESPACE}")
    return process


def _inner_proxy() -> Proxy:
    return Proxy(SERVER_POSTGRES, f"[::]:{POSTGRES_PORT}", f"{SERVICES[POSTGRES]}:{POSTGRES_PORT}")


def _wires(request: StackRequest, ports: Ports) -> dict[str, Wire]:
    """The links beside the application, by name, each listening on a port of its own."""
    ends = [
        ("client-frontend", "client", "frontend", ports.frontend),
        ("worker-frontend", "worker", "frontend", ports.frontend),
        (f"application-{BOOKS}", "application", BOOKS, ports.postgres),
        *ends_of_services(request.world_ports),
    ]
    drawn = dict(zip([name for name, *_ in ends], free_ports(len(ends)), strict=True))
    if request.fixed_ports is not None:
        drawn["client-frontend"] = request.fixed_ports.temporal
    return {name: Wire(name, source, target, drawn[name], port) for name, source, target, port in ends}


def _insides(ports: Ports, dynamic_config: Path) -> Insides:
    return Insides(
        database=f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{ports.postgres}/{POSTGRES}",
        dynamic_config=dynamic_config,
        metrics={SERVER: f"http://127.0.0.1:{ports.metrics}/metrics"},
    )


def _endpoints(
    request: StackRequest,
    ports: Ports,
    wires: Mapping[str, Wire],
    outside: Toxiproxy,
    within: Toxiproxy,
    images: Images,
    project: Project,
) -> Endpoints:
    links = [Link(wire.name, wire.source, wire.target, outside) for wire in wires.values()]
    links.append(Link(SERVER_POSTGRES, SERVER, POSTGRES, within, inside=True))
    inner = _inner_proxy()
    shown = {
        "UI": f"http://127.0.0.1:{ports.ui}",
        "PostgreSQL": f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{ports.postgres}",
        "Toxiproxy": outside.url,
        "Toxiproxy inside": within.url,
        "frontend": f"127.0.0.1:{ports.frontend} (past its links)",
        f"{SERVER} metrics": f"http://127.0.0.1:{ports.metrics}/metrics",
        **{f"link {wire.name}": f"{wire.proxy().listen} -> {wire.proxy().upstream}" for wire in wires.values()},
        f"link {SERVER_POSTGRES}": f"{inner.listen} -> {inner.upstream} (inside)",
        "stand-ins": ", ".join(images.stand_ins) or "none",
    }
    attachments = {
        process: ContainerNetwork(project.containers[process], project.network, (SERVICES[process],))
        for process in (POSTGRES, SERVER, TOXIPROXY_POSTGRES, UI)
    }
    return Endpoints(
        frontend=f"127.0.0.1:{ports.frontend}",
        client=wires["client-frontend"].proxy().listen,
        worker=wires["worker-frontend"].proxy().listen,
        world_ports=behind_links(request.world_ports, wires),
        books=f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{wires[f'application-{BOOKS}'].port}/{BOOKS}",
        links=by_name(links),
        attachments=attachments,
        shown=shown,
    )
