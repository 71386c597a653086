"""Reports in a SQLite file, with writers at once; the statements that Postgres gets instead."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from workflows.books.schema import open_books
from workflows.invoices.books.books import SqlBooks
from workflows.invoices.books.tables import metadata as of_invoices
from workflows.invoices.testing_samples import sample_invoice
from workflows.reports.contents.figures import summed
from workflows.reports.messages import Archived, Source
from workflows.reports.model import ReportRequest
from workflows.reports.ports import ReportUnknown, Row
from workflows.reports.store.own_invoices import SqlOwnInvoices
from workflows.reports.store.shelf import SourceProgress, SqlShelf
from workflows.reports.store.tables import metadata, report_rows

REPORT = ReportRequest("R-1", datetime(2026, 6, 30, 21, 0, 0, 1, tzinfo=UTC), ("cfo@traf3li.example", "b@c.example"))
SUMMARY = summed("R-1", REPORT.as_of, (), ())


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_books(f"sqlite:///{tmp_path}/books.db", of_invoices, metadata)
    yield engine
    engine.dispose()


def settled(number: int, units: int = 100) -> Row:
    return Row(f"settled/PAY-{number}", f"INV-{number}", f'["SAR",{units}]')


async def test_what_was_first_asked_for_stays(engine: Engine) -> None:
    shelf = SqlShelf(engine)
    assert await shelf.add(REPORT)
    assert await shelf.add(replace(REPORT))
    assert not await shelf.add(replace(REPORT, recipients=REPORT.recipients[:1]))
    known = await shelf.look_up("R-1")
    assert (known.asked, known.archived, known.summary, known.progress) == (REPORT, None, None, {})


async def test_a_report_that_nobody_asked_for_is_named_and_gets_no_rows(engine: Engine) -> None:
    shelf = SqlShelf(engine)
    for asking in (
        shelf.look_up("R-9"),
        shelf.archived("R-9"),
        shelf.record_archived("R-9", Archived("a", "b", 0), SUMMARY),
    ):
        with pytest.raises(ReportUnknown, match="'R-9'"):
            await asking
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await shelf.add_page("R-9", Source.PROVIDER, 1, [settled(1)])
    with pytest.raises(IntegrityError, match="NOT NULL"):
        await shelf.add(replace(REPORT, report_id=None))  # type: ignore[arg-type]


async def test_pages_that_overlap_hold_each_row_once_and_as_it_was_first(engine: Engine) -> None:
    shelf = SqlShelf(engine)
    await shelf.add(REPORT)
    pages = [[settled(number) for number in range(start, start + 10)] for start in range(0, 50, 5)]
    writers = [shelf.add_page("R-1", Source.PROVIDER, 1, page) for page in pages * 3]
    random.Random(1).shuffle(writers)
    await asyncio.gather(*writers)
    await shelf.add_page("R-1", Source.PROVIDER, 2, [settled(0, 999)])
    await shelf.add_page("R-1", Source.PROVIDER, 3, [])
    assert await shelf.row_count("R-1", Source.PROVIDER) == 55
    assert await shelf.row_count("R-1", Source.ACCOUNTING) == 0
    assert (await shelf.look_up("R-1")).progress == {Source.PROVIDER: SourceProgress(1, 55)}
    with shelf.gathered("R-1") as gathering:
        assert {line.with_provider.minor_units for line in gathering.lines()} == {100}


async def test_rows_of_one_report_are_no_other_s(engine: Engine) -> None:
    shelf = SqlShelf(engine)
    for report_id in ("R-1", "R-2"):
        await shelf.add(replace(REPORT, report_id=report_id))
    await shelf.add_page("R-1", Source.PROVIDER, 1, [settled(1)])
    await shelf.add_page("R-2", Source.PROVIDER, 1, [settled(1, 5)])
    with shelf.gathered("R-2") as gathering:
        assert [line.with_provider.minor_units for line in gathering.lines()] == [5]


async def test_lines_come_in_the_order_of_their_ids_whatever_came_first(engine: Engine) -> None:
    shelf = SqlShelf(engine)
    await shelf.add(REPORT)
    ids = ["INV-10", "INV-9", "inv-1", "INV-1", "_", "é"]
    for source in Source:
        content = {Source.INVOICES: '["c","2026-01-01T00:00:00+00:00","2026-01-01T00:00:00+00:00"]'}
        content |= {Source.ACCOUNTING: '["payment",[["receivable","SAR",0,1]]]', Source.PROVIDER: '["SAR",1]'}
        await shelf.add_page("R-1", source, 1, [Row(each, each, content[source]) for each in ids])
    with shelf.gathered("R-1") as gathering:
        first, second = (list(gathering.lines()) for _ in range(2))
        assert gathering.row_counts() == dict.fromkeys(Source, 6)
    assert first == second
    assert [line.invoice_id for line in first] == sorted(ids)
    assert {(line.customer, line.paid.minor_units, line.with_provider.minor_units) for line in first} == {("c", 1, 1)}


async def test_the_files_that_were_first_written_down_stay(engine: Engine) -> None:
    shelf = SqlShelf(engine)
    await shelf.add(REPORT)
    assert await shelf.archived("R-1") is None
    first = Archived("a" * 64, "b" * 64, 7)
    assert await shelf.record_archived("R-1", first, SUMMARY) == first
    assert await shelf.record_archived("R-1", Archived("c", "d", 8), replace(SUMMARY, line_count=9)) == first
    assert await shelf.archived("R-1") == (first, SUMMARY)


async def test_our_invoices_are_read_in_the_order_of_their_ids_each_once(engine: Engine) -> None:
    books, source = SqlBooks(engine), SqlOwnInvoices(engine)
    assert await source.page(after=None, limit=2) == await source.page(after="INV-9", limit=2)
    for number in (3, 1, 2, 4):
        await books.add(sample_invoice(f"INV-{number}"))
    seen, after = [], None
    for _ in range(3):
        page = await source.page(after=after, limit=2)
        seen.append([row.key for row in page.rows])
        after = page.after
    assert seen == [["INV-1", "INV-2"], ["INV-3", "INV-4"], []]
    assert after is None


def test_postgres_sorts_ids_as_python_does_and_names_its_keys_as_errors_are_told_by() -> None:
    made = str(CreateTable(report_rows).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert re.search(r'reference TEXT COLLATE "C" NOT NULL', made)
    assert "CONSTRAINT report_rows_pkey PRIMARY KEY (report_id, source, key)" in made
    assert "FOREIGN KEY(report_id) REFERENCES reports (report_id)" in made
