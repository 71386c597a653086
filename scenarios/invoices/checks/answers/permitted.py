"""Which operations on invoices may be refused, by the oracle: everything else had to be done.

Data flow: expected invoices → **permitted** → *availability*. What nobody should try is judged by *answers*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.record.record import Operation, Record
from scenarios.invoices.checks.facts.expected import expected_invoices
from scenarios.invoices.oracle.expected import Expected
from scenarios.invoices.oracle.invoices import Fate

PROVIDER = ("pay",)
"""Operations that are asked of the payment provider."""


def may_be_refused(record: Record) -> Callable[[Operation], bool]:
    """Whether an operation may be refused: one on an invoice that is none, or a cancelling that may come too late."""
    expected = expected_invoices(record)
    return lambda operation: _may_fail(operation, expected)


def _may_fail(operation: Operation, expected: Mapping[str, Expected]) -> bool:
    invoice = expected.get(operation.subject)
    if operation.name in ("process", "process-again"):
        return invoice is None or invoice.judged.fate is Fate.REFUSED
    if operation.name == "cancel":
        return invoice is None or _may_end_by_itself(invoice)
    return operation.name not in ("upload", "pay")


def _may_end_by_itself(invoice: Expected) -> bool:
    """Whether it may be over before it is cancelled; whether it was, is for *payments* to say."""
    can_be_paid = sum(payment.amount for payment in invoice.payments) >= invoice.judged.total
    return invoice.judged.fate is not Fate.GOOD or invoice.due_seconds is not None or can_be_paid
