"""The servers that the simulator is compared with, each brought up for one measurement, with nothing on disk."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import temporalio.client
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.testservice.v1 import UnlockTimeSkippingRequest
from temporalio.service import RPCError, RPCStatusCode

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.client import open_client
from harness.stack.dev import DevServer, start_dev_server
from harness.stack.endpoints import NAMESPACE
from harness.stack.namespace import value_type
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes, last_lines

TEST_SERVER = "temporal-test-server"
READY_TIMEOUT_SECONDS = 60.0
REGISTERING = timedelta(seconds=5)


async def dev_server(search_attributes: Mapping[str, str], folder: Path, processes: Processes) -> str:
    """A dev server in memory, which skips time where an execution asks for it; returns its address.

    :raises EnvironmentMissing: it does not come up.
    """
    server = DevServer(free_ports(1)[0], None, search_attributes)
    await start_dev_server(server, processes, folder=folder, timeout_seconds=READY_TIMEOUT_SECONDS)
    return server.address


def skipping_server_program() -> Path | None:
    """The time-skipping test server of the Java SDK, beside the interpreter or on PATH; ``None`` where it is not."""
    beside = Path(sys.executable).parent / TEST_SERVER
    found = str(beside) if beside.is_file() else shutil.which(TEST_SERVER)
    return Path(found) if found else None


async def skipping_server(search_attributes: Mapping[str, str], folder: Path, processes: Processes) -> str:
    """The test server, with its time unlocked for good; returns its address.

    :raises EnvironmentMissing: it is not installed, or does not come up.
    """
    program = skipping_server_program()
    if program is None:
        raise EnvironmentMissing(f"{TEST_SERVER} is not installed; docs/simulator.md says where it comes from")
    address = f"127.0.0.1:{free_ports(1)[0]}"
    port = address.rpartition(":")[2]
    process = await processes.start(TEST_SERVER, [str(program), port, "--enable-time-skipping"], folder=folder)

    async def connect() -> temporalio.client.Client:
        if not process.alive:
            raise EnvironmentMissing(f"{TEST_SERVER} ended at once:\n{last_lines(process.log)}")
        return await open_client(address)

    client = await eventually(
        connect,
        what=f"{TEST_SERVER} to serve on {address} (log: {process.log})",
        timeout_seconds=READY_TIMEOUT_SECONDS,
        ignore=(RuntimeError, RPCError, TimeoutError),
    )
    await _register(client, search_attributes)
    await client.test_service.unlock_time_skipping(UnlockTimeSkippingRequest())
    return address


async def _register(client: temporalio.client.Client, search_attributes: Mapping[str, str]) -> None:
    kinds = {name: value_type(kind) for name, kind in search_attributes.items()}
    request = AddSearchAttributesRequest(namespace=NAMESPACE, search_attributes=kinds)
    try:
        await client.operator_service.add_search_attributes(request, timeout=REGISTERING)
    except RPCError as error:
        # The test server takes them and need not end the call. Where it did not, the first execution says so.
        if error.status is not RPCStatusCode.DEADLINE_EXCEEDED:
            raise
