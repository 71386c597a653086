"""PostgreSQL in its container: started, waited for, asked, all by the programs inside, so none is needed here."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.docker import DockerError, docker
from harness.stack.postgres import POSTGRES, USER
from harness.stack.processes.home import Ending
from harness.stack.processes.process import ManagedProcess, Processes, last_lines

READY_WITHIN_SECONDS = 90.0
# All that a killed server leaves goes with its container, so nothing gentler than SIGKILL is needed.
ENDING = Ending(stop=signal.SIGINT)


@dataclass(frozen=True)
class Database:
    """The server in a container of this name."""

    container: str

    async def start(self, processes: Processes, *, folder: Path) -> ManagedProcess:
        """Start the container and wait until the server takes connections.

        :raises EnvironmentMissing: it ended, or did not serve in time (recovery after a kill is part of that time).
        """
        process = await processes.start(POSTGRES, [POSTGRES], folder=folder, ending=ENDING)

        async def accepts() -> bool:
            if not process.alive:
                raise EnvironmentMissing(f"PostgreSQL ended before it was ready:\n{last_lines(process.log)}")
            # Not by its socket: while a new one sets itself up it listens there, and is not to be had.
            await self._ask("pg_isready", "--quiet", "--host", "127.0.0.1")
            return True

        await eventually(
            accepts,
            what=f"PostgreSQL in {self.container} to take connections (log: {process.log})",
            timeout_seconds=READY_WITHIN_SECONDS,
            ignore=(DockerError,),
        )
        return process

    async def create_databases(self, names: Iterable[str]) -> None:
        """Create the databases that are not there yet.

        :raises EnvironmentMissing: the server refused.
        """
        there = (await self.query("postgres", "SELECT datname FROM pg_database")).split()
        for name in names:
            if name not in there:
                await self.query("postgres", f'CREATE DATABASE "{name}"')

    async def query(self, database: str, statement: str) -> str:
        """The rows of one statement, fields separated by ``|``.

        :raises EnvironmentMissing: the server cannot be reached or refused the statement.
        """
        options = ["--no-psqlrc", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1"]
        return await self._ask("psql", *options, "--username", USER, "--dbname", database, "--command", statement)

    async def _ask(self, *command: str) -> str:
        return await asyncio.to_thread(docker, "exec", self.container, *command, timeout_seconds=15.0)
