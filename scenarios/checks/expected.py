"""Asks the oracle, once per record, what should have happened. Where it stands: record → **expected** → checks.

The oracle computes from the run's input alone: the files as uploaded (but for the instants) and what the customers were
to do. What the operations came to tells only whether the application was really asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.checks.effects import Acts
from harness.record import Effect, Execution, Outcome, Record
from scenarios.oracle.expected import Behaviour, Expected, Payment, expectations

# With workers dying, a payment made at any time before a near due instant may come too late: both ends are right.
RACE_SECONDS = 3600.0


def expected_invoices(record: Record) -> dict[str, Expected]:
    """What should have happened to every invoice that the run put in, by its id."""
    behaviours = {customer["invoice_id"]: _behaviour(customer) for customer in record.input["customers"]}
    answer: dict[str, Expected] = {}
    for text in record.input["files"].values():
        for expected in expectations(text, _of_file(text, behaviours), race_seconds=RACE_SECONDS):
            answer[expected.invoice_id] = expected
    return answer


def expected_acts(record: Record) -> Mapping[tuple[str, str], Acts]:
    """The business acts that had to happen, and those that may have, as the effects check wants them.

    An invoice that was asked for and accepted is mailed and booked; one whose acceptance is UNKNOWN may be. A payment
    that the customer made is booked, unless the oracle permits that it came too late. What was done for an invoice
    whose cancelling was accepted has to be undone, each thing that the world has seen; nothing else may be undone.
    """
    acts = _ActsBook()
    for invoice_id, expected in expected_invoices(record).items():
        asked = outcomes(record, "process").get(invoice_id, Outcome.FAIL)
        if asked is Outcome.FAIL or expected.booking is None:
            continue
        cancelled = cancel_outcome(record, expected)
        must = asked is Outcome.OK and cancelled is Outcome.FAIL
        acts.add(MAIL, invoice_id, must=must)
        acts.add(BOOK, f"invoice {invoice_id}", must=must)
        acts.add_all(MAIL, reminders_of(record, invoice_id))
        for payment in expected.payments:
            paid = payments_made(record).get(payment.payment_id, Outcome.FAIL)
            if paid is not Outcome.FAIL and "settled" in payment.all_fates:
                settles = paid is Outcome.OK and payment.fates == {"settled"}
                acts.add(BOOK, f"payment {payment.payment_id}", must=must and settles)
        if cancelled is not Outcome.FAIL:
            for kind, act in undoing(record, expected):
                acts.add(kind, act, must=cancelled is Outcome.OK)
    return acts.acts()


def cancel_outcome(record: Record, expected: Expected) -> Outcome:
    """Whether this invoice's cancelling was accepted; FAIL also where nobody asked or the oracle rules it out."""
    if "cancelled" not in expected.states:
        return Outcome.FAIL
    return outcomes(record, "cancel").get(expected.invoice_id, Outcome.FAIL)


def undoing(record: Record, expected: Expected) -> list[tuple[tuple[str, str], str]]:
    """What undoes that which the world has seen of an invoice, by kind of effect and business act."""
    invoice_id, done = expected.invoice_id, acts_done(record)
    answer = []
    if (MAIL, invoice_id) in done:
        answer.append((MAIL, f"credit-note {invoice_id}"))
    if (BOOK, f"invoice {invoice_id}") in done:
        answer.append((BOOK, f"credit-note {invoice_id}"))
    for payment in expected.payments:
        if (BOOK, f"payment {payment.payment_id}") in done:
            answer += [(REFUND, f"refund {payment.payment_id}"), (BOOK, f"refund {payment.payment_id}")]
    return answer


def acts_done(record: Record) -> dict[tuple[tuple[str, str], str], float]:
    """Every business act that the world has seen, with when it was first seen (seconds)."""
    done: dict[tuple[tuple[str, str], str], float] = {}
    for effect in record.effects:
        identity = IDENTITIES.get((effect.service, effect.operation))
        if identity is not None:
            done.setdefault(((effect.service, effect.operation), identity(effect)), effect.at_seconds)
    return done


