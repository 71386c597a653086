"""What stands around reports in tests: our books in memory, and the world in memory behind the gateways."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from workflows.books.schema import IN_MEMORY, open_books
from workflows.gateways.network import Network
from workflows.gateways.ports import Mail
from workflows.invoices.books.books import SqlBooks
from workflows.invoices.books.tables import metadata as of_invoices
from workflows.invoices.testing_outside import Surroundings
from workflows.kit.family import Resources
from workflows.reports.family import real_ports, tables
from workflows.reports.model import ReportLine, ReportRequest, Summary
from workflows.reports.ports import Contents, Ports
from workflows.reports.store.shelf import SqlShelf

NOON = datetime(2025, 6, 30, 12, tzinfo=UTC)


def plain(summary: Summary, lines: Iterable[ReportLine]) -> bytes:
    """The text of a report, in place of a file."""
    return "\n".join(map(repr, [summary, *lines])).encode()


PLAIN = Contents(
    lambda summary, lines: b"%PDF" + plain(summary, lines), lambda summary, lines: b"PK" + plain(summary, lines)
)


def entry(
    number: int, kind: str = "invoice", *, reference: str = "", at: datetime = NOON, **other: Any
) -> dict[str, Any]:
    """An entry of accounting for 115.00 SAR about ``INV-<number>``, as an opening brings it."""
    sides = {
        "invoice": (("receivable", "115.00", "0.00"), ("revenue", "0.00", "100.00"), ("vat", "0.00", "15.00")),
        "credit-note": (("revenue", "100.00", "0.00"), ("vat", "15.00", "0.00"), ("receivable", "0.00", "115.00")),
        "payment": (("bank", "115.00", "0.00"), ("receivable", "0.00", "115.00")),
        "refund": (("receivable", "115.00", "0.00"), ("bank", "0.00", "115.00")),
        "petty-cash": (("expenses", "115.00", "0.00"), ("petty-cash", "0.00", "115.00")),
    }[kind]
    return {
        "entry_id": f"E-{number}-{kind}",
        "reference": reference or f"INV-{number}",
        "kind": kind,
        "memo": "memo",
        "currency": "SAR",
        "lines": [{"account": account, "debit": debit, "credit": credit} for account, debit, credit in sides],
        "booked_at": at.isoformat(),
        **other,
    }


def settlement(number: int, kind: str = "settled", *, at: datetime = NOON) -> dict[str, Any]:
    """Money for ``INV-<number>``, as an opening brings it."""
    fields = {"kind": kind, "payment_id": f"PAY-{number}", "invoice_id": f"INV-{number}", "at": at.isoformat()}
    return {**fields, "amount": "115.00", "currency": "SAR"}


@dataclass
class ReportOutside:
    """The books and the world of one test. ``outside.before`` and ``after`` are the hooks of ``Surroundings``."""

    outside: Surroundings = field(default_factory=Surroundings)

    def __post_init__(self) -> None:
        engine = open_books(IN_MEMORY, of_invoices, *tables())
        weakref.finalize(self, engine.dispose)
        world = self.outside.world
        self.resources = Resources(self.outside.settings, engine, Network(world.http, world.smtp))
        self.shelf, self.books = SqlShelf(engine), SqlBooks(engine)

    def ports(self, **other: Any) -> Ports:
        """The real ports, with text for files."""
        return replace(real_ports(self.resources), contents=PLAIN, **other)

    async def open(
        self, entries: Sequence[Mapping[str, Any]] = (), settlements: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """Have this in accounting and at the provider."""
        settings = self.resources.settings
        for url, name, items in (
            (settings.accounting_url, "entries", entries),
            (settings.payments_url, "settlements", settlements),
        ):
            if items:
                answer = await self.resources.http(url).post(
                    "/opening", json={name: list(items)}, headers={"Idempotency-Key": "opening"}
                )
                assert answer.status_code == 201, answer.text

    async def asked(self, report_id: str = "R-1", *, as_of: datetime = NOON, recipients: int = 1) -> ReportRequest:
        """A report that was asked for."""
        report = ReportRequest(report_id, as_of, tuple(f"cfo-{number}@traf3li.example" for number in range(recipients)))
        assert await self.shelf.add(report)
        return report

    @property
    def mails(self) -> list[Mail]:
        """The mails that arrived, in their order."""
        return self.outside.mails
