"""The Toxiproxy server as a process of a run: started on a port of loopback, with its proxies.

Where it fits: a stack starts one and puts its links through it; `harness.stack.links.toxiproxy` talks to it. Its
proxies live in its memory alone, so starting it again creates them again, whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.links.proxies import Proxy
from harness.stack.links.toxiproxy import Toxiproxy
from harness.stack.links.toxiproxy_api import ToxiproxyError
from harness.stack.processes.ports import require_free
from harness.stack.processes.process import ManagedProcess, Processes, last_lines
from harness.stack.programs.binaries import find_binary
from harness.stack.programs.recipes import TOXIPROXY as VERSION

BINARY = "toxiproxy-server"


@dataclass(frozen=True)
class ToxiproxyServer:
    """How to start one server. ``port`` is its HTTP interface's; ``name`` is the process's, for logs and faults.

    ``program`` is what to start, ``None`` for the one that is found here; ``loopback_only`` as a `Toxiproxy` has it.
    """

    port: int
    proxies: Sequence[Proxy] = ()
    name: str = "toxiproxy"
    program: str | None = None
    loopback_only: bool = True

    @property
    def url(self) -> str:
        """What a `Toxiproxy` is made with."""
        return f"http://127.0.0.1:{self.port}"


async def start_toxiproxy(
    server: ToxiproxyServer, processes: Processes, *, folder: Path, timeout_seconds: float = 10.0
) -> ManagedProcess:
    """Start the server, wait until it answers, and create its proxies.

    :raises EnvironmentMissing: the port is taken, the server ended or did not answer in time, it is of another version,
        or a proxy could not be created. The process is then left to the caller's `Processes` to stop.
    """
    require_free(server.port, "Toxiproxy's HTTP interface")
    program = [server.program] if server.program is not None else [str(find_binary(BINARY))]
    command = [*program, "-host", "127.0.0.1", "-port", str(server.port)]
    # Its own default is to log each request and each connection with every step it takes.
    process = await processes.start(server.name, command, environment={"LOG_LEVEL": "info"}, folder=folder)
    await make_proxies(process, server, listens_on=server.port, timeout_seconds=timeout_seconds)
    return process


async def make_proxies(
    process: ManagedProcess, server: ToxiproxyServer, *, listens_on: int | None, timeout_seconds: float = 10.0
) -> None:
    """Wait until a server that was just started answers, and create its proxies.

    :param listens_on: the port of this machine on which the process itself has to be seen to listen, so that nobody
        else answers for it; ``None`` where that cannot be seen.
    :raises EnvironmentMissing: see ``start_toxiproxy``.
    """
    client = Toxiproxy(server.url, loopback_only=server.loopback_only)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(client.close)
        version = await eventually(
            lambda: _version_once_up(process, client, listens_on),
            what=f"Toxiproxy to answer on {server.url} (log: {process.log})",
            timeout_seconds=timeout_seconds,
            # It may end between being seen alive and being looked at; the next look says so.
            ignore=(ToxiproxyError, psutil.NoSuchProcess),
        )
        if version != VERSION:
            raise EnvironmentMissing(
                f"{server.name} is Toxiproxy {version}, and {VERSION} is needed; "
                "set ASSAY_TOXIPROXY_SERVER_BIN to one of that version"
            )
        await client.populate(server.proxies)


async def _version_once_up(process: ManagedProcess, client: Toxiproxy, port: int | None) -> str | None:
    if not process.alive:
        raise EnvironmentMissing(f"Toxiproxy ended at once:\n{last_lines(process.log)}")
    if port is None:
        return await client.version()
    # One that cannot bind its port says so in its log and stays; then somebody else would answer.
    ports = {c.laddr.port for c in psutil.Process(process.pid).net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    return await client.version() if port in ports else None
