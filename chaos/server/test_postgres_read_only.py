"""PostgreSQL refuses writes from open and new sessions, and takes them again: on a real server; its log, by hand."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

import psycopg
import pytest

from chaos.server import postgres_read_only
from chaos.server.postgres_read_only import PostgresReadOnly, refused
from harness.errors import EnvironmentMissing, UsageError, WaitTimeout
from harness.experiment.site import Site
from harness.record.journal import FileJournal
from harness.stack.insides import Insides
from harness.stack.postgres import PASSWORD, POSTGRES, USER, Postgres, forget_settings, start_postgres
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes
from harness.stack.processes.restart import Singles
from harness.stack.processes.sweep import end_processes_of

LOG = """\
2031-01-01 10:00:00.000 UTC [7] ERROR:  cannot execute INSERT in a read-only transaction
2031-01-01 10:00:00.000 UTC [7] STATEMENT:  INSERT INTO entries
\t  VALUES (1)
2031-01-01 10:00:00.000 UTC [7] ERROR:  relation "cluster_membership" does not exist
2031-01-01 10:00:01.000 UTC [8] ERROR:  cannot execute INSERT in a read-only transaction
2031-01-01 10:00:01.000 UTC [8] STATEMENT:  INSERT INTO
\tcluster_membership (membership_partition, host_id)
2031-01-01 10:00:02.000 UTC [9] ERROR:  cannot execute SELECT FOR UPDATE in a read-only transaction
2031-01-01 10:00:03.000 UTC [9] ERROR:  cannot execute INSERT in a read-only transaction
"""


@dataclass(frozen=True)
class SmallSite:
    """What the fault touches of a site."""

    singles: Singles
    folder: Path
    insides: Insides | None
    work_over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Bench:
    """A PostgreSQL of its own run, and a site of nothing else."""

    postgres: Postgres
    url: str
    site: Site


@contextlib.asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Bench]:
    run_id = f"test-read-only-{uuid.uuid4().hex}"
    processes = Processes(run_id, folder / "logs", FileJournal(folder / "journal" / "harness.jsonl", "harness"))
    postgres = Postgres(free_ports(1)[0], folder / "postgres")
    url = f"postgresql://{USER}:{PASSWORD}@{postgres.address}/{POSTGRES}"
    singles = Singles(processes)
    try:
        await singles.add(POSTGRES, partial(start_postgres, postgres, processes, folder=folder))
        yield Bench(postgres, url, cast(Site, SmallSite(singles, folder, Insides(url, folder / "none.yaml"))))
    finally:
        await processes.stop_all(grace_seconds=10.0)
        assert end_processes_of(run_id) == 0


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with _bench(tmp_path) as made:
        yield made


async def write(session: psycopg.AsyncConnection) -> None:
    """A transaction that writes."""
    async with session.transaction():
        await session.execute("CREATE TABLE IF NOT EXISTS entries (amount int)")
        await session.execute("INSERT INTO entries VALUES (1)")


@pytest.mark.full
async def test_open_and_new_sessions_are_refused_until_it_is_healed(bench: Bench) -> None:
    fault = PostgresReadOnly(1.0)
    async with await psycopg.AsyncConnection.connect(bench.url, autocommit=True) as before:
        await write(before)
        landed = await fault.inject(bench.site, None)
        assert landed == "default_transaction_read_only reads back as on in a new session of PostgreSQL"
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await before.execute("INSERT INTO entries VALUES (2)")
        assert await (await before.execute("SELECT amount FROM entries")).fetchall() == [(1,)]
        async with await psycopg.AsyncConnection.connect(bench.url) as new:
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                await new.execute("INSERT INTO entries VALUES (3)")
        for _ in range(2):
            await fault.heal(bench.site)
            await write(before)
        assert fault.felt(bench.site) == "2 INSERT refused"
        assert not bench.site.singles.lock(POSTGRES).locked()
        assert [(strike.kind, strike.name, strike.ends) for strike in fault.struck] == [
            ("process", "postgres", ("server",))
        ]


@pytest.mark.full
async def test_what_nobody_wrote_to_is_not_felt(bench: Bench) -> None:
    fault = PostgresReadOnly(1.0)
    await fault.inject(bench.site, None)
    await fault.heal(bench.site)
    assert fault.felt(bench.site) is None


@pytest.mark.full
async def test_a_setting_that_does_nothing_has_not_landed_and_does_not_heal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def idle(statement: str, database: str) -> None:
        """Set nothing."""

    monkeypatch.setattr(postgres_read_only, "READS_BACK_WITHIN_SECONDS", 0.2)
    fault = PostgresReadOnly(1.0)
    with monkeypatch.context() as broken:
        broken.setattr(postgres_read_only, "_set", idle)
        with pytest.raises(WaitTimeout, match="default_transaction_read_only on"):
            await fault.inject(bench.site, None)
    await fault.heal(bench.site)
    fault = PostgresReadOnly(1.0)
    await fault.inject(bench.site, None)
    with monkeypatch.context() as broken:
        broken.setattr(postgres_read_only, "_set", idle)
        with pytest.raises(WaitTimeout, match="default_transaction_read_only off"):
            await fault.heal(bench.site)
    assert fault.felt(bench.site) is None
    await fault.heal(bench.site)


@pytest.mark.full
async def test_what_was_left_broken_does_not_reach_the_next_stack_over_the_folder(tmp_path: Path) -> None:
    async with _bench(tmp_path) as left:
        await PostgresReadOnly(1.0).inject(left.site, None)
    forget_settings(left.postgres)
    async with _bench(tmp_path) as again, await psycopg.AsyncConnection.connect(again.url) as session:
        await write(session)


async def test_a_database_that_does_not_answer_cannot_be_made_read_only(tmp_path: Path) -> None:
    processes = Processes("test", tmp_path / "logs", FileJournal(tmp_path / "journal" / "harness.jsonl", "harness"))
    singles = Singles(processes)
    try:
        await singles.add(POSTGRES, lambda: processes.start(POSTGRES, ["sleep", "60"], folder=tmp_path))
        nobody = f"postgresql://127.0.0.1:{free_ports(1)[0]}/postgres"
        site = SmallSite(singles, tmp_path, Insides(nobody, tmp_path / "none.yaml"))
        fault = PostgresReadOnly(1.0)
        with pytest.raises(EnvironmentMissing, match="PostgreSQL cannot be made read-only"):
            await fault.inject(cast(Site, site), None)
        with pytest.raises(EnvironmentMissing):
            await fault.heal(cast(Site, site))
        none = PostgresReadOnly(1.0)
        with pytest.raises(UsageError, match="lets nobody in; the stack `full` does"):
            await none.inject(cast(Site, replace(site, insides=None)), None)
        await none.heal(cast(Site, site))
    finally:
        await processes.stop_all(grace_seconds=1.0)


def test_refused_writes_are_counted_by_what_they_were_and_heartbeats_are_not() -> None:
    assert refused(LOG) == {"INSERT": 2, "SELECT FOR UPDATE": 1}
    assert refused("") == {}


def test_it_lasts() -> None:
    with pytest.raises(UsageError, match="give for_seconds > 0"):
        PostgresReadOnly(0.0)


def test_without_a_client_of_postgresql_it_is_refused_before_anything_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(EnvironmentMissing, match="the extra `full`"):
        PostgresReadOnly(1.0)
