"""A key that is taken is told from every other refusal, as SQLite and as Postgres say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from workflows.books.schema import open_books
from workflows.books.taken import key_is_taken
from workflows.invoices.books.books import SqlBooks
from workflows.invoices.books.documents import SqlDocuments
from workflows.invoices.books.tables import documents, invoices, metadata, payments
from workflows.invoices.testing_samples import sample_invoice

INVOICE = sample_invoice()
PAYMENT = {"payment_id": "PAY-1", "amount_minor_units": 1, "outstanding_minor_units": 1}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_books(f"sqlite:///{tmp_path}/books.db", metadata)
    yield engine
    engine.dispose()


def refused(engine: Engine, *rows: dict[str, object]) -> IntegrityError:
    """What the database says when these payments are written."""
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(payments), [{**PAYMENT, **row} for row in rows])
    return caught.value


async def test_sqlite_says_which_constraint_it_was(engine: Engine) -> None:
    await SqlBooks(engine).add(INVOICE)
    ours = {"invoice_id": INVOICE.invoice_id}
    twice = refused(engine, {**ours, "position": 1}, {**ours, "position": 2})
    assert key_is_taken(payments, twice)
    assert not key_is_taken(invoices, twice)
    same_position = refused(engine, {**ours, "position": 1}, {**ours, "position": 1, "payment_id": "PAY-2"})
    assert not key_is_taken(payments, same_position)
    assert not key_is_taken(payments, refused(engine, {"invoice_id": "INV-9", "position": 1}))
    assert not key_is_taken(payments, refused(engine, {**ours, "position": None}))


@pytest.mark.parametrize(
    ("constraint", "taken"), [("invoices_pkey", True), ("invoices_customer_name_key", False), (None, False)]
)
def test_postgres_names_the_constraint(constraint: str | None, taken: bool) -> None:
    told = Exception("duplicate key value violates unique constraint")
    told.diag = SimpleNamespace(constraint_name=constraint)  # type: ignore[attr-defined]
    assert key_is_taken(invoices, IntegrityError("INSERT", {}, told)) is taken


async def test_another_constraint_of_the_invoices_is_not_taken_for_a_known_invoice(engine: Engine) -> None:
    books = SqlBooks(engine)
    await books.add(INVOICE)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX one_each ON invoices (customer_name)")
    with pytest.raises(IntegrityError, match=r"invoices\.customer_name"):
        await books.add(replace(INVOICE, invoice_id="INV-2"))


async def test_another_constraint_of_the_documents_is_not_taken_for_a_known_document(engine: Engine) -> None:
    shelf = SqlDocuments(engine)
    await shelf.save("INV-1", b"%PDF")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX one_each ON {documents.name} (invoice_id)")
    with pytest.raises(IntegrityError, match=r"documents\.invoice_id"):
        await shelf.save("INV-1", b"another")
