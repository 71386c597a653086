"""Temporal's schema is set up once and upgraded after that; what the tool only logs is an error too."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from harness.errors import EnvironmentMissing
from harness.record.journal import FileJournal
from harness.stack.postgres import Postgres, query, start_postgres
from harness.stack.processes.ports import free_ports
from harness.stack.processes.process import Processes
from harness.stack.schema import errors_in, set_up_schema

# As temporal-sql-tool 1.32.0 writes: colours, tabs between the columns, and an error that it goes on after.
LOG = (
    '2026-11-23T06:55:50.4Z\t\x1b[34mINFO\x1b[0m\tUpdateSchemaTask started\t{"config": {"SchemaName": "ERROR"}}\n'
    '2026-11-23T06:55:50.4Z\t\x1b[33mWARN\x1b[0m\tsql handle: did not refresh\t{"last": "ERROR"}\n'
    '2026-11-23T06:55:50.4Z\t\x1b[31mERROR\x1b[0m\tUnable to update SQL schema.\t{"error": "no connection"}\n'
)


def test_an_error_is_found_by_its_column_and_not_by_the_word() -> None:
    (found,) = errors_in(LOG)
    assert "Unable to update SQL schema." in found
    assert "\x1b" not in found


def test_a_log_without_errors_has_none() -> None:
    assert errors_in("\n".join(LOG.splitlines()[:2])) == []


@pytest.mark.full
async def test_the_schema_is_set_up_once_and_refused_when_it_is_broken(tmp_path: Path) -> None:
    processes = Processes(f"test-{uuid.uuid4().hex}", tmp_path / "logs", FileJournal(tmp_path / "j.jsonl", "test"))
    postgres = Postgres(free_ports(1)[0], tmp_path / "postgres")

    async def ask(statement: str) -> str:
        return (await query(postgres, "temporal", statement, processes, folder=tmp_path)).strip()

    try:
        await start_postgres(postgres, processes, folder=tmp_path)
        first = await set_up_schema(postgres, processes, folder=tmp_path)
        assert set(first) == {"temporal", "temporal_visibility"}
        assert all(float(version) >= 1 for version in first.values())
        await ask("UPDATE namespace_metadata SET notification_version = 77")
        assert await set_up_schema(postgres, processes, folder=tmp_path) == first
        assert await ask("SELECT notification_version FROM namespace_metadata") == "77", (
            "an upgrade keeps what is there"
        )
        await ask("DELETE FROM schema_version")
        with pytest.raises(EnvironmentMissing, match="schema-temporal"):
            await set_up_schema(postgres, processes, folder=tmp_path)
    finally:
        await processes.stop_all(grace_seconds=10.0)
