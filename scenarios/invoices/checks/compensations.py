"""*compensations*: what was done for a cancelled invoice is undone wholly, in its order, and nothing else is.

What was done is what the world has seen, whatever the application heard of it: a booking whose reply was lost, and
which was refused when it was asked for again, has been done all the same. The order is promised: what was taken is
booked before it goes back; money goes back first, and a refund is booked once the provider has made it; then the
invoice's booking is taken back; the credit note is mailed last, when everything it says is true. In the end the books
hold nothing of a cancelled invoice.

That each thing is undone once is the effects check's to say, and what stands in the bookings that of the books check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from harness.judge.checks.effects import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.books import booking_of
from scenarios.invoices.checks.facts.acts import undoing
from scenarios.invoices.checks.facts.expected import expected_invoices, is_cancelled
from scenarios.invoices.checks.facts.facts import Facts, facts_of
from scenarios.invoices.checks.facts.identities import BOOK, MAIL, REFUND, Act
from scenarios.invoices.oracle.bookings import balances
from scenarios.invoices.oracle.expected import Expected


@dataclass(frozen=True)
class CompensationsCheck:
    """Judges each invoice that was cancelled or of which anything was undone."""

    name: str = field(default="compensations", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for half an undoing or a wrong order; UNKNOWN when no invoice that was sent was cancelled."""
        facts = facts_of(record)
        findings: list[Finding] = []
        cancelled = undone = 0
        for invoice_id, expected in expected_invoices(record).items():
            accepted = is_cancelled(record, invoice_id)
            wanted = undoing(record, expected)
            begun = any(act in facts.done for act in wanted)
            cancelled += accepted is True
            undone += begun
            if wanted and (begun or accepted):
                findings += _judge(record, facts, expected, wanted)
        counts: dict[str, int | float | str] = {"cancelled": cancelled, "undone": undone}
        if findings:
            found = counted(len(findings), "thing was", "things were")
            summary = f"{found} undone by half or in a wrong order"
            return CheckResult(self.name, Verdict.INVALID, summary, tuple(findings), counts)
        if not undone:
            return CheckResult(self.name, Verdict.UNKNOWN, "no invoice was cancelled after it was sent", (), counts)
        summary = f"{cancelled} invoices were cancelled; all that was done for {undone} of them is undone, in its order"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def _judge(record: Record, facts: Facts, expected: Expected, wanted: list[Act]) -> Iterator[Finding]:
    invoice_id = expected.invoice_id
    missing = [act for act in wanted if act not in facts.done]
    for kind, act in missing:
        message = f"{'/'.join(kind)} {act} is missing from its undoing"
        yield replace(_finding(record, invoice_id, message), could_still_come=True)
    for first, then in _order(expected):
        if first in facts.done and then in facts.done:
            early = facts.done[first].at_seconds - facts.done[then].at_seconds
            if early > 0:
                yield _finding(record, invoice_id, f"{_in_words(then)} came {early:.3f} s before {_in_words(first)}")
    entries = [effect for effect in facts.invoice(invoice_id).effects if (effect.service, effect.operation) == BOOK]
    left = {account: amount for account, amount in balances(map(booking_of, entries)).items() if amount}
    if left and not missing:
        told = ", ".join(f"{amount} {currency} on {account}" for (currency, account), amount in sorted(left.items()))
        yield _finding(record, invoice_id, f"the books still hold {told} of it")


def _order(expected: Expected) -> list[tuple[Act, Act]]:
    """Pairs of acts of which the first comes before the second, where both are there."""
    reversal = (BOOK, f"credit-note {expected.invoice_id}")
    letter = (MAIL, f"credit-note {expected.invoice_id}")
    pairs = [(reversal, letter)]
    for payment in expected.payments:
        given_back, booked = (REFUND, f"refund {payment.payment_id}"), (BOOK, f"refund {payment.payment_id}")
        pairs += [((BOOK, f"payment {payment.payment_id}"), given_back)]
        pairs += [(given_back, booked), (booked, reversal), (booked, letter)]
    return pairs


def _in_words(act: Act) -> str:
    return f"{'/'.join(act[0])} of {act[1]}"


def _finding(record: Record, invoice_id: str, message: str) -> Finding:
    return Finding(invoice_id, message, story_of(record, invoice_id))
