"""A dev server alone: without a stack around it, with a folder of its own, gone when nobody needs it any more.

For what needs a real server and brings the rest itself: the tests, and companies in memory.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from harness.record.journal import FileJournal
from harness.stack.dev import DevServer, start_dev_server
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes
from harness.stack.processes.watchdog import Watchdog

STOP_GRACE_SECONDS = 5.0


@asynccontextmanager
async def dev_server_alone(search_attributes: Mapping[str, str], purpose: str = "tests") -> AsyncIterator[str]:
    """Its address, ``127.0.0.1:PORT``. A watchdog ends it if this process is killed.

    :param search_attributes: name → Temporal type, registered at the start.
    :param purpose: the first word of its run id, by which its processes are known.
    :raises EnvironmentMissing: there is no Temporal CLI, or the server did not serve in time.
    """
    run_id = f"{purpose}-{secrets.token_hex(8)}"
    with tempfile.TemporaryDirectory(prefix=f"assay-{purpose}-") as name, Watchdog(run_id):
        folder = Path(name)
        journal = FileJournal(folder / "journal" / f"{purpose}.jsonl", purpose)
        processes = Processes(run_id, folder / "logs", journal)
        (port,) = free_ports(1)
        server = DevServer(port, folder / "temporal.db", search_attributes)
        try:
            await start_dev_server(server, processes, folder=folder)
            yield server.address
        finally:
            await processes.stop_all(grace_seconds=STOP_GRACE_SECONDS)
            journal.close()
