"""Temporal's schema in PostgreSQL: set up where there is none, brought to the server's version everywhere else.

The schemas are inside `temporal-sql-tool`, so tool and server, built from one module, cannot disagree. The tool writes
errors into its log and may still go on, so three things are read: its exit status, its log, and the version that the
database has afterwards. It goes straight to PostgreSQL: no link is up yet that could be broken.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from harness.errors import EnvironmentMissing
from harness.stack.postgres import PASSWORD, USER, Postgres, create_databases, query
from harness.stack.processes.command import run_to_end
from harness.stack.processes.process import Processes
from harness.stack.programs.binaries import find_binary

SCHEMAS = {"temporal": "postgresql/v12/temporal", "temporal_visibility": "postgresql/v12/visibility"}
PLUGIN = "postgres12_pgx"
TIMEOUT_SECONDS = 60.0
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_ERROR = re.compile(r"^\S+\t(ERROR|DPANIC|PANIC|FATAL)\t")


async def set_up_schema(postgres: Postgres, processes: Processes, *, folder: Path) -> dict[str, str]:
    """Create both databases and their schemas, or upgrade what is there; returns database → schema version.

    :raises EnvironmentMissing: the tool failed, logged an error, or left a database without a version.
    """
    await create_databases(postgres, SCHEMAS, processes, folder=folder)
    each = [_set_up(postgres, database, schema, processes, folder) for database, schema in SCHEMAS.items()]
    return dict(zip(SCHEMAS, await asyncio.gather(*each), strict=True))


async def _set_up(postgres: Postgres, database: str, schema: str, processes: Processes, folder: Path) -> str:
    if not await _has_schema(postgres, database, processes, folder):
        await _tool(postgres, database, ["setup-schema", "-v", "0.0"], processes, folder)
    await _tool(postgres, database, ["update-schema", "--schema-name", schema], processes, folder)
    statement = "SELECT curr_version FROM schema_version"
    version = (await query(postgres, database, statement, processes, folder=folder)).strip()
    if version in ("", "0.0"):
        raise EnvironmentMissing(f"{database} has no schema after the set-up; its log is schema-{database}.log")
    return version


async def _has_schema(postgres: Postgres, database: str, processes: Processes, folder: Path) -> bool:
    statement = "SELECT to_regclass('schema_version') IS NOT NULL"
    return (await query(postgres, database, statement, processes, folder=folder)).strip() == "t"


async def _tool(postgres: Postgres, database: str, arguments: list[str], processes: Processes, folder: Path) -> None:
    name = f"schema-{database}"
    command = [str(find_binary("temporal-sql-tool")), "--db", database, *arguments]
    environment = {
        "SQL_PLUGIN": PLUGIN,
        "SQL_HOST": "127.0.0.1",
        "SQL_PORT": str(postgres.port),
        "SQL_USER": USER,
        "SQL_PASSWORD": PASSWORD,
    }
    written = await run_to_end(
        processes, name, command, folder=folder, environment=environment, timeout_seconds=TIMEOUT_SECONDS
    )
    if errors := errors_in(written):
        raise EnvironmentMissing(f"temporal-sql-tool {arguments[0]} of {database}: {errors[0]}")


def errors_in(log: str) -> list[str]:
    """The lines of the tool's log that are errors, whatever its exit status was."""
    return [line for line in _COLOUR.sub("", log).splitlines() if _ERROR.match(line)]
