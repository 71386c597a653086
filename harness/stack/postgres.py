"""PostgreSQL as one process of a stack: its data folder, its start, its databases.

    initdb → **postgres** ← (link) ← Temporal's server roles
                          ← (link) ← the application's books

It comes back over the same data folder, also from a kill. A kill is its own immediate shutdown (SIGQUIT): nothing is
finished or written down, and the next start recovers from the log, but its shared memory goes with it. Not covered:
power loss, which is why nothing waits for the disk here; replicas.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.errors import EnvironmentMissing
from harness.poll import eventually
from harness.stack.processes.command import run_to_end
from harness.stack.processes.home import Ending, inherited
from harness.stack.processes.process import ManagedProcess, Processes, last_lines
from harness.stack.processes.unprivileged import give_away, unprivileged
from harness.stack.programs.binaries import find_binary

POSTGRES = "postgres"
USER = PASSWORD = "temporal"
# SIGTERM would wait until the last client has gone; SIGINT ends their sessions and closes the books properly.
ENDING = Ending(stop=signal.SIGINT, kill=signal.SIGQUIT)
SETTINGS = {
    # Four roles with 30 connections each, several instances of a role, the application's pools.
    "max_connections": "400",
    # A killed process loses nothing that it has given to the kernel; only a power cut would.
    "fsync": "off",
    # Folders of runs are deep, and the path of a socket may have 107 bytes.
    "unix_socket_directories": "",
}


@dataclass(frozen=True)
class Postgres:
    """One server: ``port`` on loopback, ``data`` its folder (made by the first start)."""

    port: int
    data: Path

    @property
    def address(self) -> str:
        """Where it listens itself, with no link in between."""
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """The arguments of ``postgres``."""
        arguments = [str(find_binary("postgres")), "-D", str(self.data), "-h", "127.0.0.1", "-p", str(self.port)]
        return unprivileged(
            arguments + [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        )

    def client_environment(self) -> dict[str, str]:
        """What ``psql`` and its like read."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": USER,
            "PGPASSWORD": PASSWORD,
            "PGSSLMODE": "disable",
            "PGCONNECT_TIMEOUT": "5",
        }


async def start_postgres(
    postgres: Postgres, processes: Processes, *, folder: Path, timeout_seconds: float = 60.0
) -> ManagedProcess:
    """Start the server, over a new data folder or the one it had, and wait until it takes connections.

    :raises EnvironmentMissing: it ended, or did not serve in time (recovery after a kill is part of that time), or the
        data folder is in use; the end of its log is in the message.
    """
    if not postgres.data.is_dir():
        await _make_data_folder(postgres.data, processes, folder)
    _remove_stale_lock(postgres.data)
    process = await processes.start(POSTGRES, postgres.command(), folder=folder, ending=ENDING)

    async def accepts() -> bool:
        if not process.alive:
            raise EnvironmentMissing(f"PostgreSQL ended before it was ready:\n{last_lines(process.log)}")
        return await is_ready(postgres)

    await eventually(
        accepts,
        what=f"PostgreSQL to take connections on {postgres.address} (log: {process.log})",
        timeout_seconds=timeout_seconds,
    )
    return process


def forget_settings(postgres: Postgres) -> None:
    """Drop what ``ALTER SYSTEM`` has set in this data folder, before the server starts.

    What a fault left there must not reach the next stack over the same folder.
    """
    (postgres.data / "postgresql.auto.conf").unlink(missing_ok=True)


async def is_ready(postgres: Postgres) -> bool:
    """Whether it takes connections now, as ``pg_isready`` sees it: not while it starts, recovers or stops."""
    command = [str(find_binary("pg_isready")), "--quiet", "--timeout", "3"]
    return await _exit_code(command, postgres.client_environment()) == 0


async def create_databases(postgres: Postgres, names: Iterable[str], processes: Processes, *, folder: Path) -> None:
    """Create the databases that are not there yet.

    :raises EnvironmentMissing: the server refused.
    """
    there = (await query(postgres, "postgres", "SELECT datname FROM pg_database", processes, folder=folder)).split()
    for name in names:
        if name not in there:
            await query(postgres, "postgres", f'CREATE DATABASE "{name}"', processes, folder=folder)


async def query(postgres: Postgres, database: str, statement: str, processes: Processes, *, folder: Path) -> str:
    """Run one statement in a database and return its rows, fields separated by ``|``; one at a time in each database.

    :raises EnvironmentMissing: the server cannot be reached or refused the statement.
    """
    command = [str(find_binary("psql")), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
    environment = postgres.client_environment()
    # A log for each database: two statements at once must not read each other's rows.
    name = f"psql-{database}"
    return await run_to_end(processes, name, command, folder=folder, environment=environment, timeout_seconds=30.0)


async def _make_data_folder(data: Path, processes: Processes, folder: Path) -> None:
    """Run ``initdb`` beside the final place, so that an interrupted one never passes for a data folder."""
    unfinished = data.with_name(f"{data.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    password = data.with_name(f"{data.name}.password")
    password.touch(mode=0o600)
    password.write_text(PASSWORD)
    for path in (unfinished, password):
        give_away(path)
    command = [str(find_binary("initdb")), "-D", str(unfinished), "-U", USER, "--pwfile", str(password)]
    command += ["-A", "scram-sha-256", "--no-sync", "-E", "UTF8", "--locale", "C"]
    try:
        await run_to_end(processes, "initdb", unprivileged(command), folder=folder)
    finally:
        password.unlink()
    unfinished.rename(data)


def _remove_stale_lock(data: Path) -> None:
    """Remove the lock file of a server that is gone; its process id may be another program's by now."""
    lock = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
        pid = int(lock.read_text().split()[0])
        if psutil.Process(pid).name() == "postgres" and pid != os.getpid():
            raise EnvironmentMissing(f"process {pid} serves {data} already; `assay down` ends a stack of ours")
    lock.unlink(missing_ok=True)


async def _exit_code(command: Sequence[str], environment: Mapping[str, str]) -> int:
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, env={**inherited(), **environment}, stdin=quiet, stdout=quiet, stderr=quiet
    )
    return await process.wait()
