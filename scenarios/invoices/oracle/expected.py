"""What each invoice is worth and what is booked for it, given the file and what the workload does with it.

Amounts, and no times: which of several ends is right, and which payment was in time, follows from what was measured of
the run. That is judged in ``ends``, by the instants that ``agenda`` computes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from scenarios.invoices.oracle.bookings import Booking, invoice_booking, payment_booking, reverse
from scenarios.invoices.oracle.invoices import Fate, JudgedInvoice, judge


@dataclass(frozen=True)
class Payment:
    """A payment the workload makes. ``amount`` is a plain decimal in ``currency``.

    ``deliveries`` is how many times its webhook comes at once. ``after_seconds`` is when it is meant to be made; when
    it really was is measured.
    """

    payment_id: str
    amount: str
    currency: str
    deliveries: int = 1
    after_seconds: float = 0.0


@dataclass(frozen=True)
class Behaviour:
    """What the workload does with one invoice.

    ``due_seconds`` is when it falls due, counted from the moment that its file was dated, ``None``: not in this run.
    ``cancel_seconds`` is when it is meant to be cancelled, ``None``: never.
    """

    invoice_id: str
    payments: tuple[Payment, ...] = ()
    due_seconds: float | None = None
    cancel_seconds: float | None = None


@dataclass(frozen=True)
class ExpectedPayment:
    """What a payment books when it is taken, and what giving it back books.

    ``refused_for`` says why it can never be taken, whenever it comes; empty when it can.
    """

    payment_id: str
    amount: Decimal
    currency: str
    booking: Booking
    refund: Booking
    refused_for: str = ""


@dataclass(frozen=True)
class Expected:
    """What should have happened to one invoice.

    ``booking`` is the invoice's own and ``credit_note`` what takes it back; both are ``None`` when it may not be sent.
    """

    invoice_id: str
    judged: JudgedInvoice
    payments: tuple[ExpectedPayment, ...]
    booking: Booking | None = None
    credit_note: Booking | None = None
    due_seconds: float | None = None
    cancels: bool = False

    @property
    def mail(self) -> bool:
        """Whether it is mailed and booked."""
        return self.booking is not None


def expectations(csv_text: str, behaviours: Iterable[Behaviour]) -> tuple[Expected, ...]:
    """What should have happened to every invoice of the file, in its order.

    An invoice without a behaviour is processed and never paid.

    :raises ValueError: a behaviour for an invoice that is not in the file or has one.
    """
    by_id: dict[str, Behaviour] = {}
    for behaviour in behaviours:
        if behaviour.invoice_id in by_id:
            raise ValueError(f"{behaviour.invoice_id} has two behaviours")
        by_id[behaviour.invoice_id] = behaviour
    invoices = judge(csv_text)
    if unknown := sorted(set(by_id) - {invoice.invoice_id for invoice in invoices}):
        raise ValueError(f"behaviours of invoices that are not in the file: {', '.join(unknown)}")
    return tuple(
        expected_of(invoice, by_id.get(invoice.invoice_id) or Behaviour(invoice.invoice_id)) for invoice in invoices
    )


def expected_of(invoice: JudgedInvoice, behaviour: Behaviour) -> Expected:
    """What should have happened to one invoice."""
    booking = None
    if invoice.fate is Fate.GOOD:
        booking = invoice_booking(invoice.invoice_id, invoice.currency, invoice.net, invoice.tax)
    return Expected(
        invoice_id=invoice.invoice_id,
        judged=invoice,
        payments=tuple(_payment(payment, invoice) for payment in behaviour.payments),
        booking=booking,
        credit_note=reverse(booking, "credit-note") if booking is not None else None,
        due_seconds=behaviour.due_seconds,
        cancels=behaviour.cancel_seconds is not None,
    )


def _payment(payment: Payment, invoice: JudgedInvoice) -> ExpectedPayment:
    amount = Decimal(payment.amount)
    booking = payment_booking(invoice.invoice_id, payment.currency, amount)
    refused_for = _refused_for(payment, amount, invoice)
    return ExpectedPayment(
        payment.payment_id, amount, payment.currency, booking, reverse(booking, "refund"), refused_for
    )


def _refused_for(payment: Payment, amount: Decimal, invoice: JudgedInvoice) -> str:
    if invoice.fate is not Fate.GOOD:
        return f"its invoice is {invoice.fate.value}"
    if payment.currency != invoice.currency:
        return f"it is in {payment.currency} and its invoice in {invoice.currency}"
    if not 0 < amount <= invoice.total:
        return f"it is for {amount} and its invoice for {invoice.total}"
    return ""
