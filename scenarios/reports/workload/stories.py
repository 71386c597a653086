"""What may happen to an invoice: each story tells it step by step into the books. All amounts are exact."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from scenarios.reports.workload.postings import Part, digits_of, entry, settlement, text_of

COLUMNS = (
    *("invoice_id", "customer_name", "customer_email", "customer_tax_number", "currency", "issued_at", "due_at"),
    *("line", "description", "quantity", "unit_price", "tax_rate", "line_total", "invoice_total"),
)
DAY = timedelta(days=1)


@dataclass
class Ledger:
    """What is drawn so far, as plain JSON.

    :ivar rows: of the file that is uploaded, one an invoice.
    """

    entries: list[dict[str, Any]] = field(default_factory=list)
    settlements: list[dict[str, Any]] = field(default_factory=list)
    rows: list[Mapping[str, str]] = field(default_factory=list)

    def file(self) -> str:
        """The rows as CSV."""
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()


@dataclass(frozen=True)
class Story:
    """One invoice, and what may happen to it: each step is written where a story calls for it.

    :param booked_at: when the invoice is booked; what follows comes a day apart.
    """

    ledger: Ledger
    invoice_id: str
    currency: str
    net: Decimal
    rate: str
    booked_at: datetime

    @property
    def vat(self) -> Decimal:
        """The tax, rounded half-up."""
        return (self.net * Decimal(self.rate)).quantize(_unit(self.currency), ROUND_HALF_UP)

    @property
    def total(self) -> Decimal:
        """What the customer owes."""
        return self.net + self.vat

    def part(self, share: str) -> Decimal:
        """A share of the total."""
        return (self.total * Decimal(share)).quantize(_unit(self.currency), ROUND_HALF_UP)

    def known(self, customer: str, due_at: datetime) -> None:
        """Our own books have it."""
        total = text_of(self.total, self.currency)
        cells = (
            *(self.invoice_id, customer, f"{self.invoice_id.lower()}@customer.example", "351133287740293"),
            *(self.currency, (self.booked_at - timedelta(hours=1)).isoformat(), due_at.isoformat()),
            *("1", "Advice", "1", text_of(self.net, self.currency), self.rate, total, total),
        )
        self.ledger.rows.append(dict(zip(COLUMNS, cells, strict=True)))

    def bill(self, after_days: float = 0, kind: str = "invoice", share: str = "1") -> None:
        """Accounting has the invoice, or a credit note over a share of it."""
        net = (self.net * Decimal(share)).quantize(_unit(self.currency), ROUND_HALF_UP)
        vat = (self.vat * Decimal(share)).quantize(_unit(self.currency), ROUND_HALF_UP)
        signed: tuple[Part, ...] = (("receivable", net + vat), ("revenue", -net), ("vat", -vat))
        self._book(kind, f"{kind} {self.invoice_id}", signed, after_days)

    def pay(
        self, amount: Decimal, number: int, after_days: float, *, booked: bool = True, settled: bool = True
    ) -> None:
        """The customer pays: booked, settled or both."""
        self._move("payment", "settled", amount, number, after_days, booked, settled)

    def refund(
        self, amount: Decimal, number: int, after_days: float, *, booked: bool = True, settled: bool = True
    ) -> None:
        """A payment goes back."""
        self._move("refund", "refund", -amount, number, after_days, booked, settled)

    def _move(
        self, kind: str, at_provider: str, amount: Decimal, number: int, after_days: float, booked: bool, settled: bool
    ) -> None:
        payment_id = f"PAY-{self.invoice_id}-{number}"
        if booked:
            self._book(kind, f"{kind} {payment_id}", (("bank", amount), ("receivable", -amount)), after_days)
        if settled:
            at = self.booked_at + after_days * DAY
            self.ledger.settlements.append(
                settlement(at_provider, payment_id, self.invoice_id, abs(amount), self.currency, at)
            )

    def _book(self, kind: str, memo: str, signed: tuple[Part, ...], after_days: float) -> None:
        if kind == "credit-note":
            signed = tuple((account, -amount) for account, amount in signed)
        at = self.booked_at + after_days * DAY
        self.ledger.entries.append(entry(self.invoice_id, kind, memo, self.currency, signed, at))


def _unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-digits_of(currency))


def _paid(story: Story) -> None:
    story.bill()
    story.pay(story.total, 1, 1)


def _in_parts(story: Story) -> None:
    story.bill()
    story.pay(story.part("0.3"), 1, 1)
    story.pay(story.total - story.part("0.3"), 2, 40)


def over_paid(story: Story) -> None:
    story.bill()
    story.pay(story.part("1.25"), 1, 1)


def _refunded(story: Story) -> None:
    _in_parts(story)
    story.refund(story.part("0.3"), 1, 50)


def _credited(story: Story) -> None:
    story.bill()
    story.bill(20, "credit-note")


def _cancelled(story: Story) -> None:
    story.bill()
    story.pay(story.part("0.5"), 1, 1)
    story.refund(story.part("0.5"), 1, 2)
    story.bill(3, "credit-note")


def _credited_in_part(story: Story) -> None:
    story.bill()
    story.bill(20, "credit-note", "0.4")


def _not_booked_yet(story: Story) -> None:
    story.bill()
    story.pay(story.total, 1, 1, booked=False)


def _not_settled_yet(story: Story) -> None:
    story.bill()
    story.pay(story.total, 1, 1, settled=False)


def _refund_not_booked(story: Story) -> None:
    _paid(story)
    story.refund(story.total, 1, 2, booked=False)


def _refund_not_settled(story: Story) -> None:
    _paid(story)
    story.refund(story.total, 1, 2, settled=False)


def _paid_early(story: Story) -> None:
    story.pay(story.total, 1, 0)
    story.bill(90)


def _at_the_provider_alone(story: Story) -> None:
    story.pay(story.part("0.5"), 1, 0, booked=False)


def _nothing(story: Story) -> None:
    """Our own books alone have it."""


STORIES: Mapping[str, Callable[[Story], None]] = {
    "open": Story.bill,
    "paid": _paid,
    "in parts": _in_parts,
    "over-paid": over_paid,
    "refunded": _refunded,
    "credited": _credited,
    "cancelled": _cancelled,
    "credited in part": _credited_in_part,
    "not booked yet": _not_booked_yet,
    "not settled yet": _not_settled_yet,
    "refund not booked": _refund_not_booked,
    "refund not settled": _refund_not_settled,
    "paid early": _paid_early,
    "at the provider alone": _at_the_provider_alone,
    "unknown": _paid,
    "in our books alone": _nothing,
}
