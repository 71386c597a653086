"""What should have happened to each invoice, given the file and what the workload did with it.

Where requests race, more than one end is right: a payment that comes when the invoice falls due is either booked, or
comes too late and goes back; a cancelling that comes while it is paid finds it paid, or takes all of it back.
``Expected.permits`` says which ends are right *together*.

Not covered: payments that add up to more than the invoice's total; which of them is refused depends on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from decimal import Decimal

from scenarios.oracle.invoices import Fate, JudgedInvoice, judge
from scenarios.oracle.ledger import Booking, invoice_booking, payment_booking, reverse


@dataclass(frozen=True)
class Payment:
    """A payment the workload makes. ``amount`` is a plain decimal in ``currency``.

    ``deliveries`` is how many times its webhook comes at once. ``after_seconds`` is when it is made, counted from where
    the behaviour's ``due_seconds`` is counted from.
    """

    payment_id: str
    amount: str
    currency: str
    deliveries: int = 1
    after_seconds: float = 0.0


@dataclass(frozen=True)
class Behaviour:
    """What the workload does with one invoice.

    ``due_seconds`` is when it falls due, ``None``: not in this run. ``cancel_seconds`` is when it is cancelled, counted
    from the same instant, ``None``: never.
    """

    invoice_id: str
    payments: tuple[Payment, ...] = ()
    due_seconds: float | None = None
    cancel_seconds: float | None = None


@dataclass(frozen=True)
class ExpectedPayment:
    """What may become of a payment: ``fates`` out of "settled" and "returned". ``booking`` is made when it settles.

    ``fates_if_cancelled`` is the same for an invoice that ends cancelled, empty when none may; a payment that has
    settled then is refunded, and ``refund`` is booked.
    """

    payment_id: str
    amount: Decimal
    currency: str
    fates: frozenset[str]
    booking: Booking
    refund: Booking
    fates_if_cancelled: frozenset[str] = frozenset()

    @property
    def all_fates(self) -> frozenset[str]:
        """What may become of it, however the invoice ends."""
        return self.fates | self.fates_if_cancelled


@dataclass(frozen=True)
class Expected:
    """What should have happened to one invoice.

    ``states`` are the permitted final states ("refused", "invalid", "paid", "overdue", "cancelled"); ``mail`` says
    whether it is mailed; ``booking`` is the invoice's own, ``None`` when nothing is booked; ``paid`` is the total that
    was paid when the state is "paid", ``None`` when that is not permitted. ``credit_note`` is booked when the invoice
    ends cancelled after it was booked, ``None`` when it may not end so.
    """

    invoice_id: str
    states: frozenset[str]
    mail: bool
    booking: Booking | None
    payments: tuple[ExpectedPayment, ...]
    paid: Decimal | None
    judged: JudgedInvoice
    credit_note: Booking | None = None

    def permits(self, state: str, settled: Set[str]) -> bool:
        """Whether this final state is right together with exactly these payments settled (by id)."""
        cancelled = state == "cancelled"
        for payment in self.payments:
            fates = payment.fates_if_cancelled if cancelled else payment.fates
            if ("settled" if payment.payment_id in settled else "returned") not in fates:
                return False
        if state not in self.states or not settled <= {payment.payment_id for payment in self.payments}:
            return False
        settled_sum = sum((p.amount for p in self.payments if p.payment_id in settled), Decimal(0))
        # Cancelled while the last payment was being booked: all of it was paid, and all of it goes back.
        return cancelled or (state == "paid") == (self.paid is not None and settled_sum == self.paid)


def expectations(csv_text: str, behaviours: Iterable[Behaviour], *, race_seconds: float = 0.0) -> tuple[Expected, ...]:
    """What should have happened to every invoice of the file, in its order.

    An invoice without a behaviour is processed and never paid.

    :param race_seconds: what is less than this apart (a payment and the due instant or the cancelling) races.
    :raises ValueError: a behaviour for an invoice that is not in the file or has one, or what is not covered.
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
        _expected(invoice, by_id.get(invoice.invoice_id) or Behaviour(invoice.invoice_id), race_seconds)
        for invoice in invoices
    )


