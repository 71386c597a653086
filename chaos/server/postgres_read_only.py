"""PostgreSQL takes no more writes for a while, as after a failover to a replica or on a full quota: it still answers.

Both who keeps state there are struck, Temporal's server and the application's books. The setting is the server's
default for transactions, so connections that are open are struck at their next transaction.

Not covered: a transaction that was begun before (it may still write), and callers that ask for ``READ WRITE``
themselves.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from chaos.fault import Milestone, strikes
from chaos.noticed import noticed
from harness.errors import EnvironmentMissing, UsageError
from harness.experiment.site import Site
from harness.poll import eventually
from harness.record.record import Strike
from harness.stack.insides import insides_for
from harness.stack.postgres import POSTGRES
from harness.stack.processes.restart import SERVER_SIDE

if TYPE_CHECKING:
    import psycopg

READS_BACK_WITHIN_SECONDS = 10.0
# A refused statement in the server's log: what it was ("INSERT"), and after "STATEMENT:" its text, which may go on in
# lines that begin with a tab.
REFUSED = re.compile(r"ERROR: +cannot execute (.+?) in a read-only transaction\n(?:.*STATEMENT: +(.*(?:\n\t.*)*))?")
# A server process tells the others every few seconds that it lives; that this is refused strikes nobody's work.
HEARTBEAT = "cluster_membership"


@dataclass
class PostgresReadOnly:
    """``for_seconds`` is how long it takes no writes.

    :raises UsageError: that is no time.
    :raises EnvironmentMissing: the client of PostgreSQL is not installed.
    """

    for_seconds: float
    _database: str | None = None
    _log_begins: int = 0
    _refused: Counter[str] = field(default_factory=Counter)
    _injected_seconds: float | None = None
    _healed_seconds: float | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def __post_init__(self) -> None:
        if self.for_seconds <= 0:
            raise UsageError(f"PostgreSQL cannot be read-only for {self.for_seconds:g} s; give for_seconds > 0")
        if importlib.util.find_spec("psycopg") is None:
            raise EnvironmentMissing("postgres-read-only needs the extra `full`: pip install 'temporal-assay[full]'")

    words: ClassVar[tuple[str, str]] = ("time PostgreSQL was read-only", "times PostgreSQL was read-only")

    @property
    def description(self) -> str:
        """One line for the plan and the report."""
        return f"PostgreSQL is read-only for {self.for_seconds:g} s"

    @property
    def lasts_seconds(self) -> float:
        """How long it takes no writes."""
        return self.for_seconds

    @property
    def struck(self) -> tuple[Strike, ...]:
        """PostgreSQL, from before it was set until a new session may write again."""
        return strikes("process", [POSTGRES], self._injected_seconds, self._healed_seconds, [SERVER_SIDE])

    async def inject(self, site: Site, milestone: Milestone | None) -> str:
        """Set the default, and see that a new session gets it.

        :raises UsageError: the stack lets nobody at its database.
        :raises EnvironmentMissing: PostgreSQL cannot be reached, or the setting does not read back.
        """
        database = insides_for("postgres-read-only", site.insides).database
        await self._stack.enter_async_context(site.singles.lock(POSTGRES))
        self._log_begins = site.singles.log(POSTGRES).stat().st_size
        self._database, self._injected_seconds = database, time.monotonic()
        await _set("ALTER SYSTEM SET default_transaction_read_only = on", database)
        return await _read_back("on", database)

    async def heal(self, site: Site) -> None:
        """Take the setting back, and see that a new session may write. Idempotent.

        :raises EnvironmentMissing: PostgreSQL cannot be reached, or the setting does not read back.
        """
        if self._database is not None and self._healed_seconds is None:
            await _set("ALTER SYSTEM RESET default_transaction_read_only", self._database)
            await _read_back("off", self._database)
            self._healed_seconds = time.monotonic()
            with site.singles.log(POSTGRES).open(encoding="utf-8", errors="replace") as log:
                log.seek(self._log_begins)
                self._refused = refused(log.read())
        await self._stack.aclose()

    def felt(self, site: Site) -> str | None:
        """The writes that PostgreSQL refused, by its log, and what the application noticed."""
        if self._injected_seconds is None or self._healed_seconds is None:
            return None
        words = [f"{count} {what} refused" for what, count in sorted(self._refused.items())]
        words += filter(None, [noticed(site, self._injected_seconds, self._healed_seconds)])
        return ", ".join(words) or None


def refused(log: str) -> Counter[str]:
    """The statements that a log says were refused for being writes, by what they were; without mere heartbeats."""
    found = REFUSED.finditer(log)
    return Counter(match[1] for match in found if HEARTBEAT not in (match[2] or ""))


async def _set(statement: str, database: str) -> None:
    async with _session(database, "-c default_transaction_read_only=off") as session:
        await session.execute(statement)
        await session.execute("SELECT pg_reload_conf()")


async def _read_back(wanted: str, database: str) -> str:
    """Wait until a new session is told the wanted setting: the server reads its files again a little later."""

    async def seen() -> bool:
        async with _session(database) as session:
            row = await (await session.execute("SHOW default_transaction_read_only")).fetchone()
        return row is not None and row[0] == wanted

    await eventually(
        seen,
        what=f"a new session of PostgreSQL to have default_transaction_read_only {wanted}",
        timeout_seconds=READS_BACK_WITHIN_SECONDS,
    )
    return f"default_transaction_read_only reads back as {wanted} in a new session of PostgreSQL"


@contextlib.asynccontextmanager
async def _session(database: str, options: str = "") -> AsyncIterator[psycopg.AsyncConnection]:
    """A session of its own; neither statement may be part of a transaction."""
    import psycopg  # here, because no other fault needs it

    try:
        session = await psycopg.AsyncConnection.connect(
            database, autocommit=True, connect_timeout=5, options=options, application_name="assay"
        )
        async with session:
            yield session
    except psycopg.Error as error:
        raise EnvironmentMissing(f"PostgreSQL cannot be made read-only or writable again: {error}") from error
