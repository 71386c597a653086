"""One payment's id with twenty amounts at once: one of them wins, and only the run knows which."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from harness.experiment.site import Caller
from harness.experiment.workload import Answer
from harness.record.record import Outcome
from scenarios.invoices.workload.adverse_calls import Asking, Reply, Webhook
from scenarios.invoices.workload.adverse_operation import OPEN, Adverse, webhook
from scenarios.invoices.workload.adverse_tries import Bill, after_the_end, late_payment
from scenarios.invoices.workload.calls import ask_to_pay
from scenarios.invoices.workload.customers import PlannedPayment
from scenarios.kit.calls import Call

AMOUNTS_AT_ONCE = 20


@dataclass(frozen=True)
class Contest:
    """Twenty amounts under one payment's id at once, of which one wins: that is what the customer then pays."""

    bill: Bill
    payment_id: str
    amounts: tuple[str, ...]
    asking: Asking

    def won(self) -> str | None:
        """The amount whose webhook was accepted, ``None`` when there is none yet, or none at all."""
        accepted = [number for number, reply in sorted(self.asking.replies.items()) if reply.status == 200]
        return self.amounts[accepted[0]] if accepted else None

    def pay(self, payment: PlannedPayment) -> Call:
        """Pay at the provider what won, so that the provider's books know of it."""

        async def ask(caller: Caller) -> Answer:
            won = self.won()
            if won is None:
                return Answer(Outcome.FAIL, {"skipped": "none of the amounts was accepted"})
            return await ask_to_pay(self.bill.invoice_id, replace(payment, amount=won))(caller)

        return ask

    async def replay(self, caller: Caller) -> Reply:
        """The webhook that won once more, signed anew: its first bytes are one of twenty."""
        won = self.won()
        payment = {**self.bill.payment(self.payment_id, 0), "amount": won or self.amounts[0]}
        return await Webhook(payment)(caller)


def contest(bill: Bill, payment_id: str, draw: random.Random) -> Contest:
    """Amounts which fit the invoice together, so that whoever takes several of them finds no other reason not to."""
    least = bill.units // 50
    units = [least + number for number in range(1, AMOUNTS_AT_ONCE + 1)]
    draw.shuffle(units)
    payments = [bill.payment(payment_id, each) for each in units]
    return Contest(
        bill, payment_id, tuple(each["amount"] for each in payments), Asking([Webhook(each) for each in payments])
    )


def on_the_contested(contested: Contest, at: float) -> tuple[list[Adverse], dict[str, tuple[str, ...]]]:
    """One id, twenty amounts at once; then others under the same id, while it is open and after it was cancelled."""
    bill, known = contested.bill, contested.payment_id
    subject = bill.invoice_id
    sends = tuple(webhook({**bill.payment(known, 0), "amount": each}) for each in contested.amounts)
    needs = (f"process/{subject}",)
    at_once = Adverse("amounts-at-once", subject, sends, at, OPEN, needs=needs, call=contested.asking)
    others = bill.other_amounts(known, bill.units // 2)
    other = Adverse("other-amount", subject, others, at + 0.5, OPEN, needs=needs, follows=(at_once.operation_id,))
    won: dict[str, Any] = {**bill.payment(known, 0), "amount": None}
    late = after_the_end(
        subject,
        at + 2.0,
        (f"cancel/{subject}",),
        {
            "replayed-after-the-end": (webhook(won, request=contested.replay),),
            "other-amount-after-the-end": others,
            "payment-after-the-end": late_payment(bill),
        },
    )
    follows = {f"pay/{known}": (at_once.operation_id,), f"cancel/{subject}": (other.operation_id, f"pay/{known}")}
    return [at_once, other, *late], follows