def _expected(invoice: JudgedInvoice, behaviour: Behaviour, race_seconds: float) -> Expected:
    if invoice.fate is not Fate.GOOD:
        return _unsent(invoice, behaviour)
    payments = tuple(_payment(payment, invoice, behaviour, race_seconds) for payment in behaviour.payments)
    possible = sum((payment.amount for payment in payments if "settled" in payment.fates), Decimal(0))
    if possible > invoice.total:
        raise ValueError(f"{invoice.invoice_id}: payments of {possible} exceed {invoice.total} {invoice.currency}")
    races = any(len(payment.fates) > 1 for payment in payments)
    states = frozenset({"overdue"})
    if possible == invoice.total:
        states = frozenset({"paid", "overdue"}) if races else frozenset({"paid"})
    if behaviour.cancel_seconds is not None:
        states = _with_cancelling(states, behaviour, behaviour.cancel_seconds, race_seconds)
    booking = invoice_booking(invoice.invoice_id, invoice.currency, invoice.net, invoice.tax)
    return Expected(
        invoice_id=invoice.invoice_id,
        states=states,
        mail=True,
        booking=booking,
        payments=payments,
        paid=invoice.total if "paid" in states else None,
        judged=invoice,
        credit_note=reverse(booking, "credit-note") if "cancelled" in states else None,
    )


def _unsent(invoice: JudgedInvoice, behaviour: Behaviour) -> Expected:
    """A refused invoice, or an invalid one: cancelled instead when that was asked for before it was looked at."""
    returned = frozenset({"returned"})
    payments = tuple(_fated(payment, invoice, returned, returned) for payment in behaviour.payments)
    states = {invoice.fate.value}
    if invoice.fate is Fate.INVALID and behaviour.cancel_seconds is not None:
        states.add("cancelled")
    return Expected(invoice.invoice_id, frozenset(states), False, None, payments, None, invoice)


def _with_cancelling(
    states: frozenset[str], behaviour: Behaviour, cancel_seconds: float, race_seconds: float
) -> frozenset[str]:
    """The states when it is also cancelled: that, unless it has surely ended before; an end only if it may have."""
    ends: dict[str, float] = {}
    if "paid" in states:
        ends["paid"] = max(payment.after_seconds for payment in behaviour.payments)
    if "overdue" in states and behaviour.due_seconds is not None:
        ends["overdue"] = behaviour.due_seconds
    before = frozenset(state for state, at in ends.items() if at <= cancel_seconds + race_seconds)
    surely = ends.keys() == states and all(at + race_seconds < cancel_seconds for at in ends.values())
    return before if surely else before | {"cancelled"}


def _payment(payment: Payment, invoice: JudgedInvoice, behaviour: Behaviour, race_seconds: float) -> ExpectedPayment:
    settled, either = frozenset({"settled"}), frozenset({"settled", "returned"})
    at, due, cancel = payment.after_seconds, behaviour.due_seconds, behaviour.cancel_seconds
    if payment.currency != invoice.currency:
        returned = frozenset({"returned"})
        return _fated(payment, invoice, returned, returned)
    fates = either if due is not None and at + race_seconds >= due else settled
    if cancel is None:
        return _fated(payment, invoice, fates, frozenset())
    if at > cancel + race_seconds:
        return _fated(payment, invoice, fates, frozenset({"returned"}))
    return _fated(payment, invoice, fates, either if at + race_seconds >= cancel else fates)


def _fated(
    payment: Payment, invoice: JudgedInvoice, fates: frozenset[str], fates_if_cancelled: frozenset[str]
) -> ExpectedPayment:
    amount = Decimal(payment.amount)
    booking = payment_booking(invoice.invoice_id, payment.currency, amount)
    refund = reverse(booking, "refund")
    return ExpectedPayment(payment.payment_id, amount, payment.currency, fates, booking, refund, fates_if_cancelled)
