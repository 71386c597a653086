"""What the bench is run on: a stub frontend or a dev server with a worker, on free ports, and clients beside them.

Where it stands: ``command`` → **rig** → processes → a ``Window`` from each client. All of them end with the rig; a
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
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.journal import FileJournal
from harness.poll import eventually
from harness.stack.dev import SERVER, DevServer, start_dev_server
from harness.stack.ports import free_ports
from harness.stack.process import ManagedProcess, Processes, last_lines
from harness.stack.watchdog import Watchdog
from load.bench.window import Window, WindowRequest

ROOT = Path(__file__).parent.parent.parent
STUB_WORKFLOW_SECONDS = 0.05
READY_TIMEOUT_SECONDS = 60.0
CLIENT_MARGIN_SECONDS = 120.0
SPAWNED_PER_SECOND = 500


class BenchFailed(Exception):
    """A client did not measure what it was asked to; says what it said last."""


@dataclass(frozen=True)
class Load:
    """How a client works: so many users, each thinking so long between two workflows, measured for so long."""

    users: int
    seconds: float
    think_seconds: float = 0.0
    warm_seconds: float = 3.0


@dataclass(frozen=True)
class Rig:
    """A place to run clients in; ``address`` is the frontend's."""

    folder: Path
    processes: Processes
    address: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def locust(self, load: Load) -> Window:
        """Measure the locust way.

        :raises BenchFailed: when it did not come to its end, or did not end VALID.
        """
        last_seconds = math.ceil(load.warm_seconds + load.seconds) + 1
        options = ["--headless", "--only-summary", "-u", str(load.users), "-r", str(SPAWNED_PER_SECOND)]
        options += ["-t", f"{last_seconds}s", "--temporal-address", self.address, "--arrivals", "closed"]
        options += ["--think-seconds", str(load.think_seconds), "--thresholds", "", "--seed", "1"]
        options += ["--report-folder", str(self.folder / "reports")]
        return await self._measured("locust", ["-m", "locust", "-f", "load/bench/user.py", *options], load)

    async def plain(self, load: Load) -> Window:
        """Measure the plain asyncio loop. It thinks not at all. :raises BenchFailed: as ``locust``."""
        return await self._measured("plain", ["-m", "load.bench.plain", str(load.users)], load)

    async def _measured(self, name: str, arguments: Sequence[str], load: Load) -> Window:
        name = f"{name}-{next(self._numbers)}"
        request = WindowRequest(load.warm_seconds, load.seconds, self.folder / f"{name}.json")
        client = await self.processes.start(
            name,
            [sys.executable, *arguments],
            environment={"TEMPORAL_ADDRESS": self.address, **request.variables()},
            folder=ROOT,
        )
        try:
            await asyncio.wait_for(client.exited.wait(), load.warm_seconds + load.seconds + CLIENT_MARGIN_SECONDS)
        except TimeoutError:
            await self.processes.kill(client)
        if client.process.returncode != 0 or not request.file.is_file():
            raise BenchFailed(f"{name} ended with {client.process.returncode}:\n{last_lines(client.log, 20)}")
        return Window.read(request.file)


@contextlib.asynccontextmanager
async def stub_rig() -> AsyncIterator[Rig]:
    """A stub frontend whose workflows end by themselves after a short while."""
    async with _rig() as (folder, processes):
        (port,) = free_ports(1)
        command = [sys.executable, "-m", "load.stub_frontend", "--port", str(port)]
        command += ["--workflow-seconds", str(STUB_WORKFLOW_SECONDS)]
        stub = await processes.start("stub", command, folder=ROOT)
        await eventually(
            lambda: _listens(port, stub), what=f"the stub to listen on {port}", timeout_seconds=READY_TIMEOUT_SECONDS
        )
        yield Rig(folder, processes, f"127.0.0.1:{port}")


@contextlib.asynccontextmanager
async def server_rig() -> AsyncIterator[Rig]:
    """A dev server with one worker, the same for every client.

    :raises EnvironmentMissing: the server is not there or does not come up.
    """
    async with _rig() as (folder, processes):
        server = DevServer(free_ports(1)[0], folder / "temporal.db", {})
        await start_dev_server(server, processes, folder=folder)
        command = [sys.executable, "-m", "load.bench.worker"]
        await processes.start("worker", command, environment={"TEMPORAL_ADDRESS": server.address}, folder=ROOT)
        yield Rig(folder, processes, server.address)


@contextlib.asynccontextmanager
async def _rig() -> AsyncIterator[tuple[Path, Processes]]:
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch:
        run_id = f"bench-{uuid.uuid4().hex}"
        folder = Path(scratch)
        processes = Processes(run_id, folder / "logs", FileJournal(folder / "journal.jsonl", "bench"))
        with Watchdog(run_id):
            try:
                yield folder, processes
            finally:
                await processes.stop_all(grace_seconds=10.0, last=[[SERVER]])


async def _listens(port: int, process: ManagedProcess) -> bool:
    if not process.alive:
        raise EnvironmentMissing(f"it ended at once:\n{last_lines(process.log)}")
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
