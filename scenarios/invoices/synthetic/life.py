"""The life of one invoice in a synthetic run, from its processing to its end, as its customer has it.

What the workflow does (``workflows.invoices.workflow``) is told here once more, in plain steps and with the times of a
machine that is never busy. Whether it ends as it should is the oracle's to say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.record.history_endings import plain
from scenarios.invoices.synthetic.asked import ask
from scenarios.invoices.synthetic.case import Case
from scenarios.invoices.synthetic.paying import Booked, Open, pay
from scenarios.invoices.synthetic.timeline import API_SECONDS, TASK_SECONDS, instant, seconds_of
from scenarios.invoices.workload.calls import CANCEL_REASON
from workflows.invoices.agenda import Agenda
from workflows.invoices.model import InvoiceResult, Status
from workflows.invoices.rules import reasons_against
from workflows.kit.money import Money

MAIL, BOOKING = "mail", "booking"


@dataclass
class Life:
    """One invoice and its customer.

    :param customer: as the workload describes it.
    :param base_seconds: what its times are counted from.
    """

    case: Case
    customer: Mapping[str, Any]
    base_seconds: float
    agenda: Agenda
    cancelled_seconds: float = math.inf
    done: list[tuple[float, str | Booked]] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)

    def run(self) -> None:
        """Live it to its end."""
        case = self.case
        payments = sorted(self.customer["payments"], key=lambda payment: payment["after_seconds"])
        asked = self._cancel_asked()
        if asked is not None and not payments:
            self.cancelled_seconds = asked
        case.enter(Status.VALIDATING)
        validated = case.perform("validate_invoice", case.began_seconds).ended_seconds
        reasons = reasons_against(case.deeds.invoice)
        if reasons and self.cancelled_seconds > validated:
            self._pay(payments, Open(None, validated))
            return self._close(validated, Status.INVALID, reasons)
        sent, ready = self._send(validated) if self.cancelled_seconds > validated else (None, validated)
        opened = Open(sent, max(ready, min(self.cancelled_seconds, ready)), seconds_of(self.agenda.closes_at))
        if asked is not None and payments:
            # Cancelling waits until the first payment has come to its end.
            self._pay(payments[:1], opened)
            self.cancelled_seconds = max(asked, *(each.answered_seconds for each in self.booked))
            payments = payments[1:]
        closes = min(opened.until_seconds, self.cancelled_seconds)
        self._pay(payments, Open(sent, opened.refuses_seconds, closes))
        self._collect(ready)

    def _cancel_asked(self) -> float | None:
        seconds: float | None = self.customer["cancel_seconds"]
        if seconds is None:
            return None
        return max(self.base_seconds + max(0.0, seconds), self.case.began_seconds + API_SECONDS)

    def _pay(self, payments: list[Any], opened: Open) -> None:
        earliest = self.case.began_seconds + API_SECONDS
        for payment in payments:
            asked = max(self.base_seconds + payment["after_seconds"], earliest)
            booked = pay(self.case, payment, asked, opened, self.case.deeds.invoice.total - self._paid(math.inf))
            if booked is not None:
                self.booked.append(booked)
                self.done.append((booked.at_seconds, booked))
        self.booked.sort(key=lambda each: each.at_seconds)

    def _send(self, at_seconds: float) -> tuple[float | None, float]:
        """Render, mail and book: when it was sent, if it was, and when the workflow looks around again."""
        case, deeds = self.case, self.case.deeds
        case.enter(Status.SENDING)
        at = case.perform("render_invoice", at_seconds).ended_seconds
        if self.cancelled_seconds <= at:
            return None, at
        refused = deeds.invoice.customer.email.endswith("@refused.example")
        mail = deeds.invoice_mailed(instant(case.began_seconds))
        mailed = case.perform("send_invoice_email", at, mail, refused=refused)
        if mailed.refused:
            case.enter(Status.HELD)
            case.enter(Status.SENDING)
            held_until = self._cancel_asked()
            assert held_until is not None, "who cannot be reached cancels, or is held for ever"
            return None, max(mailed.ended_seconds, held_until)
        at = mailed.ended_seconds
        self.done.append((at, MAIL))
        if self.cancelled_seconds <= at:
            return None, at
        at = case.perform("book_invoice", at, deeds.invoice_booked()).ended_seconds
        self.done.append((at, BOOKING))
        if self.cancelled_seconds <= at:
            return None, at
        return at, case.record_status(at, Status.SENT)

    def _collect(self, at_seconds: float) -> None:
        """Remind, and wait for what comes first: all the money, the closing instant, or a cancellation."""
        total = self.case.deeds.invoice.total
        settled = self.booked[-1].at_seconds if self.booked and self._paid(math.inf) == total else math.inf
        closes, due = seconds_of(self.agenda.closes_at), seconds_of(self.agenda.due_at)
        reminders = [seconds_of(at) for at in self.agenda.reminders_at]
        sent = next((at for at, done in self.done if done == BOOKING), math.inf)
        reminded, past_due, now = sum(at <= sent for at in reminders), False, at_seconds
        while True:
            if self.cancelled_seconds <= now:
                return self._undo(max(now, self.cancelled_seconds))
            if settled <= now:
                return self._end(now, Status.PAID)
            if due <= now and due < closes and not past_due:
                past_due = True
                now = self.case.record_status(now, Status.PAST_DUE)
                continue
            if closes <= now:
                busy = max([now, *(each.at_seconds for each in self.booked)])
                return self._end(busy, Status.PAID if settled <= busy else Status.OVERDUE)
            if reminded < len(reminders) and reminders[reminded] <= now:
                planned, owed = instant(reminders[reminded]), total - self._paid(now)
                reminder = self.case.deeds.reminded(reminded + 1, planned, owed)
                now = self.case.perform("send_reminder_email", now, reminder).ended_seconds
                reminded += 1
            else:
                ahead = [*reminders[reminded:], closes, *([] if past_due else [due])]
                now = min(self.cancelled_seconds, settled, *ahead)

    def _paid(self, at_seconds: float) -> Money:
        currency = self.case.deeds.invoice.currency
        came = (each.payment.amount for each in self.booked if each.at_seconds <= at_seconds)
        return sum(came, Money.zero(currency))

    def _undo(self, at_seconds: float) -> None:
        """Undo all that was done, the latest first."""
        case, deeds = self.case, self.case.deeds
        asked_at = instant(self.cancelled_seconds)
        case.enter(Status.CANCELLING)
        at = max([at_seconds, *(when for when, _ in self.done)])
        # What was done at one instant goes back in the other order, too: `reverse=True` would leave it as it was.
        for _, deed in reversed(sorted(self.done, key=lambda each: each[0])):
            if isinstance(deed, Booked):
                at = case.perform("refund_payment", at, deeds.refunded(deed.payment)).ended_seconds
                at = case.perform("book_refund", at, deeds.refund_booked(deed.payment)).ended_seconds
            elif deed == BOOKING:
                at = case.perform("book_credit_note", at, deeds.credit_note_booked()).ended_seconds
            else:
                at = case.perform("render_credit_note", at).ended_seconds
                letter = deeds.credit_note_mailed(CANCEL_REASON, asked_at)
                at = case.perform("send_credit_note_email", at, letter).ended_seconds
        self._close(at, Status.CANCELLED, (CANCEL_REASON,))
        assert case.closed_seconds is not None
        self._cancel_answered(case.closed_seconds, "OK", {"status": "cancelled", "invoice_id": case.invoice_id})

    def _end(self, at_seconds: float, status: Status) -> None:
        self._close(at_seconds, status, ())
        if self.cancelled_seconds < math.inf:
            self._cancel_answered(self.cancelled_seconds, "FAIL", {"status": 409})

    def _cancel_answered(self, at_seconds: float, outcome: str, detail: dict[str, Any]) -> None:
        operation_id, lines = f"cancel/{self.case.invoice_id}", self.case.stage.lines
        detail = {**detail, "asked_seconds": round(self.cancelled_seconds, 6)}
        intended = self.base_seconds + max(0.0, self.customer["cancel_seconds"])
        answered = at_seconds + API_SECONDS
        invoked = self.cancelled_seconds
        ask(lines, operation_id, self.case.invoice_id, invoked, answered, outcome, detail, intended_seconds=intended)

    def _close(self, at_seconds: float, status: Status, reasons: tuple[str, ...]) -> None:
        case, paid = self.case, self._paid(math.inf)
        case.booked = [each.payment for each in self.booked]
        case.closed_seconds = case.record_status(at_seconds, status) + TASK_SECONDS
        total = case.deeds.invoice.total
        outstanding = Money.zero(paid.currency) if status is Status.CANCELLED else total - paid
        ids = tuple(each.payment.payment_id for each in self.booked)
        refunded = ids[::-1] if status is Status.CANCELLED else ()
        case.result = plain(InvoiceResult(case.invoice_id, status, paid, outstanding, ids, reasons, refunded))
