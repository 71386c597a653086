"""Books in memory share compiled SQL and nothing else."""

from __future__ import annotations

from sqlalchemy import Engine, text

from scenarios.kit.memory_books import empty_books
from workflows.books.schema import IN_MEMORY, open_books
from workflows.families import families


def written(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_the_next_books_are_empty_and_have_the_same_tables() -> None:
    books, close = empty_books()
    with books.begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        connection.execute(text("CREATE TEMP TABLE left_behind (a)"))
        connection.execute(text("CREATE TABLE left_behind_for_good (a)"))
    close()
    again, close_again = empty_books()
    assert again is books
    assert written(again, "SELECT * FROM sqlite_temp_master") == []
    fresh = open_books(IN_MEMORY, *(table for family in families() for table in family.tables()))
    described = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master"
    assert written(again, described) == written(fresh, described) != []
    assert written(again, "PRAGMA foreign_keys") == [(1,)]
    close_again()
    fresh.dispose()


def test_two_books_that_are_open_at_once_are_not_the_same() -> None:
    (one, close_one), (other, close_other) = empty_books(), empty_books()
    with one.begin() as connection:
        connection.execute(text("CREATE TABLE mine (a)"))
    assert written(other, "SELECT name FROM sqlite_master WHERE name = 'mine'") == []
    close_one()
    close_other()


def test_books_that_somebody_still_reads_are_not_given_to_anybody_else() -> None:
    books, close = empty_books()
    with books.connect():
        close()
        again, close_again = empty_books()
        assert again is not books
    close_again()
