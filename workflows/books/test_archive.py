"""Files are stored once and stay what they were."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from workflows.books.archive import SqlArchive, metadata
from workflows.books.schema import open_books


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_books(f"sqlite:///{tmp_path}/books.db", metadata)
    yield engine
    engine.dispose()


async def test_a_file_is_stored_once_and_never_overwritten(engine: Engine) -> None:
    archive = SqlArchive(engine)
    stored = await asyncio.gather(*(archive.put("a.pdf", b"%PDF", content_type="application/pdf") for _ in range(5)))
    assert sorted(stored) == [False, False, False, False, True]
    assert not await archive.put("a.pdf", b"other", content_type="text/plain")
    assert await archive.get("a.pdf") == b"%PDF"


async def test_what_is_not_there_is_named(engine: Engine) -> None:
    with pytest.raises(LookupError, match=r"nothing under b\.pdf"):
        await SqlArchive(engine).get("b.pdf")


async def test_another_error_is_no_taken_key(engine: Engine) -> None:
    with pytest.raises(Exception, match="NOT NULL"):
        await SqlArchive(engine).put("c", None, content_type="text/plain")  # type: ignore[arg-type]
