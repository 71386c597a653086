"""The `dev` stack: the Temporal CLI's dev server as one process, with a database file.

Where it fits: `harness.experiment.bring_up` starts it first and stops it last; `assay up` with the guide's ports.
With the database file it survives its own SIGKILL. Not covered: Postgres, several server roles, links that can be cut.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import temporalio.client
from temporalio.service import RPCError

from harness.errors import EnvironmentMissing, UsageError
from harness.poll import eventually
from harness.stack.client import connect_client
from harness.stack.endpoints import Endpoints, StackRequest
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import ManagedProcess, Processes, last_lines
from harness.stack.programs.binaries import find_binary

SERVER = "temporal"
# A SIGKILL of the server loses nothing that reached the page cache, and power loss is out of scope; without this each
# transaction waits for the disk, and the disk decides how many invoices a second are tried.
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=OFF")
DYNAMIC_CONFIG = (
    # Both names of the flag: 1.32.0 reads the first, later servers the second (an unknown key is only a warning).
    "frontend.WorkflowTimeSkippingEnabled=true",
    "system.workflowTimeSkippingEnabled=true",
    # By default the backlog in the server's metrics is a minute old, which is as long as many a load test.
    'matching.backlogMetricsEmitInterval="2s"',
)


@dataclass(frozen=True)
class DevServer:
    """How to start one dev server. ``search_attributes`` is name → Temporal type.

    ``database`` is ``None`` for one in memory, ``ui_port`` for no UI, ``metrics_port`` for metrics at a port that
    nobody is told.
    """

    port: int
    database: Path | None
    search_attributes: Mapping[str, str]
    ui_port: int | None = None
    metrics_port: int | None = None

    @property
    def address(self) -> str:
        """What ``TEMPORAL_ADDRESS`` is set to."""
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The arguments of ``temporal server start-dev``."""
        arguments = [str(find_binary("temporal")), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port)]
        arguments += ["--log-level", "warn"]
        if self.database is not None:
            arguments += ["--db-filename", str(self.database)]
            arguments += [word for pragma in SQLITE_PRAGMAS for word in ("--sqlite-pragma", pragma)]
        if self.ui_port is None:
            arguments += ["--headless"]
        else:
            arguments += ["--ui-ip", "127.0.0.1", "--ui-port", str(self.ui_port), "--ui-disable-news-fetch"]
        if self.metrics_port is not None:
            arguments += ["--metrics-port", str(self.metrics_port)]
        for name, kind in self.search_attributes.items():
            arguments += ["--search-attribute", f"{name}={kind}"]
        for setting in DYNAMIC_CONFIG:
            arguments += ["--dynamic-config-value", setting]
        return arguments


@contextlib.asynccontextmanager
async def dev_stack_up(request: StackRequest) -> AsyncIterator[Endpoints]:
    """Bring the dev server up. The process belongs to ``request.processes``, whose owner ends it.

    :raises UsageError: several processes of a server role are asked for; here the server is one process.
    :raises EnvironmentMissing: the server did not come up.
    """
    if request.server_processes:
        raise UsageError("the stack `dev` has one server process for all roles; `full` has one for each")
    fixed = request.fixed_ports
    server = DevServer(
        port=fixed.temporal if fixed else free_ports(1)[0],
        database=request.folder / "temporal.db",
        search_attributes=request.search_attributes,
        ui_port=fixed.ui if fixed else None,
        metrics_port=fixed.metrics if fixed else free_ports(1)[0],
    )
    shown = {f"{SERVER} metrics": f"http://127.0.0.1:{server.metrics_port}/metrics"}
    if server.ui_port is not None:
        shown = {"UI": f"http://127.0.0.1:{server.ui_port}", **shown}
    await request.singles.add(SERVER, partial(start_dev_server, server, request.processes, folder=request.folder))
    yield Endpoints(
        frontend=server.address,
        client=server.address,
        worker=server.address,
        world_ports=request.world_ports,
        shown=shown,
    )


async def start_dev_server(
    server: DevServer, processes: Processes, *, folder: Path, timeout_seconds: float = 30.0
) -> ManagedProcess:
    """Start the server and wait until it serves and knows its namespace.

    :raises EnvironmentMissing: the server ended or did not serve in time; the end of its log is in the message.
    """
    process = await processes.start(SERVER, server.command(), folder=folder)

    async def connect() -> temporalio.client.Client:
        if not process.alive:
            raise EnvironmentMissing(f"the dev server ended at once:\n{last_lines(process.log)}")
        return await connect_client(server.address)

    await eventually(
        connect,
        what=f"the dev server to serve on {server.address} (log: {process.log})",
        timeout_seconds=timeout_seconds,
        ignore=(RuntimeError, RPCError, TimeoutError),
    )
    return process
