"""Files in SQL, under keys that are never used twice.

Promise: *exactly once*. A key that is taken stays as it is, also when several processes store under it at once. Every
call blocks in a thread of its own, never in the event loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

from workflows.books.schema import read_only
from workflows.books.taken import key_is_taken

metadata = MetaData(naming_convention={"pk": "%(table_name)s_pkey"})

archive = Table(
    "archive",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("content_type", String(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
)


@dataclass(frozen=True)
class SqlArchive:
    """An archive in the company's own database; see ``workflows.gateways.ports.Archive``.

    :param engine: from :func:`workflows.books.schema.open_books`, with ``metadata`` among its tables.
    """

    engine: Engine

    async def put(self, key: str, content: bytes, *, content_type: str) -> bool:
        """Store a file, or find one stored under its key; ``False`` then."""
        return await asyncio.to_thread(self._put, key, content, content_type)

    async def get(self, key: str) -> bytes:
        """Return a file. :raises LookupError: there is none under this key."""
        return await asyncio.to_thread(self._get, key)

    def _put(self, key: str, content: bytes, content_type: str) -> bool:
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(archive).values(key=key, content_type=content_type, content=content))
        except IntegrityError as error:
            if not key_is_taken(archive, error):
                raise
            return False
        return True

    def _get(self, key: str) -> bytes:
        with read_only(self.engine).begin() as connection:
            content: bytes | None = connection.scalar(select(archive.c.content).where(archive.c.key == key))
        if content is None:
            raise LookupError(f"the archive holds nothing under {key}")
        return content
