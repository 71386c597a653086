"""Temporal's UI as a process of a stack. It reaches the frontend directly: what one looks with is not broken too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from harness.stack.processes.process import ManagedProcess, Processes
from harness.stack.programs.binaries import find_binary
from harness.stack.services import wait_until_ready

UI = "ui"
ENVIRONMENT = "development"


@dataclass(frozen=True)
class UiServer:
    """``port`` on loopback; ``frontend`` is the ``host:port`` of the server to show, ``namespace`` of it first."""

    port: int
    frontend: str
    namespace: str

    @property
    def url(self) -> str:
        """What to open in a browser."""
        return f"http://127.0.0.1:{self.port}"

    def config(self) -> str:
        """The content of its configuration file. JSON is YAML too."""
        settings = {
            "temporalGrpcAddress": self.frontend,
            "host": "127.0.0.1",
            "port": self.port,
            "enableUi": True,
            "defaultNamespace": self.namespace,
            "disableNewsFetch": True,
            "cors": {"allowOrigins": [self.url]},
        }
        return json.dumps(settings, indent=2) + "\n"


async def start_ui(server: UiServer, processes: Processes, *, folder: Path) -> ManagedProcess:
    """Start the UI and wait until it shows what the frontend says of the namespace.

    :raises EnvironmentMissing: it ended, or was not ready in time; the end of its log is in the message.
    """
    (folder / "ui").mkdir(exist_ok=True)
    (folder / "ui" / f"{ENVIRONMENT}.yaml").write_text(server.config(), encoding="utf-8")
    # It joins root and config, so an absolute path as `config` would be mangled.
    command = [str(find_binary("temporal-ui-server")), "--root", str(folder), "--config", "ui", "--env", ENVIRONMENT]
    process = await processes.start(UI, [*command, "start"], folder=folder)
    await wait_until_ready(process, f"{server.url}/api/v1/namespaces/{server.namespace}")
    return process
