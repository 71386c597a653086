"""Our own invoices, page by page, as rows of a report. Reads the tables of invoices, and never writes there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import Engine, select

from workflows.books.schema import read_only
from workflows.invoices.books.invoice_rows import utc
from workflows.invoices.books.tables import invoices
from workflows.reports.ports import RowPage
from workflows.reports.rows import row_of_invoice


@dataclass(frozen=True)
class SqlOwnInvoices:
    """See ``workflows.reports.ports.OwnInvoices``. What is added meanwhile makes no page miss an invoice."""

    engine: Engine

    async def page(self, *, after: str | None, limit: int) -> RowPage:
        """See ``OwnInvoices``."""
        return await asyncio.to_thread(self._page, after, limit)

    def _page(self, after: str | None, limit: int) -> RowPage:
        columns = (invoices.c.invoice_id, invoices.c.customer_name, invoices.c.issued_at, invoices.c.due_at)
        wanted = select(*columns).order_by(invoices.c.invoice_id).limit(limit)
        if after is not None:
            wanted = wanted.where(invoices.c.invoice_id > after)
        with read_only(self.engine).begin() as connection:
            found = connection.execute(wanted).all()
        rows = [
            row_of_invoice(each.invoice_id, each.customer_name, utc(each.issued_at), utc(each.due_at)) for each in found
        ]
        return RowPage(rows, found[-1].invoice_id if len(found) == limit else None)
