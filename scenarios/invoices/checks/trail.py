"""*trail*: the books tell how each invoice came to its end: every status once, in its order, when it came true.

What the books say in the end may be right by luck: a status that was never written is covered up by the next, and one
written twice or taken back in between leaves no other trace. So the whole audit trail is compared with the oracle's
sequence, whatever path the invoice took, each instant with what the world has seen (``instants``), and each writer with
the runs of the invoice's own workflow. Data flow: ``trail`` of the final reads → **verdict**.

Not covered: that the last status is the right end (the payments check says that).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from harness.judge.checks.story import story_of
from harness.record.record import Record
from harness.verdict import CheckResult, Finding, Verdict, counted
from scenarios.invoices.checks.facts.expected import ENDS, agendas, measured_invoices
from scenarios.invoices.checks.facts.facts import InvoiceFacts, facts_of
from scenarios.invoices.checks.facts.identities import BOOK, MAIL
from scenarios.invoices.checks.instants import moment_of, wrong_instants
from scenarios.invoices.checks.reminders import SLOW_SECONDS, decided_in_peace, open_until, sent_by
from scenarios.invoices.oracle.agenda import Agenda
from scenarios.invoices.oracle.ends import CLOCKS_SECONDS
from scenarios.invoices.oracle.measured import Measured


@dataclass(frozen=True)
class TrailCheck:
    """Compares the audit trail that the API shows of each ended invoice with the sequences that the oracle permits."""

    name: str = field(default="trail", init=False)

    def __call__(self, record: Record) -> CheckResult:
        """INVALID for another sequence, run or instant; UNKNOWN for what was not read, or nobody can date."""
        facts = facts_of(record)
        findings: list[Finding] = []
        ended = unread = timeless = entries = 0
        for invoice_id in measured_invoices(record):
            invoice = facts.invoice(invoice_id)
            if invoice.state not in ENDS:
                continue
            ended += 1
            shown = record.shown.get(invoice_id)
            if shown is None:
                unread += 1
                continue
            trail: Sequence[Mapping[str, Any]] = shown.get("trail") or ()
            entries += len(trail)
            timeless += moment_of(record, invoice_id) is None
            for message in _judge(record, invoice_id, invoice, shown, trail):
                findings.append(Finding(invoice_id, message, story_of(record, invoice_id)))
        counts: dict[str, int | float | str] = {"ended": ended, "read": ended - unread, "statuses": entries}
        if findings:
            found = counted(len(findings), "thing is", "things are")
            return CheckResult(self.name, Verdict.INVALID, f"{found} wrong in the trails", tuple(findings), counts)
        if unread or not ended:
            summary = f"{unread} of {ended} ended invoices could not be read back, so nothing is said of them"
            return CheckResult(self.name, Verdict.UNKNOWN, summary if ended else "no invoice ended", (), counts)
        if timeless:
            summary = (
                f"of {timeless} invoices nobody knows when their file was dated, so their instants were not checked"
            )
            return CheckResult(self.name, Verdict.UNKNOWN, summary, (), counts)
        summary = f"the books tell of all {ended} invoices how they came to their end, each status once and since when"
        return CheckResult(self.name, Verdict.VALID, summary, (), counts)


def permitted_trails(record: Record, invoice_id: str) -> tuple[tuple[str, ...], ...]:
    """The sequences of statuses that the books may hold of an invoice that has ended, the likeliest first."""
    state = facts_of(record).invoice(invoice_id).state
    measured, instants = measured_invoices(record)[invoice_id], agendas(record).get(invoice_id)
    if state == "invalid" or not measured.expected.mail:
        return ((state,),)
    if state == "overdue":
        # Nothing else than the passing of the due instant leads there.
        stays_open = instants is not None and instants.closes_seconds > instants.due_seconds
        return (("sent", "past-due", state),) if stays_open else (("sent", state),)
    answer: list[tuple[str, ...]] = [("sent", state)] if _never_past_due(record, measured, instants) else []
    if instants is not None and _may_be_past_due(measured, instants):
        answer.append(("sent", "past-due", state))
    if state == "cancelled" and _may_never_be_sent(record, measured):
        answer.append((state,))
    return tuple(answer)


def _never_past_due(record: Record, measured: Measured, instants: Agenda | None) -> bool:
    """Whether it may have ended without being seen open past its due instant."""
    if instants is None or instants.closes_seconds == instants.due_seconds:
        return True
    invoice_id, due = measured.expected.invoice_id, instants.due_seconds
    return not (
        sent_by(record, invoice_id) < due - CLOCKS_SECONDS
        and open_until(record, measured) > due + SLOW_SECONDS
        and decided_in_peace(record, invoice_id, instants, due)
    )


def _may_be_past_due(measured: Measured, instants: Agenda) -> bool:
    """Whether it was possibly open at its due instant."""
    closed = [measured.surely_paid_seconds]
    if measured.cancelling is not None and measured.cancelling.accepted:
        closed.append(measured.cancelling.answered_seconds)
    return instants.closes_seconds > instants.due_seconds and all(
        each is None or each > instants.due_seconds - CLOCKS_SECONDS for each in closed
    )


def _may_never_be_sent(record: Record, measured: Measured) -> bool:
    """Whether it may have been cancelled before it was recorded as sent."""
    cancelling, invoice_id = measured.cancelling, measured.expected.invoice_id
    return cancelling is None or sent_by(record, invoice_id) > cancelling.asked_seconds - CLOCKS_SECONDS


def _judge(
    record: Record, invoice_id: str, invoice: InvoiceFacts, shown: Mapping[str, Any], trail: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    statuses = tuple(str(entry.get("status")) for entry in trail)
    permitted = permitted_trails(record, invoice_id)
    if statuses not in permitted:
        wanted = " or ".join(_in_words(each) for each in permitted)
        yield f"its trail is {_in_words(statuses)}; permitted is {wanted}"
    done = facts_of(record).done
    if "sent" in statuses and ((MAIL, invoice_id) not in done or (BOOK, f"invoice {invoice_id}") not in done):
        yield "its trail says that it was sent, but the world has not seen it mailed and booked"
    if statuses and shown.get("status") != statuses[-1]:
        yield f"the books say {shown.get('status') or 'nothing'}, their trail ends with {statuses[-1]}"
    runs = {run.run_id for run in invoice.runs}
    for entry in trail:
        if entry.get("run_id") not in runs:
            yield f"{entry.get('status')} was written by {entry.get('run_id') or 'nobody'}, which is no run of its own"
    instants = [_instant(entry.get("at")) for entry in trail]
    known = [each for each in instants if each is not None]
    if len(known) < len(instants):
        yield "its trail has a status without an instant"
    else:
        yield from wrong_instants(record, invoice_id, tuple(zip(statuses, known, strict=True)))
    for before, after in pairwise(known):
        if after < before:
            yield f"its trail goes back in time: {after.isoformat()} stands after {before.isoformat()}"


def _in_words(statuses: Sequence[str]) -> str:
    return " → ".join(statuses) or "empty"


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
