"""*shown*: what ``GET /invoices/{id}`` shows in the final reads is what was uploaded and what came of it.

Judged are customer, currency, instants, every line with its amounts, net, tax and total, which the oracle computes from
the file; and status, paid, refunded and outstanding, which follow from the world's record. More fields than these are
no harm.

Not covered: the trail of statuses (the statuses check), and which of several permitted ends it came to (payments).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from harness.judge.checks.effects import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.content.bills import accepted, put_in
from scenarios.invoices.checks.content.results import CANCELLED, ENDS
from scenarios.invoices.checks.facts.expected import last_runs
from scenarios.invoices.checks.facts.money import Money, money_by_invoice
from scenarios.invoices.oracle.arithmetic import amount_in, is_sum_of_some, plain_number
from scenarios.invoices.oracle.bills import Bill, BillLine


@dataclass(frozen=True)
class ShownCheck:
    """Compares what the API shows of each accepted invoice with what the oracle computes."""

    name: str = field(default="shown", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for an invoice that is shown as another; UNKNOWN where one could not be read."""
        invoices, money = record.once(put_in), record.once(money_by_invoice)
        ended = {execution.subject for execution in last_runs(record) if execution.status == "COMPLETED"}
        findings: list[Finding] = []
        wanted = sorted(accepted(record) & invoices.keys())
        unread = [invoice_id for invoice_id in wanted if invoice_id not in record.shown]
        for invoice_id in wanted:
            if invoice_id in record.shown:
                shown, bill = record.shown[invoice_id], invoices[invoice_id].bill
                for message in judge_shown(shown, bill, money.get(invoice_id, ()), ended=invoice_id in ended):
                    findings.append(Finding(invoice_id, message, story_of(record, invoice_id)))
        counts: dict[str, int | float | str] = {"accepted": len(wanted), "read": len(wanted) - len(unread)}
        if findings:
            found = counted(len(findings), "thing that is shown is", "things that are shown are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong", tuple(findings), counts)
        if unread or not wanted:
            summary = f"{len(unread)} of {len(wanted)} invoices could not be read back, so nothing is said of them"
            return CheckResult(self.name, Verdict.UNKNOWN, summary if wanted else "no invoice was accepted", (), counts)
        return CheckResult(self.name, Verdict.VALID, f"all {len(wanted)} invoices are shown as they are", (), counts)


def judge_shown(shown: Mapping[str, Any], bill: Bill, payments: Sequence[Money], *, ended: bool) -> Iterator[str]:
    """What is wrong with what is shown, in words.

    :param ended: whether its workflow has; then its status is a final one.
    """
    customer = {"name": bill.customer_name, "email": bill.customer_email, "tax_number": bill.tax_number}
    sums = {"net": f"{bill.net:f}", "tax": f"{bill.tax:f}", "total": f"{bill.total:f}"}
    wanted = {"invoice_id": bill.invoice_id, "customer": customer, "currency": bill.currency, **sums}
    for name, value in wanted.items():
        if shown.get(name) != value:
            yield f"{name} is shown as {shown.get(name)!r}, the oracle says {value!r}"
    for name, instant in (("issued_at", bill.issued_at), ("due_at", bill.due_at)):
        if _instant(shown.get(name)) != instant:
            yield f"{name} is shown as {shown.get(name)!r}, the oracle says {instant.isoformat()}"
    yield from _judge_lines(shown.get("lines"), bill.lines)
    yield from _judge_money(shown, bill, payments, ended=ended)
    status = shown.get("status")
    if ended and status not in ENDS[bill.fate]:
        yield f"status is shown as {status!r}; the invoice can only be {' or '.join(ENDS[bill.fate])}"


def _judge_lines(shown: Any, lines: Sequence[BillLine]) -> Iterator[str]:
    if not isinstance(shown, list) or len(shown) != len(lines):
        yield f"{len(shown) if isinstance(shown, list) else 'no'} lines are shown, the invoice has {len(lines)}"
        return
    for number, (said, line) in enumerate(zip(shown, lines, strict=True), start=1):
        texts = {
            "description": line.description,
            "net": f"{line.net:f}",
            "tax": f"{line.tax:f}",
            "total": f"{line.total:f}",
        }
        for name, value in texts.items():
            if said.get(name) != value:
                yield f"line {number}: {name} is shown as {said.get(name)!r}, the oracle says {value!r}"
        figures = {"quantity": line.quantity, "unit_price": line.unit_price, "tax_rate": line.tax_rate}
        for name, figure in figures.items():
            if _figure(said.get(name)) != figure:
                yield f"line {number}: {name} is shown as {said.get(name)!r}, the oracle says {float(figure):g}"


def _judge_money(shown: Mapping[str, Any], bill: Bill, payments: Sequence[Money], *, ended: bool) -> Iterator[str]:
    zero, status = bill.total - bill.total, shown.get("status")
    settled = sum((each.amount for each in payments if each.settled), zero)
    paid = amount_in(str(shown.get("paid")), bill.currency)
    # What was booked and then neither taken nor refused for us may be counted or not; other checks have their say.
    perhaps = [each.amount for each in payments if each.booked_seconds is not None and not each.settled]
    if paid is None or not is_sum_of_some(paid - settled, perhaps):
        yield f"paid is shown as {shown.get('paid')!r}, the provider settled {settled:f} {bill.currency}"
        return
    outstanding = zero if status == CANCELLED else bill.total - paid
    if shown.get("outstanding") != f"{outstanding:f}":
        yield f"outstanding is shown as {shown.get('outstanding')!r}, it is {outstanding:f} {bill.currency}"
    refunded = sum((each.amount for each in payments if each.refunded_seconds is not None), zero)
    if ended and shown.get("refunded") != f"{refunded:f}":
        yield f"refunded is shown as {shown.get('refunded')!r}, the provider gave back {refunded:f} {bill.currency}"
    if status in ("paid", "overdue") and (status == "paid") != (paid == bill.total):
        yield f"status is shown as {status}, with {paid:f} paid of {bill.total:f} {bill.currency}"
    if refunded and status != CANCELLED and ended:
        yield f"status is shown as {status}, though {refunded:f} {bill.currency} went back"


def _instant(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _figure(text: Any) -> Fraction | None:
    return plain_number(text) if isinstance(text, str) else None
