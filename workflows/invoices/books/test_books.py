from __future__ import annotations

import asyncio
import multiprocessing
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from workflows.books.schema import open_books
from workflows.invoices.books.books import SqlBooks
from workflows.invoices.books.documents import SqlDocuments
from workflows.invoices.books.tables import documents, invoice_lines, invoices, metadata, payments, status_trail
from workflows.invoices.model import Payment, Status
from workflows.invoices.ports import InvoiceUnknown, PaymentDiffers
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money

INVOICE = replace(
    sample_invoice(), issued_at=datetime(2026, 1, 1, tzinfo=UTC), due_at=datetime(2026, 2, 1, 3, 4, 5, 678, tzinfo=UTC)
)
PAYMENT = Payment("PAY-1", Money.parse("15.00", "SAR"))
NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_books(f"sqlite:///{tmp_path}/books.db", metadata)
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
        await SqlBooks(engine).record_status("INV-9", Status.SENT, at=NOW, run_id="R-1")


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ([Status.SENT, Status.SENT], [Status.SENT]),
        ([Status.SENT, Status.PAID, Status.SENT], [Status.SENT, Status.PAID]),
        ([Status.SENT, Status.OVERDUE, Status.PAID], [Status.SENT, Status.OVERDUE]),
        ([Status.SENT, Status.PAST_DUE, Status.SENT, Status.PAID], [Status.SENT, Status.PAST_DUE, Status.PAID]),
        ([Status.SENT, Status.OVERDUE, Status.PAST_DUE], [Status.SENT, Status.OVERDUE]),
        ([Status.INVALID, Status.SENT], [Status.INVALID]),
        ([Status.SENT, Status.CANCELLED, Status.SENT], [Status.SENT, Status.CANCELLED]),
        ([Status.CANCELLED, Status.PAID], [Status.CANCELLED]),
    ],
)
async def test_the_trail_holds_each_status_once_and_never_goes_back(
    engine: Engine, recorded: list[Status], expected: list[Status]
) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    for number, status in enumerate(recorded):
        await books.record_status("INV-1", status, at=NOW + timedelta(seconds=number), run_id=f"R-{number}")
    found = await books.look_up("INV-1")
    assert [entry.status for entry in found.trail] == expected
    assert found.status is expected[-1]
    # Each line is that of the first who said so.
    assert [recorded.index(entry.status) for entry in found.trail] == [
        (entry.at - NOW).seconds for entry in found.trail
    ]
    assert [entry.run_id for entry in found.trail] == [f"R-{recorded.index(status)}" for status in expected]


async def test_a_payment_is_written_once_and_its_receipt_stays_the_first(engine: Engine) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    first = await books.record_payment("INV-1", PAYMENT)
    assert first.outstanding == Money.parse("100.00", "SAR")
    await books.record_payment("INV-1", Payment("PAY-2", Money.parse("20.00", "SAR")))
    assert await books.record_payment("INV-1", PAYMENT) == first
    known = await books.look_up_payment("INV-1", "PAY-1")
    assert known is not None
    assert (known.amount, known.receipt) == (PAYMENT.amount, first)
    assert await books.look_up_payment("INV-1", "PAY-9") is None
    with pytest.raises(PaymentDiffers, match=r"booked as 15\.00 SAR, not 16\.00 SAR"):
        await books.record_payment("INV-1", Payment("PAY-1", Money.parse("16.00", "SAR")))
    with pytest.raises(InvoiceUnknown):
        await books.record_payment("INV-9", PAYMENT)
    found = await books.look_up("INV-1")
    assert (found.paid, found.outstanding) == (Money.parse("35.00", "SAR"), Money.parse("80.00", "SAR"))


async def test_after_cancelling_nothing_is_outstanding_and_refunds_are_counted_once(engine: Engine) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    await books.record_payment("INV-1", PAYMENT)
    for _ in range(2):
        await books.record_refund("INV-1", PAYMENT)
    await books.record_status("INV-1", Status.CANCELLED, at=NOW, run_id="R-1")
    found = await books.look_up("INV-1")
    assert (found.paid, found.refunded, found.outstanding) == (PAYMENT.amount, PAYMENT.amount, Money.zero("SAR"))


async def test_payments_at_once_get_receipts_as_if_they_had_come_one_by_one(engine: Engine) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    paid = [Payment(f"PAY-{number}", Money.parse("5.00", "SAR")) for number in range(8)]
    receipts = await asyncio.gather(*(books.record_payment("INV-1", payment) for payment in [*paid, *paid]))
    assert receipts[:8] == receipts[8:]
    assert sorted(receipt.outstanding.minor_units for receipt in receipts[:8]) == list(range(7500, 11001, 500))


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
    engine = open_books(url, metadata)
    books = SqlBooks(engine)

    async def write() -> int:
        added = [await books.add(replace(INVOICE, invoice_id=name)) for name in names]
        for name in names:
            await books.record_status(name, Status.SENT, at=NOW, run_id="R-1")
            await books.record_payment(name, PAYMENT)
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
    engine = open_books(url, metadata)
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(invoices)) == 30
        assert connection.scalar(select(func.count()).select_from(invoice_lines)) == 30
        assert connection.scalar(select(func.count()).select_from(status_trail)) == 30
        assert connection.scalar(select(func.count()).select_from(payments)) == 30
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


async def test_reading_does_not_wait_for_a_writer(engine: Engine) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    with engine.begin():  # holds the write lock
        async with asyncio.timeout(60):
            assert await books.load("INV-1") == INVOICE


def test_the_schema_fits_postgres() -> None:
    """SQLite takes a number of any size, and an instant without a zone, for any other."""
    kinds: dict[str, str] = {}
    for table in metadata.sorted_tables:
        create = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        kinds |= {f"{table.name}.{name}": kind for name, kind in re.findall(r"^\t([a-z_]+) ([A-Z ]+)\b", create, re.M)}
    assert {kind for name, kind in kinds.items() if name.endswith("_minor_units")} == {"BIGINT NOT NULL"}
    assert {kind for name, kind in kinds.items() if name.endswith(("_at", ".at"))} == {
        "TIMESTAMP WITH TIME ZONE NOT NULL"
    }
