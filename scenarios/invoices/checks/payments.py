"""*payments*: the money of every invoice came to a right end, and the invoice with it.

The money's word is the payment provider's: settled (the application took it) or returned (it refused it, and the money
went back). What was turned away as too late must have been too late, what was taken must have come in time, and the
state follows from what was taken. An invoice that says "paid" with half its money, or that took money and does not
count it, is found here, as is money that is neither taken nor returned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from harness.judge.checks.effects import story_of
from harness.record.record import Execution, Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.facts.expected import measured_invoices, was_asked
from scenarios.invoices.checks.facts.facts import facts_of
from scenarios.invoices.oracle.ends import wrong_end, wrong_fates
from scenarios.invoices.oracle.invoices import Fate
from scenarios.invoices.oracle.measured import Measured


@dataclass(frozen=True)
class PaymentsCheck:
    """Compares the final state and the paid total of every invoice with the provider's record and the oracle."""

    name: str = field(default="payments", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a state, a total or a fate of money that is not right; UNKNOWN when nothing was processed."""
        facts = facts_of(record)
        findings: list[Finding] = []
        states: Counter[str] = Counter()
        for invoice_id, measured in measured_invoices(record).items():
            if was_asked(record, invoice_id) is not Outcome.OK and measured.expected.judged.fate is not Fate.REFUSED:
                continue
            execution, state = facts.invoice(invoice_id).last_run, facts.invoice(invoice_id).state
            states[state] += 1
            under_way = execution is None or execution.status == "RUNNING"
            for message in _judge(record, measured, execution, state):
                findings.append(Finding(invoice_id, message, story_of(record, invoice_id), under_way))
        fates = Counter(facts.fates.values())
        counts: dict[str, int | float | str] = {
            **states,
            "payments settled": fates["settled"],
            "returned": fates["returned"],
            "lost": sum(LOST in finding.message for finding in findings),
        }
        if findings:
            found = counted(len(findings), "invoice or payment has", "invoices or payments have")
            summary = f"{found} ended as none may"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not fates["settled"]:
            return CheckResult(self.name, Verdict.UNKNOWN, "no payment was settled, so none was checked", (), counts)
        summary = f"{states['paid']} invoices are paid, {states['overdue']} overdue, {states['invalid']} invalid"
        summary += f", {states['cancelled']} cancelled"
        return CheckResult(self.name, Verdict.VALID, f"{summary}, each with the money that came", (), counts)


LOST = "neither settled nor returned"


def _judge(record: Record, measured: Measured, execution: Execution | None, state: str) -> Iterator[str]:
    made = facts_of(record).payments
    lost = [
        paid.payment.payment_id
        for paid in measured.payments
        if not paid.fate and (pay := made.get(paid.payment.payment_id)) is not None and pay.outcome is Outcome.OK
    ]
    if lost:
        yield from (f"{payment_id}: the customer's money is {LOST}" for payment_id in lost)
        return
    yield from wrong_fates(measured)
    yield from wrong_end(measured, state)
    if execution is not None and execution.result:
        counted_paid = Decimal(execution.result["paid"]["amount"])
        if counted_paid != measured.settled:
            yield f"the invoice counts {counted_paid} as paid, the provider settled {measured.settled}"
