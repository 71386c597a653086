"""Books in memory for one company after another: each has a database of its own, and SQL is compiled for all of them.

An engine of SQLAlchemy keeps the text of every statement that it has compiled, which takes longer than running it. So
an engine whose company is closed is used again, with a new connection, hence a new database: nothing that was written
or set outlives its company. Its empty tables are copied and not made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Engine

from workflows.books.schema import IN_MEMORY, open_books
from workflows.families import families


@dataclass(frozen=True)
class _Idle:
    """An engine without a connection, and what SQLite keeps of its tables while they are empty."""

    engine: Engine
    tables: bytes


_idle: list[_Idle] = []


def empty_books() -> tuple[Engine, Callable[[], None]]:
    """Books in which nothing stands, and what gives their memory back. Blocks for a moment."""
    if _idle:
        books = _idle.pop()
        _on_connection(books.engine, lambda driver: driver.deserialize(books.tables))
    else:
        engine = open_books(IN_MEMORY, *(table for family in families() for table in family.tables()))
        books = _Idle(engine, _on_connection(engine, lambda driver: driver.serialize()))
    return books.engine, partial(_close, books)


def _on_connection(engine: Engine, do: Callable[[Any], Any]) -> Any:
    connection = engine.raw_connection()
    try:
        return do(connection.driver_connection)
    finally:
        connection.close()


def _close(books: _Idle) -> None:
    if books.engine.pool.checkedout():  # type: ignore[attr-defined]
        books.engine.dispose()  # whoever still holds the connection keeps the engine
        return
    books.engine.dispose()
    _idle.append(books)