def reminders_of(record: Record, invoice_id: str) -> dict[str, bool]:
    """The reminders of an invoice, with whether they had to be sent.

    Only those of an invoice that falls due in the run are permitted. One had to be sent when the invoice was recorded
    as sent well before the reminder's instant, is overdue in the end, and no fault struck in between: a reminder that
    could not go out before the invoice closed is none any more.
    """
    customer = next(each for each in record.input["customers"] if each["invoice_id"] == invoice_id)
    if customer["due_seconds"] is None:
        return {}
    workflow_id = f"invoice-{invoice_id}"
    due = max(o.invoked_seconds for o in record.operations if o.name == "upload") + customer["due_seconds"]
    attempts = [attempt for attempt in record.attempts if attempt.workflow_id == workflow_id]
    recorded = [a.ended_seconds for a in attempts if a.activity == "record_status" and a.outcome == "completed"]
    began = min((attempt.started_seconds for attempt in attempts), default=due)
    quiet = all(
        fault.injected_seconds is None or fault.injected_seconds > due or (fault.healed_seconds or due) < began
        for fault in record.faults
    )
    sent = min((at for at in recorded if at is not None), default=due)
    overdue = [each.result["status"] for each in last_runs(record) if each.workflow_id == workflow_id and each.result]
    offsets = [float(text.removesuffix("s")) for text in record.input["reminders"].split(",")]
    return {
        f"reminder-{number} {invoice_id}": quiet
        and overdue == ["overdue"]
        and sent < due + offset - REMINDER_SLACK_SECONDS
        for number, offset in enumerate(offsets, start=1)
    }


def last_runs(record: Record) -> list[Execution]:
    """The executions without those that went on in a new run: one for each workflow."""
    return [execution for execution in record.executions if execution.status != "CONTINUED_AS_NEW"]


def mail_identity(effect: Effect) -> str:
    """The business act of a mail by its subject: the invoice, a reminder, a credit note.

    Not by its Message-ID: that one act has one Message-ID is what the effects check has to find out.
    """
    subject = str(effect.detail.get("subject", ""))
    if subject.startswith("Credit note "):
        return f"credit-note {effect.reference}"
    found = _REMINDER.match(subject)
    return f"reminder-{found[1]} {effect.reference}" if found else effect.reference


def refund_identity(effect: Effect) -> str:
    """The business act of a refund at the provider: the payment that goes back."""
    return f"refund {effect.detail['payment_id']}"


def booking_identity(effect: Effect) -> str:
    """The business act of a booking: its invoice, or its payment, whose id the memo names."""
    if effect.detail["kind"] in ("payment", "refund"):
        return f"{effect.detail['kind']} {payment_id_of(effect)}"
    return f"{effect.detail['kind']} {effect.reference}"


MAIL, BOOK, REFUND = ("smtp", "mail"), ("accounting", "book"), ("payments", "refund")
IDENTITIES = {MAIL: mail_identity, BOOK: booking_identity, REFUND: refund_identity}

_REMINDER = re.compile(r"Reminder ([0-9]+) of ")

# The status is recorded a moment after the invoice was sent, and the upload drew its instants a moment after it began.
REMINDER_SLACK_SECONDS = 1.0


class _ActsBook:
    """Collects acts by kind of effect."""

    def __init__(self) -> None:
        self._acts: dict[tuple[str, str], dict[str, bool]] = {MAIL: {}, BOOK: {}, REFUND: {}}

    def add(self, kind: tuple[str, str], act: str, *, must: bool) -> None:
        self._acts[kind][act] = must

    def add_all(self, kind: tuple[str, str], acts: Mapping[str, bool]) -> None:
        self._acts[kind].update(acts)

    def acts(self) -> dict[tuple[str, str], Acts]:
        return {
            kind: Acts(
                frozenset(act for act, must in acts.items() if must),
                frozenset(act for act, must in acts.items() if not must),
            )
            for kind, acts in self._acts.items()
        }


def payment_id_of(effect: Effect) -> str:
    """The id of the payment that a booking is for: the word of its memo that names one, empty when none does."""
    words = str(effect.detail.get("memo", "")).split()
    return next((word for word in words if word.startswith("PAY-")), "")


def outcomes(record: Record, name: str) -> dict[str, Outcome]:
    """The outcome of the operation of this kind, by its subject."""
    return {operation.subject: operation.outcome for operation in record.operations if operation.name == name}


def payments_made(record: Record) -> dict[str, Outcome]:
    """What came of each customer's paying, by payment id."""
    made = (operation for operation in record.operations if operation.name == "pay")
    return {operation.operation_id.removeprefix("pay/"): operation.outcome for operation in made}


def _of_file(text: str, behaviours: Mapping[str, Behaviour]) -> Iterator[Behaviour]:
    ids = {line.split(",", 1)[0] for line in text.splitlines()[1:]}
    return (behaviour for invoice_id, behaviour in behaviours.items() if invoice_id in ids)


def _behaviour(customer: Mapping[str, Any]) -> Behaviour:
    payments = tuple(Payment(**payment) for payment in customer["payments"])
    return Behaviour(customer["invoice_id"], payments, customer["due_seconds"], customer["cancel_seconds"])
