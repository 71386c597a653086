from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from workflows.gateways.books import SqlBooks, SqlDocuments
from workflows.gateways.schema import documents, invoice_lines, invoices, metadata, open_books
from workflows.in_memory import sample_invoice
from workflows.invoices.model import Status
from workflows.ports import InvoiceUnknown

INVOICE = replace(
    sample_invoice(), issued_at=datetime(2026, 1, 1, tzinfo=UTC), due_at=datetime(2026, 2, 1, 3, 4, 5, 678, tzinfo=UTC)
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_books(f"sqlite:///{tmp_path}/books.db")
    yield engine
    engine.dispose()


async def test_an_invoice_comes_back_as_it_was(engine: Engine) -> None:
    books = SqlBooks(engine)
    assert await books.add(INVOICE)
    assert await books.load("INV-1") == INVOICE
    assert (await books.look_up("INV-1")).status is None


async def test_adding_again_changes_nothing_and_another_content_is_refused(engine: Engine) -> None:
    books = SqlBooks(engine)
    assert await books.add(INVOICE)
    assert await books.add(replace(INVOICE))
    assert not await books.add(replace(INVOICE, lines=(replace(INVOICE.lines[0], description="Other"),)))
    assert await books.load("INV-1") == INVOICE


async def test_an_unknown_invoice_is_named(engine: Engine) -> None:
    with pytest.raises(InvoiceUnknown, match="'INV-9'"):
        await SqlBooks(engine).load("INV-9")
    with pytest.raises(InvoiceUnknown, match="'INV-9'"):
        await SqlBooks(engine).record_status("INV-9", Status.SENT)


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ([Status.SENT, Status.SENT], Status.SENT),
        ([Status.SENT, Status.PAID, Status.SENT], Status.PAID),
        ([Status.SENT, Status.OVERDUE, Status.PAID], Status.OVERDUE),
        ([Status.INVALID, Status.SENT], Status.INVALID),
        ([Status.SENT, Status.CANCELLED, Status.SENT], Status.CANCELLED),
        ([Status.CANCELLED, Status.PAID], Status.CANCELLED),
    ],
)
async def test_a_status_never_moves_back(engine: Engine, recorded: list[Status], expected: Status) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    for status in recorded:
        await books.record_status("INV-1", status)
    assert (await books.look_up("INV-1")).status is expected


async def test_documents_are_kept_by_content(engine: Engine) -> None:
    shelf = SqlDocuments(engine)
    references = await asyncio.gather(*(shelf.save("INV-1", b"%PDF") for _ in range(5)))
    assert len(set(references)) == 1
    assert await shelf.fetch(references[0].digest) == b"%PDF"
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(documents)) == 1
    with pytest.raises(LookupError, match="no document"):
        await shelf.fetch("0" * 64)


def write_many(url: str, names: list[str]) -> int:
    """Open the books and write, as one of several processes or threads does."""
    engine = open_books(url)
    books = SqlBooks(engine)

    async def write() -> int:
        added = [await books.add(replace(INVOICE, invoice_id=name)) for name in names]
        for name in names:
            await books.record_status(name, Status.SENT)
        return sum(added)

    try:
        return asyncio.run(write())
    finally:
        engine.dispose()


@pytest.mark.parametrize("kind", ["processes", "threads"])
def test_several_may_open_and_write_at_once(tmp_path: Path, kind: str) -> None:
    url, names = f"sqlite:///{tmp_path}/books.db", [f"INV-{n}" for n in range(30)]
    pool = (
        ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))
        if kind == "processes"
        else ThreadPoolExecutor(8)
    )
    writers = 2 if kind == "processes" else 8
    with pool:
        assert list(pool.map(write_many, [url] * writers, [names] * writers)) == [30] * writers
    engine = open_books(url)
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(invoices)) == 30
        assert connection.scalar(select(func.count()).select_from(invoice_lines)) == 30
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


async def test_reading_does_not_wait_for_a_writer(engine: Engine) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    with engine.begin():  # holds the write lock
        async with asyncio.timeout(10):
            assert await books.load("INV-1") == INVOICE


def test_the_schema_fits_postgres() -> None:
    for table in metadata.sorted_tables:
        text = str(CreateTable(table, if_not_exists=True).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        assert "CREATE TABLE IF NOT EXISTS" in text
