"""An invoice as the books know it: what was uploaded, how it stands, and what of it was paid. Needs no Temporal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.invoices.model import CLOSED, Invoice, PaymentReceipt, Status
from workflows.kit.money import Money


@dataclass(frozen=True)
class StatusEntry:
    """One line of an invoice's audit trail.

    :param at: the instant from which on it stood so, in the workflow's time.
    :param run_id: the run of the workflow that wrote it.
    """

    status: Status
    at: datetime
    run_id: str


@dataclass(frozen=True)
class BookedPayment:
    """A payment that was booked, and the receipt that the first call and every repeat gets."""

    amount: Money
    receipt: PaymentReceipt


@dataclass(frozen=True)
class BookedInvoice:
    """An invoice with what has become of it.

    :param trail: the statuses in the order they were recorded, each once; empty before it was sent or found invalid.
    :param paid: the sum of the booked payments, refunded or not.
    :param refunded: the sum of those that went back.
    """

    invoice: Invoice
    trail: tuple[StatusEntry, ...]
    paid: Money
    refunded: Money

    @property
    def status(self) -> Status | None:
        """The latest recorded status; ``None`` before there is one."""
        return self.trail[-1].status if self.trail else None

    @property
    def closed(self) -> bool:
        """Whether the status is final."""
        return self.status in CLOSED

    @property
    def outstanding(self) -> Money:
        """What is still owed; nothing once it is cancelled."""
        total = self.invoice.total
        return Money.zero(total.currency) if self.status is Status.CANCELLED else total - self.paid


COMES_AFTER: dict[Status, tuple[Status, ...]] = {
    Status.INVALID: (),
    Status.SENT: (),
    Status.PAST_DUE: (Status.SENT,),
    Status.PAID: (Status.SENT, Status.PAST_DUE),
    Status.OVERDUE: (Status.SENT, Status.PAST_DUE),
    Status.CANCELLED: (Status.SENT, Status.PAST_DUE),
}
"""Status to record -> the statuses it may follow, besides none at all."""
