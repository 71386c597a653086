"""*compensations*: what was done for a cancelled invoice is undone wholly, in its order, and nothing else is.

The order is promised: money goes back first, and a refund is booked once the provider has made it; then the invoice's
booking is taken back; the credit note is mailed last, when everything it says is true. That each thing is undone once
is the effects check's to say, and what stands in the bookings that of the books check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from harness.checks.effects import story_of
from harness.record import Outcome, Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.checks.expected import (
    BOOK,
    MAIL,
    REFUND,
    acts_done,
    cancel_outcome,
    expected_invoices,
    undoing,
)
from scenarios.oracle.expected import Expected

Done = Mapping[tuple[tuple[str, str], str], float]


@dataclass(frozen=True)
class CompensationsCheck:
    """Judges each invoice of which anything was undone, whether its cancelling was answered or not."""

    name: str = field(default="compensations", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for half an undoing or a wrong order; UNKNOWN when no invoice that was sent was cancelled."""
        done = acts_done(record)
        findings: list[Finding] = []
        cancelled = undone = 0
        for invoice_id, expected in expected_invoices(record).items():
            wanted = undoing(record, expected)
            begun = [act for act in wanted if act in done]
            cancelled += cancel_outcome(record, expected) is Outcome.OK
            undone += bool(begun)
            if not begun:
                continue
            for kind, act in wanted:
                if (kind, act) not in done:
                    message = f"{'/'.join(kind)} {act} is missing from its undoing"
                    findings.append(replace(_finding(record, invoice_id, message), could_still_come=True))
            for first, then in _order(expected):
                if first in done and then in done and done[first] > done[then]:
                    message = f"{_in_words(then)} came {done[first] - done[then]:.3f} s before {_in_words(first)}"
                    findings.append(_finding(record, invoice_id, message))
        counts: dict[str, int | float | str] = {"cancelled": cancelled, "undone": undone}
        if findings:
            found = counted(len(findings), "thing was", "things were")
            summary = f"{found} undone by half or in a wrong order"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not undone:
            return CheckResult(self.name, Verdict.UNKNOWN, "no invoice was cancelled after it was sent", (), counts)
        summary = f"{cancelled} invoices were cancelled; all that was done for {undone} of them is undone, in its order"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _order(expected: Expected) -> list[tuple[tuple[tuple[str, str], str], tuple[tuple[str, str], str]]]:
    """Pairs of acts of which the first comes before the second, where both are there."""
    reversal = (BOOK, f"credit-note {expected.invoice_id}")
    letter = (MAIL, f"credit-note {expected.invoice_id}")
    pairs = [(reversal, letter)]
    for payment in expected.payments:
        given_back, booked = (REFUND, f"refund {payment.payment_id}"), (BOOK, f"refund {payment.payment_id}")
        pairs += [(given_back, booked), (booked, reversal), (booked, letter)]
    return pairs


def _in_words(act: tuple[tuple[str, str], str]) -> str:
    return f"{'/'.join(act[0])} of {act[1]}"


def _finding(record: Record, invoice_id: str, message: str) -> Finding:
    return Finding(invoice_id, message, story_of(record, invoice_id))
