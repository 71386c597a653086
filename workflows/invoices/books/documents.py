"""Documents in SQL, under the digest of their content.

Promise: *exactly once*. Storing the same bytes again changes nothing, also from several processes at once. Every call
blocks in a thread of its own, never in the event loop.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from workflows.books.schema import read_only
from workflows.books.taken import key_is_taken
from workflows.invoices.books.tables import documents
from workflows.invoices.model import DocumentReference

_CONTENT = select(documents.c.content).where(documents.c.digest == bindparam("digest"))


@dataclass(frozen=True)
class SqlDocuments:
    """Documents under their SHA-256 digest."""

    engine: Engine

    async def save(self, invoice_id: str, content: bytes) -> DocumentReference:
        """Store the bytes; the same bytes again change nothing."""
        digest = hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(self._save, digest, invoice_id, content)
        return DocumentReference(digest, len(content))

    async def fetch(self, digest: str) -> bytes:
        """Return the bytes. :raises LookupError: when there are none under this digest."""
        return await asyncio.to_thread(self._fetch, digest)

    def _save(self, digest: str, invoice_id: str, content: bytes) -> None:
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(documents).values(digest=digest, invoice_id=invoice_id, content=content))
        except IntegrityError as error:
            if not key_is_taken(documents, error):  # else the same content is there already
                raise

    def _fetch(self, digest: str) -> bytes:
        with read_only(self.engine).begin() as connection:
            content: bytes | None = connection.scalar(_CONTENT, {"digest": digest})
        if content is None:
            raise LookupError(f"no document {digest} is stored")
        return content
