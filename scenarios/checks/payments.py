"""*payments*: every invoice ended in a state that the oracle permits together with the money that really came.

The money's word is the payment provider's: settled (the application took it) or returned (it refused it, and the money
went back). An invoice that says "paid" with half its money, or that took money and does not count it, is found here, as
is money that is neither taken nor returned.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from harness.checks.effects import story_of
from harness.record import Execution, Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.checks.expected import expected_invoices, last_runs, outcomes, payments_made
from scenarios.oracle.expected import Expected


@dataclass(frozen=True)
class PaymentsCheck:
    """Compares the final state and the paid total of every invoice with the provider's record and the oracle."""

    name: str = field(default="payments", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for a state, a total or a fate of money that is not permitted; UNKNOWN when nothing was processed."""
        executions = {execution.workflow_id: execution for execution in last_runs(record)}
        asked = outcomes(record, "process")
        settled = {e.detail["payment_id"] for e in record.effects if e.operation == "settled"}
        returned = {e.detail["payment_id"] for e in record.effects if e.operation == "returned"}
        findings: list[Finding] = []
        states: Counter[str] = Counter()
        for invoice_id, expected in expected_invoices(record).items():
            if asked.get(invoice_id) is not Outcome.OK and "refused" not in expected.states:
                continue
            execution = executions.get(f"invoice-{invoice_id}")
            state = _state(execution)
            states[state] += 1
            ours = {payment.payment_id for payment in expected.payments}
            for message in _judge(record, expected, execution, state, ours & settled, ours & returned):
                under_way = execution is None or execution.status == "RUNNING"
                findings.append(Finding(invoice_id, message, story_of(record, invoice_id), under_way))
        counts: dict[str, int | float | str] = {**states, "payments settled": len(settled), "returned": len(returned)}
        counts["lost"] = sum("neither settled nor returned" in finding.message for finding in findings)
        if findings:
            found = counted(len(findings), "invoice or payment has", "invoices or payments have")
            summary = f"{found} ended as none may"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not settled:
            return CheckResult(self.name, Verdict.UNKNOWN, "no payment was settled, so none was checked", (), counts)
        summary = f"{states['paid']} invoices are paid, {states['overdue']} overdue, {states['invalid']} invalid"
        summary += f", {states['cancelled']} cancelled"
        return CheckResult(self.name, Verdict.VALID, f"{summary}, each with the money that came", (), counts)


def _state(execution: Execution | None) -> str:
    """The final state by the workflow's own result; an invoice that was never processed is refused."""
    if execution is None:
        return "refused"
    return str(execution.result["status"]) if execution.result else f"{execution.status} ({execution.state})"


def _judge(
    record: Record, expected: Expected, execution: Execution | None, state: str, settled: set[str], returned: set[str]
) -> list[str]:
    messages = []
    made = payments_made(record)
    open_money = [p for p in expected.payments if made.get(p.payment_id) is Outcome.OK]
    for payment in open_money:
        if payment.payment_id not in settled | returned:
            messages.append(f"{payment.payment_id}: the customer's money is neither settled nor returned")
    if messages:
        return messages
    total = sum((p.amount for p in expected.payments if p.payment_id in settled), Decimal(0))
    if execution is not None and execution.result and Decimal(execution.result["paid"]["amount"]) != total:
        counted = execution.result["paid"]["amount"]
        messages.append(f"the invoice counts {counted} as paid, the provider settled {total}")
    cancelling = outcomes(record, "cancel").get(expected.invoice_id)
    if cancelling in (Outcome.OK, Outcome.FAIL) and (cancelling is Outcome.OK) != (state == "cancelled"):
        answer = "accepted" if cancelling is Outcome.OK else "refused"
        messages.append(f"ended {state}, though its cancelling was {answer}")
    if not _permitted(expected, state, settled, made):
        payments = ", ".join(sorted(settled)) or "nothing"
        wanted = " or ".join(sorted(expected.states))
        messages.append(f"ended {state} with {payments} settled; permitted is {wanted}")
    return messages


def _permitted(expected: Expected, state: str, settled: set[str], made: dict[str, Outcome]) -> bool:
    """As the oracle says, where every payment was made; what no customer paid cannot be settled either."""
    if all(made.get(payment.payment_id) is Outcome.OK for payment in expected.payments):
        return expected.permits(state, settled)
    return state in expected.states | {"overdue"}
