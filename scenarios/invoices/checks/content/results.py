"""*results*: what each workflow returned is what happened, by the world's record and the oracle.

Judged are the invoice, its end, what was paid and is still owed (amount and currency), the payments in the order in
which they were booked, the reasons, and the payments that went back in the order in which they did. More fields than
these are no harm.

Not covered: which of several permitted ends an invoice came to (the payments check).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from harness.judge.checks.effects import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.content.bills import put_in
from scenarios.invoices.checks.facts.expected import last_runs
from scenarios.invoices.checks.facts.money import Money, money_by_invoice
from scenarios.invoices.oracle.bills import Bill
from scenarios.invoices.oracle.invoices import Fate

CANCELLED, INVALID = "cancelled", "invalid"
ENDS = {Fate.GOOD: ("paid", "overdue", CANCELLED), Fate.INVALID: (INVALID, CANCELLED)}


@dataclass(frozen=True)
class ResultsCheck:
    """Compares the result of each ended workflow with what the world saw of its invoice."""

    name: str = field(default="results", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a result that says something else; UNKNOWN when no workflow returned one."""
        invoices, money = record.once(put_in), record.once(money_by_invoice)
        findings: list[Finding] = []
        returned = 0
        for execution in last_runs(record):
            if execution.status != "COMPLETED":
                continue
            returned += 1
            invoice_id = execution.subject
            about = invoices.get(invoice_id)
            if about is None:
                findings.append(Finding(invoice_id, f"{execution.workflow_id} ended, and there is no such invoice"))
                continue
            payments = money.get(invoice_id, ())
            for message in judge_result(execution.result, about.bill, payments, record.input["cancel_reason"]):
                findings.append(Finding(invoice_id, message, story_of(record, invoice_id)))
        counts: dict[str, int | float | str] = {"results": returned}
        if findings:
            found = counted(len(findings), "thing in a result is", "things in results are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong", tuple(findings), counts)
        if not returned:
            return CheckResult(self.name, Verdict.UNKNOWN, "no workflow returned a result", (), counts)
        return CheckResult(self.name, Verdict.VALID, f"all {returned} workflows returned what happened", (), counts)


def judge_result(result: Any, bill: Bill, payments: Sequence[Money], cancel_reason: str) -> Iterator[str]:
    """What is wrong with a result, in words."""
    try:
        status, listed = result["status"], list(result["payments"])
        if result["invoice_id"] != bill.invoice_id:
            yield f"the result is of {result['invoice_id']}"
        if status not in ENDS[bill.fate]:
            yield f"the result says {status}; the invoice can only be {' or '.join(ENDS[bill.fate])}"
        yield from _judge_payments(listed, payments)
        yield from _judge_amounts(result, bill, status, {each.payment_id: each.amount for each in payments}, listed)
        yield from _judge_reasons(result["reasons"], status, cancel_reason)
        yield from _judge_refunded(list(result["refunded"]), status, listed, payments)
    except (KeyError, TypeError) as error:
        yield f"the result has not the fields it must have: {error!r} in {result!r}"


def _judge_payments(listed: Sequence[str], payments: Sequence[Money]) -> Iterator[str]:
    booked = {each.payment_id: each.booked_seconds for each in payments if each.booked_seconds is not None}
    answered = {each.payment_id: each.answered_seconds for each in payments if each.answered_seconds is not None}
    settled = {each.payment_id for each in payments if each.settled}
    if missing := sorted(settled - set(listed)):
        yield f"the result leaves out {', '.join(missing)}, which the provider settled"
    if unknown := sorted(set(listed) - booked.keys()):
        yield f"the result counts {', '.join(unknown)}, which accounting has no entry of"
    if len(set(listed)) != len(listed):
        yield f"the result lists a payment twice: {', '.join(listed)}"
    # A payment is counted after it was booked and before it is answered: one that was answered before another was
    # booked stands before it.
    latest = 0.0
    for payment_id in listed:
        if payment_id in answered and answered[payment_id] < latest:
            yield f"the result lists {payment_id} behind a payment that was booked after it was answered"
        latest = max(latest, booked.get(payment_id, 0.0))


def _judge_amounts(
    result: Mapping[str, Any], bill: Bill, status: str, amounts: Mapping[str, Decimal], listed: Sequence[str]
) -> Iterator[str]:
    zero = bill.total - bill.total
    paid = sum((amounts.get(payment_id, zero) for payment_id in listed), zero)
    outstanding = zero if status == CANCELLED else bill.total - paid
    for name, amount in (("paid", paid), ("outstanding", outstanding)):
        wanted = {"amount": f"{amount:f}", "currency": bill.currency}
        if result[name] != wanted:
            yield f"the result says {result[name]} for {name}, it is {wanted}"
    if status in ("paid", "overdue") and (status == "paid") != (paid == bill.total):
        yield f"the result says {status}, with {paid} paid of {bill.total} {bill.currency}"


def _judge_reasons(reasons: Sequence[str], status: str, cancel_reason: str) -> Iterator[str]:
    if status == INVALID:
        if not reasons or not all(isinstance(reason, str) and reason.strip() for reason in reasons):
            yield f"the result says invalid, and not why: {list(reasons)}"
    elif list(reasons) != ([cancel_reason] if status == CANCELLED else []):
        yield f"the result of an invoice that ended {status} says {list(reasons)} for its reasons"


def _judge_refunded(
    refunded: Sequence[str], status: str, listed: Sequence[str], payments: Sequence[Money]
) -> Iterator[str]:
    went_back = sorted(
        (each.refunded_seconds, each.payment_id) for each in payments if each.refunded_seconds is not None
    )
    if refunded != [payment_id for _, payment_id in went_back]:
        happened = ", ".join(payment_id for _, payment_id in went_back) or "nothing"
        yield f"the result says that {', '.join(refunded) or 'nothing'} went back; the provider gave back {happened}"
    if status == CANCELLED and set(refunded) != set(listed):
        yield f"the result is cancelled with {', '.join(listed)} paid and {', '.join(refunded)} given back"
