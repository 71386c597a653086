"""The `dev` stack: the Temporal CLI's dev server as one process, with a database file.

Where it stands: `harness.run` starts it first and stops it last; `assay up` starts it with the guide's ports. With the
database file it survives its own SIGKILL. Not covered: Postgres, several server roles, links that can be cut.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import temporalio.client
import temporalio.runtime
from temporalio.service import KeepAliveConfig, RPCError

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.binaries import find_binary
from harness.stack.process import ManagedProcess, Processes, last_lines

NAMESPACE = "default"
SERVER = "temporal"
# A SIGKILL of the server loses nothing that reached the page cache, and power loss is out of scope; without this each
# transaction waits for the disk, and the disk decides how many invoices a second are tried.
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=OFF")
# Both names of the flag: 1.32.0 reads the first, later servers the second (an unknown key is only a warning).
DYNAMIC_CONFIG = ("frontend.WorkflowTimeSkippingEnabled=true", "system.workflowTimeSkippingEnabled=true")


@dataclass(frozen=True)
class DevServer:
    """How to start one dev server. ``ui_port`` is ``None`` for none; ``search_attributes`` is name → Temporal type."""

    port: int
    database: Path
    search_attributes: Mapping[str, str]
    ui_port: int | None = None

    @property
    def address(self) -> str:
        """What ``TEMPORAL_ADDRESS`` is set to."""
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The arguments of ``temporal server start-dev``."""
        arguments = [str(find_binary("temporal")), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port)]
        arguments += ["--db-filename", str(self.database), "--log-level", "warn"]
        arguments += [word for pragma in SQLITE_PRAGMAS for word in ("--sqlite-pragma", pragma)]
        if self.ui_port is None:
            arguments += ["--headless"]
        else:
            arguments += ["--ui-ip", "127.0.0.1", "--ui-port", str(self.ui_port), "--ui-disable-news-fetch"]
        for name, kind in self.search_attributes.items():
            arguments += ["--search-attribute", f"{name}={kind}"]
        for setting in DYNAMIC_CONFIG:
            arguments += ["--dynamic-config-value", setting]
        return arguments


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


@functools.cache
def _runtime() -> temporalio.runtime.Runtime:
    """The SDK's runtime without its warnings: that calls are retried is what a run is about, and no news."""
    quiet = temporalio.runtime.TelemetryFilter(core_level="ERROR", other_level="ERROR")
    logging = temporalio.runtime.LoggingConfig(filter=quiet)
    return temporalio.runtime.Runtime(telemetry=temporalio.runtime.TelemetryConfig(logging=logging))


async def connect_client(address: str, **options: object) -> temporalio.client.Client:
    """A client of the harness's own, checked against the server.

    The keep-alive notices a dead link in 17 s; a frontend takes pings closer than 10 s for an attack and hangs up.
    """
    client = await temporalio.client.Client.connect(
        address,
        namespace=NAMESPACE,
        runtime=_runtime(),
        keep_alive_config=KeepAliveConfig(interval_millis=12_000, timeout_millis=5_000),
        **options,  # type: ignore[arg-type]
    )
    await client.service_client.check_health(timeout=timedelta(seconds=2))
    await client.count_workflows("")
    return client
