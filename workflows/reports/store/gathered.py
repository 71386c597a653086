"""The rows of one report in one transaction, read as a stream: however many there are, a thousand are in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from workflows.reports.lines import balances_of, lines_of
from workflows.reports.messages import Source
from workflows.reports.model import AccountBalance, ReportLine
from workflows.reports.store.tables import report_rows

ROWS_AT_ONCE = 1_000

_ROWS = report_rows.c


@dataclass(frozen=True)
class SqlGathering:
    """See ``workflows.reports.ports.Gathering``.

    :param connection: in a transaction that sees one state of the books.
    """

    connection: Connection
    report_id: str

    def row_counts(self) -> Mapping[Source, int]:
        """See ``Gathering``."""
        counted = select(_ROWS.source, func.count()).where(_ROWS.report_id == self.report_id).group_by(_ROWS.source)
        return {Source(source): count for source, count in self.connection.execute(counted)}

    def balances(self) -> Sequence[AccountBalance]:
        """See ``Gathering``."""
        booked = select(_ROWS.content).where(_ROWS.report_id == self.report_id, _ROWS.source == Source.ACCOUNTING)
        return balances_of(row.content for row in self._streamed(booked))

    def lines(self) -> Iterator[ReportLine]:
        """See ``Gathering``."""
        of_it = select(_ROWS.reference, _ROWS.source, _ROWS.content).where(_ROWS.report_id == self.report_id)
        ordered = of_it.order_by(_ROWS.reference, _ROWS.source, _ROWS.key)
        return lines_of((row.reference, row.source, row.content) for row in self._streamed(ordered))

    def _streamed(self, wanted: Select[Any]) -> Iterator[Row[Any]]:
        yield from self.connection.execute(wanted, execution_options={"yield_per": ROWS_AT_ONCE})
