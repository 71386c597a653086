"""A model of an innocent application, for the tests of ``ends``: what it is asked arrives late, gets lost, comes again.

It decides at the instant at which something arrives, somewhere between its being sent and its being answered, by the
rules that are promised. Whatever it does is right, so no check may find anything wrong with it.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from decimal import Decimal

from scenarios.invoices.oracle.expected import Behaviour, Expected, Payment, expectations
from scenarios.invoices.oracle.measured import Cancelling, Measured, Paid, Try
from scenarios.invoices.oracle.test_invoices import csv_of

TOTAL = Decimal("115.00")


@dataclass
class _Invoice:
    """Where the invoice stands. ``booked`` holds of each accepted payment when it is booked."""

    closes: float | None
    booked: dict[str, float] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    cancelled_at: float | None = None

    def paid_at(self) -> float | None:
        """When the last of the whole total is booked."""
        full = sum((self.amounts[name] for name in self.booked), Decimal(0)) == TOTAL
        return max(self.booked.values()) if full else None

    def ended_at(self) -> tuple[str, float | None]:
        """How it ends and when, if nothing more comes."""
        if self.cancelled_at is not None:
            return "cancelled", max([self.cancelled_at, *self.booked.values()])
        paid = self.paid_at()
        if paid is not None:
            return "paid", paid
        return "overdue", None if self.closes is None else max([self.closes, *self.booked.values()])

    def has_ended(self, at: float) -> bool:
        ended = self.ended_at()[1]
        return ended is not None and at >= ended


def run_of(seed: int, *, slow_seconds: float) -> tuple[Measured, str]:
    """A run of one invoice, and the state it ended in.

    :param slow_seconds: how long anything takes at most; it happens as often that it takes next to nothing.
    """
    draw = random.Random(seed)

    def takes() -> float:
        return draw.choice((0.01, draw.uniform(0.0, slow_seconds)))

    closes = draw.choice((None, 10.0))
    units = draw.choice(([11500], [10000, 1500], [5000, 2500, 4000], [1500], [11500, 11500], []))
    payments = tuple(Payment(f"P{number}", str(Decimal(unit) / 100), "SAR") for number, unit in enumerate(units))
    expected = expectations(csv_of({}), [Behaviour("INV-0001", payments, closes)])[0]
    invoice = _Invoice(closes)
    asks = [(draw.uniform(0.0, 14.0), payment.payment_id) for payment in payments]
    if draw.random() < 0.4:
        asks.append((draw.uniform(0.0, 14.0), "cancel"))
    amounts = {payment.payment_id: payment.amount for payment in expected.payments}
    tries: dict[str, list[Try]] = {name: [] for _, name in asks}
    # Each ask as it is on its way: when it arrives, whether it does, when it was sent.
    waiting = [(sent + takes(), name, sent) for sent, name in asks]
    heapq.heapify(waiting)
    while waiting:
        arrives, name, sent = heapq.heappop(waiting)
        lost = len(tries[name]) < 3 and draw.random() < 0.3
        status, done = (
            (None, arrives) if lost and draw.random() < 0.5 else _answer(invoice, name, amounts, arrives, takes())
        )
        tries[name].append(Try(sent, done + takes(), None if lost else status))
        if lost:
            again = tries[name][-1].ended_seconds + 0.5
            heapq.heappush(waiting, (again + takes(), name, again))
    state, ended = invoice.ended_at()
    if state == "overdue" and closes is None:
        return run_of(seed + 1_000_003, slow_seconds=slow_seconds)  # it would not end
    return _measured(expected, tries, invoice, closes, None if ended is None else ended + takes()), state


def _answer(
    invoice: _Invoice, name: str, amounts: dict[str, Decimal], at: float, booking_seconds: float
) -> tuple[int, float]:
    """The status of an answer, and when it is known."""
    if name in invoice.booked:
        return 200, max(at, invoice.booked[name])
    if name == "cancel":
        if invoice.cancelled_at is None and not invoice.has_ended(at):
            invoice.cancelled_at = at
        return (200, at) if invoice.cancelled_at is not None else (409, at)
    late = invoice.closes is not None and at >= invoice.closes
    if late or invoice.cancelled_at is not None or invoice.has_ended(at):
        return 409, at
    if sum((invoice.amounts[each] for each in invoice.booked), amounts[name]) > TOTAL:
        return 422, at
    invoice.amounts[name], invoice.booked[name] = amounts[name], at + booking_seconds
    return 200, at + booking_seconds


def _measured(
    expected: Expected, tries: dict[str, list[Try]], invoice: _Invoice, closes: float | None, ended: float | None
) -> Measured:
    asked = tries.get("cancel")
    cancelling = None
    if asked:
        cancelling = Cancelling(asked[0].sent_seconds, asked[-1].ended_seconds, asked[-1].status == 200)
    paid = tuple(
        Paid(
            payment,
            tuple(tries[payment.payment_id]),
            "settled" if any(each.taken for each in tries[payment.payment_id]) else "returned",
            invoice.booked.get(payment.payment_id),
        )
        for payment in expected.payments
    )
    return Measured(expected, paid, closes, cancelling, ended)
