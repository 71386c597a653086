"""How the database of the books is opened: SQLite in WAL mode by default, Postgres with the same SQL.

In memory (``sqlite://``) there is one connection, for which the threads of the process wait in turn.

The tables are the families'. Several worker processes and the API open the same database, so creating the schema takes
a lock first.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    QueuePool,
    create_engine,
    event,
    text,
)
from sqlalchemy.schema import CreateTable

LOCK_WAIT_SECONDS = 30.0
"""How long a SQLite connection waits for another process to finish writing."""

IN_MEMORY = "sqlite://"
"""The URL of books that are nowhere but in this process."""

_SCHEMA_LOCK = 7_233_001  # any number, the same in every process


def open_books(url: str, *tables: MetaData) -> Engine:
    """Open the database and create what is missing in it. Blocks; safe in several processes at once.

    :param url: a SQLAlchemy URL, for example ``sqlite:///traf3li.db``; ``sqlite://`` is in memory, and gone with the
        engine.
    :param tables: those of each family.
    :raises ValueError: two families have a table of one name, and the second would not be made.
    """
    names = [name for metadata in tables for name in metadata.tables]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two families have a table {', '.join(map(repr, twice))}; rename one")
    if url.startswith("sqlite"):
        engine = _sqlite(url)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=True)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # IF NOT EXISTS alone is not enough: two creators at once collide in the catalogue.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
        for table in (table for metadata in tables for table in metadata.sorted_tables):
            connection.execute(CreateTable(table, if_not_exists=True))
    return engine


def read_only(engine: Engine) -> Engine:
    """The same pool for transactions that only read, from one snapshot: on SQLite they do not wait for writers."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(books_read_only=True)


def _sqlite(url: str) -> Engine:
    if url != IN_MEMORY:
        return create_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS})
    # A second connection would find another database, with nothing in it.
    one = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0, "pool_timeout": LOCK_WAIT_SECONDS}
    return create_engine(url, connect_args={"check_same_thread": False}, **one)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # We begin transactions ourselves (below); the driver's own rule begins them too late.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError:
            # Switching to WAL does not honour the lock wait when another process is switching too.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
            continue
        if mode[0] not in ("wal", "memory"):
            raise sqlite3.OperationalError(
                f"the books need SQLite's WAL mode, which this file system refused: {mode[0]}"
            )
        return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between, whatever the lock
    # wait; taking the write lock at the beginning makes it wait instead.
    reads = connection.get_execution_options().get("books_read_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
