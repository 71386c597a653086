"""The tables of the books and how a database is opened: SQLite in WAL mode by default, Postgres with the same SQL.

Amounts are whole minor units; instants are UTC; quantities and rates are decimals as text, because SQLite has no exact
decimal type. Several worker processes and the API open the same database, so creating the schema takes a lock first.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.schema import CreateTable

LOCK_WAIT_SECONDS = 30.0
"""How long a SQLite connection waits for another process to finish writing."""

_SCHEMA_LOCK = 7_233_001  # any number, the same in every process

metadata = MetaData()

invoices = Table(
    "invoices",
    metadata,
    Column("invoice_id", String(64), primary_key=True),
    Column("content", String(64), nullable=False),  # SHA-256 of what was uploaded, to tell a repeat from a change
    Column("customer_name", Text, nullable=False),
    Column("customer_email", Text, nullable=False),
    Column("customer_tax_number", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total_minor_units", BigInteger, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("status", String(16), nullable=True),  # the latest of its trail
)

status_trail = Table(
    "status_trail",
    metadata,
    Column("invoice_id", String(64), ForeignKey("invoices.invoice_id"), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("run_id", String(64), nullable=False),  # of the workflow that wrote it
    UniqueConstraint("invoice_id", "position"),
)

payments = Table(
    "payments",
    metadata,
    Column("invoice_id", String(64), ForeignKey("invoices.invoice_id"), primary_key=True),
    Column("payment_id", String(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("amount_minor_units", BigInteger, nullable=False),  # in the invoice's currency
    Column("outstanding_minor_units", BigInteger, nullable=False),  # right after it: the receipt
    UniqueConstraint("invoice_id", "position"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("invoice_id", String(64), primary_key=True),
    Column("payment_id", String(100), primary_key=True),
    Column("amount_minor_units", BigInteger, nullable=False),
    ForeignKeyConstraint(("invoice_id", "payment_id"), ("payments.invoice_id", "payments.payment_id")),
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("invoice_id", String(64), ForeignKey("invoices.invoice_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("description", Text, nullable=False),
    Column("quantity", String(40), nullable=False),
    Column("unit_price", String(40), nullable=False),
    Column("tax_rate", String(40), nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the content
    Column("invoice_id", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
)


def open_books(url: str) -> Engine:
    """Open the database and create what is missing in it. Blocks; safe in several processes at once.

    :param url: a SQLAlchemy URL, for example ``sqlite:///traf3li.db``.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_pre_ping=True)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # IF NOT EXISTS alone is not enough: two creators at once collide in the catalogue.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
    return engine


def read_only(engine: Engine) -> Engine:
    """The same pool for transactions that only read, from one snapshot: on SQLite they do not wait for writers."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(books_read_only=True)


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
