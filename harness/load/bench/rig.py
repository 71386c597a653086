"""What the bench is run on: a stub frontend or a dev server with a worker, on free ports, and clients beside them.

Data flow: ``command`` → **rig** → processes → a ``Window`` from each client. All of them end with the rig; a
watchdog ends them when this process is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import socket
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from harness.errors import EnvironmentMissing
from harness.load.bench.names import IDS_BEGIN, TASK_QUEUE, WORKFLOW
from harness.load.bench.window import Window, WindowRequest
from harness.poll import eventually
from harness.record.journal import FileJournal
from harness.stack.client import connect_client
from harness.stack.dev import SERVER, DevServer, start_dev_server
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import ManagedProcess, Processes, last_lines
from harness.stack.processes.watchdog import Watchdog

LOCUSTFILE = Path(__file__).with_name("user.py")
STUB_WORKFLOW_SECONDS = 0.05
READY_TIMEOUT_SECONDS = 60.0
CLIENT_MARGIN_SECONDS = 120.0
SPAWNED_PER_SECOND = 500
NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


class BenchFailed(Exception):
    """A client did not measure what it was asked to; says what it said last."""


@dataclass(frozen=True)
class Load:
    """How a client works: so many users, each thinking so long between two workflows, measured for so long.

    :param probed: also measure how late greenlets are woken, which costs the client a little.
    """

    users: int
    seconds: float
    think_seconds: float = 0.0
    warm_seconds: float = 3.0
    probed: bool = False


@dataclass(frozen=True)
class Rig:
    """A place to run clients in; ``address`` is the frontend's."""

    folder: Path
    processes: Processes
    address: str = ""
    worker: ManagedProcess | None = None
    server: ManagedProcess | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def locust(self, load: Load) -> Window:
        """Measure the locust way.

        :raises BenchFailed: when it did not come to its end, or did not end VALID.
        """
        last_seconds = math.ceil(load.warm_seconds + load.seconds) + 1
        options = ["-u", str(load.users), "-r", str(SPAWNED_PER_SECOND), "-t", f"{last_seconds}s"]
        options += ["--arrivals", "closed", "--think-seconds", str(load.think_seconds)]
        request = self._request(load)
        client = await self.begin_locust(options, request.variables())
        await self.ended(client, load.warm_seconds + load.seconds)
        return _read(client, request)

    async def plain(self, load: Load) -> Window:
        """Measure the plain asyncio loop. It thinks not at all. :raises BenchFailed: as ``locust``."""
        request = self._request(load)
        arguments = ["-m", "harness.load.bench.plain", str(load.users)]
        client = await self._begun("plain", arguments, request.variables())
        await self.ended(client, load.warm_seconds + load.seconds)
        return _read(client, request)

    async def begin_locust(self, options: Sequence[str], variables: Mapping[str, str] = NO_VARIABLES) -> ManagedProcess:
        """Begin locust on the locustfile of the bench, headless; ``ended`` waits for it."""
        arguments = ["-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary", *options]
        arguments += ["--temporal-address", self.address, "--thresholds", "", "--seed", "1"]
        # How late the generator may be is what the bench itself judges, over its window.
        arguments += ["--generator-lag-seconds", str(CLIENT_MARGIN_SECONDS)]
        return await self._begun("locust", [*arguments, "--report-folder", str(self.folder / "reports")], variables)

    async def ended(self, client: ManagedProcess, within_seconds: float) -> Path:
        """Wait for the end of a client; returns the folder of the last report.

        :raises BenchFailed: when it took much longer, or did not exit with 0.
        """
        try:
            await asyncio.wait_for(client.exited.wait(), within_seconds + CLIENT_MARGIN_SECONDS)
        except TimeoutError:
            await self.processes.kill(client)
        if client.process.returncode != 0:
            raise BenchFailed(f"{client.name} exited with {client.process.returncode}:\n{last_lines(client.log, 20)}")
        return max((self.folder / "reports").glob("*"), key=lambda folder: folder.stat().st_mtime, default=self.folder)

    def _request(self, load: Load) -> WindowRequest:
        file = self.folder / f"window-{next(self._numbers)}.json"
        return WindowRequest(load.warm_seconds, load.seconds, file, load.probed)

    async def _begun(self, name: str, arguments: Sequence[str], variables: Mapping[str, str]) -> ManagedProcess:
        environment = {"TEMPORAL_ADDRESS": self.address, **variables}
        name = f"{name}-{next(self._numbers)}"
        command = [sys.executable, *arguments]
        return await self.processes.start(name, command, environment=environment, folder=Path.cwd())


def _read(client: ManagedProcess, request: WindowRequest) -> Window:
    try:
        return Window.read(request.file)
    except OSError as missing:
        raise BenchFailed(f"{client.name} ended and has not measured:\n{last_lines(client.log, 20)}") from missing


@contextlib.asynccontextmanager
async def stub_rig() -> AsyncIterator[Rig]:
    """A stub frontend whose workflows end by themselves after a short while."""
    async with bench_processes() as (folder, processes):
        (port,) = free_ports(1)
        command = [sys.executable, "-m", "harness.load.bench.stub_frontend", "--port", str(port)]
        command += ["--workflow-seconds", str(STUB_WORKFLOW_SECONDS)]
        stub = await processes.start("stub", command, folder=Path.cwd())
        await eventually(
            lambda: _listens(port, stub), what=f"the stub to listen on {port}", timeout_seconds=READY_TIMEOUT_SECONDS
        )
        yield Rig(folder, processes, f"127.0.0.1:{port}")


@contextlib.asynccontextmanager
async def server_rig() -> AsyncIterator[Rig]:
    """A dev server with one worker, the same for every client.

    :raises EnvironmentMissing: the server is not there or does not come up.
    """
    async with bench_processes() as (folder, processes):
        server = DevServer(free_ports(1)[0], folder / "temporal.db", {})
        serving = await start_dev_server(server, processes, folder=folder)
        command = [sys.executable, "-m", "harness.load.bench.worker"]
        environment = {"TEMPORAL_ADDRESS": server.address}
        worker = await processes.start("worker", command, environment=environment, folder=Path.cwd())
        await _first_workflow(server.address)
        yield Rig(folder, processes, server.address, worker, serving)


@contextlib.asynccontextmanager
async def bench_processes() -> AsyncIterator[tuple[Path, Processes]]:
    """A scratch folder, and processes that all end with it, a dev server last."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch:
        run_id = f"bench-{uuid.uuid4().hex}"
        folder = Path(scratch)
        processes = Processes(run_id, folder / "logs", FileJournal(folder / "journal.jsonl", "bench"))
        with Watchdog(run_id):
            try:
                yield folder, processes
            finally:
                await processes.stop_all(grace_seconds=10.0, last=[[SERVER]])


async def _first_workflow(address: str) -> None:
    """Wait until a workflow has ended, so that no client meets a worker that is still to come.

    :raises EnvironmentMissing: when none ends in time.
    """
    client = await connect_client(address)
    try:
        await asyncio.wait_for(
            client.execute_workflow(WORKFLOW, 0, id=f"{IDS_BEGIN}first", task_queue=TASK_QUEUE), READY_TIMEOUT_SECONDS
        )
    except TimeoutError:
        raise EnvironmentMissing(f"the worker of the bench ended no workflow in {READY_TIMEOUT_SECONDS:g} s") from None


async def _listens(port: int, process: ManagedProcess) -> bool:
    if not process.alive:
        raise EnvironmentMissing(f"it ended at once:\n{last_lines(process.log)}")
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
