"""What an invoice is, and the small values that travel between the workflow and its callers.

Only the values of the second half cross Temporal: they are small, hold no personal data beyond the customer's name, and
are frozen. The invoice itself stays in the books and is loaded by its id. What travels to the activities is in
``messages``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from workflows.kit.money import Money

TASK_QUEUE = "traf3li-invoices"
"""The task queue of the guide; ``TEMPORAL_TASK_QUEUE`` names another one for everything."""

INVOICE_CLOSED = "InvoiceClosed"
"""Error type of what comes too late: a payment or a cancellation of an invoice that takes none any more (HTTP 409)."""

PAYMENT_REFUSED = "PaymentRefused"
"""Error type of a payment that can never be right: wrong currency, too much, not positive, reused id (HTTP 422)."""

SWITCHING = "Switching"
"""Error type of a call that meets a workflow just going on in a new run: ask again, a moment later."""

PAYMENTS_PER_RUN = 10
"""After so many payments (or compensations) in one run the workflow goes on in a new one, so no history grows long."""

GRACE_SECONDS = 7 * 24 * 3600
"""How long after its last reminder past the due instant an invoice still takes payments."""


class Status(StrEnum):
    """Where an invoice stands; the value of the search attribute ``BusinessStatus``."""

    VALIDATING = "validating"
    INVALID = "invalid"
    SENDING = "sending"
    SENT = "sent"
    PAST_DUE = "past-due"
    CANCELLING = "cancelling"
    PAID = "paid"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    HELD = "held"


CLOSED = frozenset({Status.INVALID, Status.PAID, Status.OVERDUE, Status.CANCELLED})
"""The final statuses."""


@dataclass(frozen=True)
class Customer:
    """Who is billed."""

    name: str
    email: str
    tax_number: str


@dataclass(frozen=True)
class InvoiceLine:
    """One position. Net and tax are each rounded half-up to the currency's minor unit.

    :param tax_rate: a fraction, 0.15 for 15 %.
    """

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    currency: str

    @property
    def net(self) -> Money:
        """Quantity times unit price."""
        return Money.product(self.quantity, self.unit_price, currency=self.currency)

    @property
    def tax(self) -> Money:
        """The tax on the rounded net."""
        return Money.product(self.net.amount, self.tax_rate, currency=self.currency)

    @property
    def total(self) -> Money:
        """Net and tax."""
        return self.net + self.tax


@dataclass(frozen=True)
class Invoice:
    """An invoice as uploaded: at least one line, instants in UTC."""

    invoice_id: str
    customer: Customer
    currency: str
    issued_at: datetime
    due_at: datetime
    lines: tuple[InvoiceLine, ...]

    @property
    def net(self) -> Money:
        """The sum of the net amounts."""
        return sum((line.net for line in self.lines), Money.zero(self.currency))

    @property
    def tax(self) -> Money:
        """The sum of the taxes."""
        return sum((line.tax for line in self.lines), Money.zero(self.currency))

    @property
    def total(self) -> Money:
        """What the customer owes: the sum of the line totals."""
        return self.net + self.tax


@dataclass(frozen=True)
class Payment:
    """Money that a customer paid towards an invoice, as the payment provider tells it."""

    payment_id: str
    amount: Money


@dataclass(frozen=True)
class PaymentReceipt:
    """Answer to a payment: what was still owed right after it was booked. Repeats get the same answer, for ever."""

    payment_id: str
    outstanding: Money


@dataclass(frozen=True)
class DocumentReference:
    """A stored document by its content: the SHA-256 digest in hex."""

    digest: str
    size_bytes: int


@dataclass(frozen=True)
class Cancellation:
    """Why an invoice is cancelled, and when that was asked for: the Date of the credit note's mail."""

    reason: str
    asked_at: datetime


class Undo(StrEnum):
    """What a compensation does."""

    SEND_CREDIT_NOTE = "send-credit-note"
    BOOK_CREDIT_NOTE = "book-credit-note"
    REFUND_PAYMENT = "refund-payment"


@dataclass(frozen=True)
class Compensation:
    """How one step is undone.

    :param payment: what is refunded; ``None`` for the others.
    :param certain: whether the step is known to have happened; without, it may have.
    """

    undo: Undo
    payment: Payment | None = None
    certain: bool = False


@dataclass(frozen=True)
class Carried:
    """The state of a sent invoice on its way from one run of its workflow to the next.

    :param payments: the booked payments in their order, each with the receipt that repeats of it get.
    :param compensations: what undoes the invoice, oldest first; while it is cancelled, what is left of that.
    :param reminders_done: how many reminders are behind it.
    """

    status: Status
    document: DocumentReference
    payments: tuple[tuple[Payment, PaymentReceipt], ...]
    compensations: tuple[Compensation, ...]
    reminders_done: int
    cancellation: Cancellation | None = None


@dataclass(frozen=True)
class InvoiceRequest:
    """Input of the workflow ``InvoiceProcessing``.

    :param reminder_seconds: when to remind, counted from the due instant: negative is before it, positive after.
    :param grace_seconds: how long after the last reminder past the due instant payments are still taken.
    :param payments_per_run: after so many payments the workflow goes on in a new run.
    :param carried: what the run before this one left; ``None`` in the first.
    """

    invoice_id: str
    customer_name: str
    total: Money
    due_at: datetime
    reminder_seconds: tuple[int, ...] = ()
    grace_seconds: int = GRACE_SECONDS
    payments_per_run: int = PAYMENTS_PER_RUN
    carried: Carried | None = None


@dataclass(frozen=True)
class InvoiceResult:
    """Outcome of the workflow ``InvoiceProcessing``.

    :param status: invalid, paid, overdue or cancelled.
    :param paid: the sum of the booked payments, refunded or not.
    :param outstanding: what is still owed; nothing when it is cancelled.
    :param payments: the ids of the booked payments, in the order in which they were booked.
    :param reasons: why the invoice is invalid or cancelled; empty otherwise.
    :param refunded: the ids of the payments that went back, in the order in which they did.
    """

    invoice_id: str
    status: Status
    paid: Money
    outstanding: Money
    payments: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    refunded: tuple[str, ...] = ()


@dataclass(frozen=True)
class InvoiceState:
    """Answer of the query ``status``.

    :param status: ``held`` while any step waits for a person, otherwise the business status.
    :param held_steps: the names of the activities that wait for ``resume``.
    """

    status: Status
    paid: Money
    outstanding: Money
    held_steps: tuple[str, ...] = ()
