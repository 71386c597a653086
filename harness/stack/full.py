"""The `full` stack: PostgreSQL, Temporal's server with a process for each role, the UI, and Toxiproxy on every link.

    application's services ──client-frontend────┐
    application's workers  ──worker-frontend────┴─> frontend ─ history ─ matching ─ internal-worker
                           └─application-books──┐      └──────────┴─────────┴──────────────┘
                           │                    ├─> PostgreSQL <──────server-postgres
                           └─application-SERVICE──> each service of the world

Every arrow with a name is a proxy that can be cut, slowed or poisoned (`docs/stacks.md`). No link: the roles among each
other, the UI, and the harness's own client, which must see what happens while the others cannot.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import temporalio.client

from harness.stack import first_workflow
from harness.stack.client import open_client
from harness.stack.endpoints import NAMESPACE, Endpoints, StackRequest
from harness.stack.insides import Insides
from harness.stack.links.links import Link, by_name
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_server import ToxiproxyServer, start_toxiproxy
from harness.stack.links.wires import Wire, behind_links, ends_of_services
from harness.stack.namespace import make_namespace
from harness.stack.postgres import (
    PASSWORD,
    POSTGRES,
    USER,
    Postgres,
    create_databases,
    forget_settings,
    query,
    start_postgres,
)
from harness.stack.processes.ports import FixedPorts, free_ports
from harness.stack.processes.process import ManagedProcess
from harness.stack.schema import set_up_schema
from harness.stack.server_config import config_folder, copy_dynamic_config
from harness.stack.temporal_roles import (
    INTERNAL_WORKER,
    Cluster,
    Role,
    config_file,
    draw_roles,
    role_names,
    start_role,
    wait_until_serving,
)
from harness.stack.ui import UI, UiServer, start_ui

TOXIPROXY = "toxiproxy"
BOOKS = "books"


def alone(server_processes: Mapping[str, int]) -> tuple[str, ...]:
    """This stack's own processes of which there is one each, by name."""
    return (POSTGRES, TOXIPROXY, *role_names(server_processes), UI)


def stops_last(server_processes: Mapping[str, int]) -> Sequence[Collection[str]]:
    """The waves in which this stack's own processes end, after everything that needs them."""
    roles = role_names(server_processes)
    # The internal worker is a client of the frontend: alone, it waits 10 s for it.
    clients = [name for name in roles if name.startswith(INTERNAL_WORKER)]
    return ([UI, *clients], [name for name in roles if name not in clients], [TOXIPROXY], [POSTGRES])


