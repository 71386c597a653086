"""How a SQLite file becomes the books: waiting for others who open it, and refusing what is not safe."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from workflows.books import schema
from workflows.books.schema import _prepare_sqlite


class SomebodyElseIsSwitching(sqlite3.Connection):
    """Cannot switch to WAL as often as told, as when another process is doing just that."""

    times = 0

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if "WAL" in sql and self.times:
            self.times -= 1
            raise sqlite3.OperationalError("database is locked")
        return super().execute(sql, *parameters)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[SomebodyElseIsSwitching]:
    with closing(sqlite3.connect(tmp_path / "books.db", factory=SomebodyElseIsSwitching)) as opened:
        yield opened


def test_it_waits_for_whoever_opens_the_file_at_the_same_time(connection: SomebodyElseIsSwitching) -> None:
    connection.times = 3
    _prepare_sqlite(connection, None)
    assert connection.times == 0
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_it_does_not_wait_for_ever(connection: SomebodyElseIsSwitching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "LOCK_WAIT_SECONDS", 0.1)
    connection.times = 1_000_000
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        _prepare_sqlite(connection, None)


def test_a_file_that_cannot_be_written_ahead_is_refused() -> None:
    with closing(sqlite3.connect("")) as unnamed, pytest.raises(sqlite3.OperationalError, match=r"WAL mode.*delete"):
        _prepare_sqlite(unnamed, None)
