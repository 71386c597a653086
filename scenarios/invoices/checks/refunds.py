"""*refunds*: what the provider gave back or settled is what the customer had paid, to the last digit.

A refund is of a whole payment, in its currency, of the same invoice; several refunds of one payment never come to more
than it. A settlement is of the very amount that was paid. That each happens once, and when it must, is the effects
check's to say.

Not covered: payments that the workload made otherwise than it should have: what was paid is the world's own record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from harness.judge.checks.effects import story_of
from harness.record.record import Effect, Record
from harness.verdict import CheckResult, Finding, Verdict, counted

_SAME = ("payment_id", "invoice_id", "currency", "amount")


@dataclass(frozen=True)
class RefundsCheck:
    """Compares each refund, settlement and return with the payment it is of."""

    name: str = field(default="refunds", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for money that is not the customer's; UNKNOWN when no money moved at all."""
        paid: dict[str, Effect] = {}
        moved: list[Effect] = []
        for effect in record.effects:
            if effect.service == "payments" and effect.operation == "pay":
                paid.setdefault(effect.detail["payment_id"], effect)
            elif effect.service == "payments":
                moved.append(effect)
        findings = [
            Finding(effect.detail["payment_id"], message, story_of(record, effect.reference))
            for effect in moved
            for message in _wrong(effect, paid.get(effect.detail["payment_id"]))
        ]
        findings += _too_much(record, moved, paid)
        counts: dict[str, int | float | str] = {
            operation: sum(effect.operation == operation for effect in moved)
            for operation in ("settled", "returned", "refund")
        }
        if findings:
            found = counted(len(findings), "sum of money is", "sums of money are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} not what was paid", tuple(findings), counts)
        if not moved:
            return CheckResult(self.name, Verdict.UNKNOWN, "no money moved, so none was checked", (), counts)
        summary = f"{counts['settled']} settlements and {counts['refund']} refunds are of what the customers had paid"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _wrong(moved: Effect, paid: Effect | None) -> Iterator[str]:
    if paid is None:
        yield f"{moved.operation}: nobody made such a payment"
        return
    for name in _SAME:
        if moved.detail[name] != paid.detail[name]:
            yield f"{moved.operation}: {name} is {moved.detail[name]!r}, the payment says {paid.detail[name]!r}"
    if moved.reference != paid.detail["invoice_id"]:
        yield f"{moved.operation} for {moved.reference}, the customer paid for {paid.detail['invoice_id']}"


def _too_much(record: Record, moved: list[Effect], paid: dict[str, Effect]) -> Iterator[Finding]:
    """Payments of which more went back than came."""
    sums: dict[str, Decimal] = {}
    for effect in moved:
        if effect.operation in ("refund", "returned"):
            payment_id = effect.detail["payment_id"]
            sums[payment_id] = sums.get(payment_id, Decimal(0)) + Decimal(effect.detail["amount"])
    for payment_id, back in sums.items():
        if payment_id in paid and back > Decimal(paid[payment_id].detail["amount"]):
            message = f"{back} went back of {paid[payment_id].detail['amount']}"
            yield Finding(payment_id, message, story_of(record, paid[payment_id].reference))