@contextlib.asynccontextmanager
async def full_stack_up(request: StackRequest) -> AsyncIterator[Endpoints]:
    """Bring the stack up until every part answers and a workflow was completed; for the rest, see ``Endpoints``.

    The processes belong to ``request.processes``, whose owner ends them; what ends here is the client of Toxiproxy.

    :raises EnvironmentMissing: a program is missing, or a part did not come up; its log's end is in the message.
    """
    fixed = request.fixed_ports
    postgres = Postgres(fixed.postgres if fixed else free_ports(1)[0], request.folder / "postgres")
    roles = draw_roles(request.server_processes, metrics_port=fixed.metrics if fixed else None)
    wires = _wires(request.world_ports, roles, postgres, fixed)
    toxiproxy = ToxiproxyServer(
        fixed.toxiproxy if fixed else free_ports(1)[0], tuple(wire.proxy() for wire in wires.values()), TOXIPROXY
    )
    config = config_folder(request.root)
    cluster = Cluster(
        roles,
        config,
        copy_dynamic_config(config, request.folder),
        f"127.0.0.1:{wires['server-postgres'].port}",
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(_start_database(postgres, request))
        group.create_task(_add(request, TOXIPROXY, start_toxiproxy, toxiproxy))
    client = await _start_server(cluster, request)
    ui = UiServer(fixed.ui if fixed else free_ports(1)[0], cluster.first("frontend").address, NAMESPACE)
    async with asyncio.TaskGroup() as group:
        group.create_task(_add(request, UI, start_ui, ui))
        worked = group.create_task(first_workflow.when_it_worked(client))
    api = Toxiproxy(toxiproxy.url)
    try:
        yield replace(_endpoints(request, cluster, postgres, wires, api, ui), worked_at_seconds=worked.result())
    finally:
        await api.close()


async def _add(
    request: StackRequest, name: str, start: Callable[..., Awaitable[ManagedProcess]], server: object
) -> None:
    """Start one of the single processes, so that faults can kill it by name and start it again the same."""
    await request.singles.add(name, partial(start, server, request.processes, folder=request.folder))


async def _start_database(postgres: Postgres, request: StackRequest) -> None:
    forget_settings(postgres)
    await _add(request, POSTGRES, start_postgres, postgres)
    await create_databases(postgres, [BOOKS], request.processes, folder=request.folder)
    await set_up_schema(postgres, request.processes, folder=request.folder)
    # The server processes of the last time this folder was up: a new one would try for a minute to join them.
    forget = "DELETE FROM cluster_membership"
    await query(postgres, "temporal", forget, request.processes, folder=request.folder)


async def _start_server(cluster: Cluster, request: StackRequest) -> temporalio.client.Client:
    """Start all roles and make the namespaces; returns a client that goes straight to the frontend."""

    def add(role: Role) -> Awaitable[None]:
        start = partial(start_role, role, cluster, request.processes, folder=request.folder)
        return request.singles.add(role.name, start)

    # On a new database the first process inserts the row that describes the cluster. Two at once would both try, and
    # one of them would die of the unique key.
    first = cluster.first("frontend")
    await add(first)
    await asyncio.gather(*(add(role) for role in cluster.roles if role is not first))
    client = await open_client(first.address)
    await make_namespace(client, NAMESPACE, request.search_attributes)
    # Made last, so that a process that knows this one knows the application's and its search attributes too.
    await make_namespace(client, first_workflow.NAMESPACE, {})
    return client


def _wires(
    world_ports: Mapping[str, int], roles: Sequence[Role], postgres: Postgres, fixed: FixedPorts | None
) -> dict[str, Wire]:
    """All links of the stack, by name, each listening on a port of its own."""
    frontend = next(role for role in roles if role.role == "frontend").ports.grpc
    ends = [
        ("client-frontend", "client", "frontend", frontend),
        ("worker-frontend", "worker", "frontend", frontend),
        ("server-postgres", "server", POSTGRES, postgres.port),
        (f"application-{BOOKS}", "application", BOOKS, postgres.port),
        *ends_of_services(world_ports),
    ]
    drawn = dict(zip([name for name, *_ in ends], free_ports(len(ends)), strict=True))
    if fixed is not None:
        drawn["client-frontend"] = fixed.temporal
    return {name: Wire(name, source, target, drawn[name], port) for name, source, target, port in ends}


def _endpoints(
    request: StackRequest,
    cluster: Cluster,
    postgres: Postgres,
    wires: Mapping[str, Wire],
    toxiproxy: Toxiproxy,
    ui: UiServer,
) -> Endpoints:
    links = by_name(Link(wire.name, wire.source, wire.target, toxiproxy) for wire in wires.values())
    books = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{wires[f'application-{BOOKS}'].port}/{BOOKS}"
    frontend = cluster.first("frontend").address
    server = f"postgresql://{USER}:{PASSWORD}@{postgres.address}"
    metrics = {role.name: f"http://127.0.0.1:{role.ports.metrics}/metrics" for role in cluster.roles}
    shown = {
        "UI": ui.url,
        "PostgreSQL": server,
        "Toxiproxy": toxiproxy.url,
        "frontend": f"{frontend} (past its links)",
        **{f"{name} metrics": url for name, url in metrics.items()},
        **{f"link {wire.name}": f"{wire.proxy().listen} -> {wire.proxy().upstream}" for wire in wires.values()},
    }
    return Endpoints(
        frontend=frontend,
        client=wires["client-frontend"].proxy().listen,
        worker=wires["worker-frontend"].proxy().listen,
        world_ports=behind_links(request.world_ports, wires),
        books=books,
        links=links,
        insides=Insides(
            database=f"{server}/{POSTGRES}",
            dynamic_config=cluster.dynamic_config,
            metrics=metrics,
            configs={role.name: config_file(role.name, request.folder) for role in cluster.roles},
            fault_injection=cluster.fault_injection,
        ),
        shown=shown,
        wait_until_ready=partial(wait_until_serving, cluster.roles),
    )
