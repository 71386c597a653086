"""What is tried on each invoice that exists for it, in its order. ``adverse`` puts the parts together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from harness.experiment.site import Caller
from harness.record.record import Outcome
from scenarios.invoices.oracle.arithmetic import DECIMALS
from scenarios.invoices.workload.adverse_calls import Reply, closed, ended
from scenarios.invoices.workload.adverse_invoices import INVALID, OVERDUE, PAID, REFUSED, UNKNOWN
from scenarios.invoices.workload.adverse_operation import (
    ENDED,
    OPEN,
    Adverse,
    Sending,
    amount,
    cancel,
    process,
    webhook,
)
from scenarios.invoices.workload.adverse_reason import OTHER_REASON
from scenarios.invoices.workload.calls import CANCEL_REASON, ask_to_pay, provider_url
from scenarios.invoices.workload.customers import PlannedPayment
from scenarios.kit.calls import call


@dataclass(frozen=True)
class Bill:
    """An invoice as somebody who pays it sees it; ``units`` is its total in minor units."""

    invoice_id: str
    currency: str
    units: int

    @property
    def digits(self) -> int:
        """After the point."""
        return DECIMALS[self.currency]

    def payment(self, payment_id: str, units: int, currency: str | None = None) -> dict[str, str]:
        """What a webhook says of a payment of so many minor units."""
        return {
            "payment_id": payment_id,
            "invoice_id": self.invoice_id,
            "amount": amount(units, self.digits),
            "currency": currency or self.currency,
        }

    def other_amounts(self, payment_id: str, units: int) -> tuple[Sending, ...]:
        """A known payment with a smaller amount, a larger one, and a negative one."""
        return tuple(webhook(self.payment(payment_id, each)) for each in (units - 1, units + 1, -units))

    def in_another_currency(self, payment_id: str, units: int) -> Sending:
        """A known payment with the same number in another currency, of as many digits: nothing else is wrong."""
        other = "BHD" if self.digits == DECIMALS["BHD"] else _other(self.currency)
        return webhook(self.payment(payment_id, units, other))


def bill_of(first: Mapping[str, str]) -> Bill:
    """Of the first row of an invoice."""
    total = Decimal(first["invoice_total"])
    return Bill(first["invoice_id"], first["currency"], int(total.scaleb(DECIMALS[first["currency"]])))


def after_the_end(
    subject: str, at: float, follows: tuple[str, ...], tries: Mapping[str, Sequence[Sending]]
) -> list[Adverse]:
    """Tries on an invoice that has ended: the first waits for the end, and the others for the first."""
    answer: list[Adverse] = []
    for kind, sends in tries.items():
        before = (*follows, *(each.operation_id for each in answer[:1]))
        answer.append(Adverse(kind, subject, tuple(sends), at, ENDED, follows=before, wait=closed(subject)))
    return answer


def late_payment(bill: Bill) -> list[Sending]:
    """A payment nobody knows yet, rightly signed, of an amount that was once open."""
    return [webhook(bill.payment(f"PAY-{bill.invoice_id}-late", bill.units // 3))]


def on_the_paid(bill: Bill, payment: PlannedPayment, at: float) -> tuple[list[Adverse], dict[str, tuple[str, ...]]]:
    """Webhooks that nobody but the provider may send; then the provider's own, twice at once, again, and too late.

    :returns: them, and what customers' operations have to follow.
    """
    subject, known = bill.invoice_id, payment.payment_id
    genuine = webhook(bill.payment(known, bill.units))
    fits, needs = bill.units // 2, (f"process/{subject}",)
    bad = {
        "forged": webhook(bill.payment(f"PAY-{subject}-forged", fits), "wrong-secret"),
        # The signature comes first: who has none hears of nothing else that is wrong.
        "forged-malformed": webhook(bill.payment(f"PAY-{subject}-malformed", fits), "wrong-secret", cut=True),
        "stale": webhook(bill.payment(f"PAY-{subject}-stale", fits), "stale"),
        "ahead": webhook(bill.payment(f"PAY-{subject}-ahead", fits), "ahead"),
        "changed": webhook(bill.payment(f"PAY-{subject}-changed", 1), "changed"),
        "other-currency": webhook(bill.payment(f"PAY-{subject}-currency", fits, _other(bill.currency))),
        "too-much": webhook(bill.payment(f"PAY-{subject}-much", bill.units + 1)),
    }
    tries = [Adverse(kind, subject, (sends,), at, OPEN, needs=needs) for kind, sends in bad.items()]
    before = tuple(each.operation_id for each in tries)
    twice = Adverse("replayed-at-once", subject, (genuine, genuine), at + 0.5, OPEN, needs=needs, follows=before)
    again = Adverse("replayed", subject, (genuine,), at + 1.0, follows=(f"pay/{known}",))
    late = after_the_end(
        subject,
        at + 1.5,
        (again.operation_id,),
        {
            "replayed-after-the-end": (genuine,),
            "other-amount-after-the-end": bill.other_amounts(known, bill.units),
            "payment-after-the-end": late_payment(bill),
            "known-in-another-currency-after-the-end": (bill.in_another_currency(known, bill.units),),
            "processed-again": (process(subject),),
            "cancelled-after-the-end": (cancel(subject, {"reason": CANCEL_REASON}),),
        },
    )
    return [*tries, twice, again, *late], {f"pay/{known}": (twice.operation_id,)}


def on_the_cancelled(
    bill: Bill, payment: PlannedPayment, at: float
) -> tuple[list[Adverse], dict[str, tuple[str, ...]]]:
    """Who pays too much gets it back, a payment stays in its currency, and a cancelled invoice takes no money."""
    subject, needs = bill.invoice_id, (f"process/{bill.invoice_id}",)
    too_much = PlannedPayment(f"PAY-{subject}-much", amount(bill.units + 1, bill.digits), bill.currency, 1, at)
    told = {"pay": bill.payment(too_much.payment_id, bill.units + 1)}
    paid = Adverse("paid-too-much", subject, (Sending(told, _pay_and_see(subject, too_much)),), at, OPEN, needs=needs)
    no_reason = (cancel(subject, {}), cancel(subject, {"reason": " "}))
    unreasoned = Adverse("cancelled-without-reason", subject, no_reason, at, OPEN, needs=needs)
    known, units = payment.payment_id, _units(payment.amount, bill)
    other_currency = Adverse(
        "known-in-another-currency",
        subject,
        (bill.in_another_currency(known, units),),
        at + 0.5,
        OPEN,
        follows=(f"pay/{known}",),
        wait=ended([payment]),
    )
    late = after_the_end(
        subject,
        at + 2.0,
        (f"cancel/{subject}",),
        {
            "cancelled-again": (cancel(subject, {"reason": CANCEL_REASON}),),
            # Its only payment left something open, and the cancellation nothing: the first receipt tells the two apart.
            "replayed-after-the-end": (webhook(bill.payment(known, units)),),
            "cancelled-for-another-reason-after-the-end": (cancel(subject, {"reason": OTHER_REASON}),),
            "payment-after-the-end": late_payment(bill),
            "other-amount-after-the-end": bill.other_amounts(known, units),
        },
    )
    follows = (paid.operation_id, unreasoned.operation_id, f"pay/{known}", other_currency.operation_id)
    return [paid, unreasoned, other_currency, *late], {f"cancel/{subject}": follows}


def on_the_others(bills: Mapping[str, Bill], uploaded: str, at: float) -> list[Adverse]:
    """Calls for invoices that fell overdue, were found invalid, were refused, or that nobody ever uploaded."""
    reason = {"reason": CANCEL_REASON}
    unknown = replace(bills[PAID], invoice_id=UNKNOWN)
    tries = after_the_end(
        OVERDUE,
        at + 8.0,
        (f"process/{OVERDUE}",),
        {
            "payment-after-the-end": late_payment(bills[OVERDUE]),
            "cancelled-after-the-end": (cancel(OVERDUE, reason),),
        },
    )
    tries += after_the_end(
        INVALID,
        at,
        (f"process/{INVALID}",),
        {
            "payment-after-the-end": late_payment(bills[INVALID]),
            "cancelled-after-the-end": (cancel(INVALID, reason),),
        },
    )
    for subject, bill, needs in ((REFUSED, bills[REFUSED], (uploaded,)), (UNKNOWN, unknown, ())):
        for kind, sends in {
            "payment-of-nothing": late_payment(bill),
            "forged-of-nothing": [webhook(bill.payment(f"PAY-{subject}-forged", bill.units), "wrong-secret")],
            "processed-nothing": [process(subject)],
            "cancelled-nothing": [cancel(subject, reason)],
        }.items():
            tries.append(Adverse(kind, subject, tuple(sends), at, needs=needs))
    return tries


def _pay_and_see(invoice_id: str, payment: PlannedPayment) -> Any:
    """A request that is answered when the provider knows what became of the money."""

    async def send(caller: Caller) -> Reply:
        paid = await ask_to_pay(invoice_id, payment)(caller)
        if paid.outcome is not Outcome.OK:
            return Reply(paid.status, dict(paid.detail))
        seen = await call(caller, "GET", f"{provider_url(caller)}/payments/{payment.payment_id}")
        pending = seen.outcome is not Outcome.OK or seen.detail.get("state") == "pending"
        return Reply(None if pending else paid.status, {"state": seen.detail.get("state")})

    return send


def _other(currency: str) -> str:
    return "EUR" if currency != "EUR" else "SAR"


def _units(text: str, bill: Bill) -> int:
    return int(Decimal(text).scaleb(bill.digits))
