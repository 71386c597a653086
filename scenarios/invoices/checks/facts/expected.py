"""Asks the oracle, once per record, what should have happened. Data flow: record → **expected** → checks.

The oracle computes amounts from the run's input alone: the files as uploaded and what the customers were to do. Which
of several ends is right it computes from what was measured of the run: see ``oracle.ends``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.experiment.workload import NOT_ASKED_YET
from harness.record.record import Execution, Outcome, Record
from scenarios.invoices.checks.facts.contested import amounts_won
from scenarios.invoices.checks.facts.facts import ASKED, Facts, facts_of, plain, was_made
from scenarios.invoices.checks.facts.identities import BOOK
from scenarios.invoices.oracle.agenda import Agenda, agenda
from scenarios.invoices.oracle.ends import PROMPT_SECONDS
from scenarios.invoices.oracle.expected import Behaviour, Expected, ExpectedPayment, Payment, expected_of
from scenarios.invoices.oracle.invoices import JudgedInvoice, judge
from scenarios.invoices.oracle.measured import Cancelling, Measured, Paid
from scenarios.kit.checks.strikes import ACCOUNTING, API, BOOKS, MACHINE, PROVIDER, SERVER, strikes_of


def expected_invoices(record: Record) -> Mapping[str, Expected]:
    """What should have happened to every invoice that the run put in, by its id."""
    return record.once(_expected_invoices)


def judged_files(record: Record) -> Mapping[str, tuple[JudgedInvoice, ...]]:
    """File → what becomes of each of its invoices at the upload."""
    return record.once(_judged_files)


def measured_invoices(record: Record) -> Mapping[str, Measured]:
    """What was measured of each invoice, beside what is expected of it."""
    return record.once(_measured_invoices)


def agendas(record: Record) -> Mapping[str, Agenda]:
    """The instants of each invoice that falls due in the run."""
    return record.once(_agendas)


def is_cancelled(record: Record, invoice_id: str) -> bool | None:
    """Whether the invoice's cancelling was accepted; ``None`` when neither an answer nor its end tells."""
    cancelling = measured_invoices(record)[invoice_id].cancelling
    if cancelling is None:
        return False
    if cancelling.accepted is None:
        state = facts_of(record).invoice(invoice_id).state
        return state == "cancelled" if state in ENDS else None
    return cancelling.accepted


def was_asked(record: Record, invoice_id: str) -> Outcome:
    """Whether the application was asked to process the invoice; one that it does process, was."""
    facts = facts_of(record)
    asked = facts.outcome("process", invoice_id)
    return Outcome.OK if asked is Outcome.UNKNOWN and facts.invoice(invoice_id).runs else asked


def last_runs(record: Record) -> list[Execution]:
    """The executions without those that went on in a new run: one for each workflow."""
    return [execution for execution in record.executions if execution.status != "CONTINUED_AS_NEW"]


ENDS = frozenset({"invalid", "paid", "overdue", "cancelled"})
"""The final states of an invoice that was processed."""

TO_TAKE_A_PAYMENT = (SERVER, API, BOOKS, PROVIDER)
"""What has to be there for a webhook to be counted, besides the invoice's worker. Booking it comes after that."""


def _judged_files(record: Record) -> dict[str, tuple[JudgedInvoice, ...]]:
    return {name: judge(text) for name, text in record.input["files"].items()}


def _expected_invoices(record: Record) -> dict[str, Expected]:
    won = amounts_won(record)
    behaviours = {customer["invoice_id"]: _behaviour(customer, won) for customer in record.input["customers"]}
    return {
        invoice.invoice_id: expected_of(invoice, behaviours.get(invoice.invoice_id) or Behaviour(invoice.invoice_id))
        for invoices in judged_files(record).values()
        for invoice in invoices
    }


def _behaviour(customer: Mapping[str, Any], won: Mapping[str, str]) -> Behaviour:
    payments = tuple(
        Payment(**{**payment, "amount": won.get(payment["payment_id"], payment["amount"])})
        for payment in customer["payments"]
    )
    return Behaviour(customer["invoice_id"], payments, customer["due_seconds"], customer["cancel_seconds"])


def _agendas(record: Record) -> dict[str, Agenda]:
    expected, dated = expected_invoices(record), facts_of(record).dated
    reminders, grace_seconds = record.input["reminders"], float(record.input.get("grace_seconds", 0.0))
    return {
        invoice.invoice_id: agenda(dated[name] + due_seconds, reminders, grace_seconds)
        for name, invoices in judged_files(record).items()
        if name in dated
        for invoice in invoices
        if (due_seconds := expected[invoice.invoice_id].due_seconds) is not None
    }


def _measured_invoices(record: Record) -> dict[str, Measured]:
    facts, instants = facts_of(record), agendas(record)
    answer = {}
    for invoice_id, expected in expected_invoices(record).items():
        closes = instants[invoice_id].closes_seconds if invoice_id in instants else None
        last_run = facts.invoice(invoice_id).last_run
        answer[invoice_id] = Measured(
            expected=expected,
            payments=tuple(_paid(record, expected, payment) for payment in expected.payments),
            closes_seconds=closes,
            cancelling=_cancelling(facts, invoice_id),
            ended_seconds=last_run.closed_seconds if last_run is not None else None,
        )
    return answer


def _paid(record: Record, expected: Expected, payment: ExpectedPayment) -> Paid:
    facts = facts_of(record)
    tries = tuple(facts.tries.get(payment.payment_id, ()))
    booked = facts.done.get((BOOK, f"payment {payment.payment_id}"))
    sent = min((each.sent_seconds for each in tries), default=None)
    return Paid(
        payment=payment,
        tries=tries,
        fate=facts.fates.get(payment.payment_id, ""),
        booked_seconds=booked.at_seconds if booked is not None else None,
        struck=sent is not None and _struck(record, expected, sent),
    )


def _struck(record: Record, expected: Expected, sent: float) -> bool:
    """Whether anything was struck that a payment needs to be counted, while it should have been."""
    until = sent + PROMPT_SECONDS
    if len(expected.payments) == 1:
        return invoice_struck(record, expected.invoice_id, TO_TAKE_A_PAYMENT, sent, until)
    # A workflow that goes on in a new run takes no payment until every one under way is booked.
    return invoice_struck(record, expected.invoice_id, (*TO_TAKE_A_PAYMENT, ACCOUNTING), sent, until) or _left_undone(
        record, expected.invoice_id, sent, until
    )


def _left_undone(record: Record, invoice_id: str, since: float, until: float) -> bool:
    """Whether a step of the invoice that a struck worker had in hands was still to be done at the first instant."""
    strikes, attempts = strikes_of(record), facts_of(record).invoice(invoice_id).attempts
    for cut in attempts:
        if cut.ended_seconds is None and strikes.worker(cut.worker, cut.started_seconds, until):
            done = min((each.ended_seconds or until for each in attempts if each.follows(cut)), default=until)
            if cut.started_seconds <= until and done >= since:
                return True
    return False


def invoice_struck(record: Record, invoice_id: str, things: tuple[str, ...], since: float, until: float) -> bool:
    """Whether what comes up at the first instant may be kept waiting beyond it by what was struck.

    By one of these things, that is, or by a worker that was handed this invoice's tasks.
    """
    strikes, workers = strikes_of(record), facts_of(record).invoice(invoice_id).workers
    return strikes.touched((MACHINE, *things), since, until) or strikes.kept_waiting(
        workers, since, until, record.once(_events).get(invoice_id, ())
    )


def _events(record: Record) -> dict[str, list[float]]:
    """When a task of each invoice's workflow may have come up: something was asked, done or due."""
    facts, instants = facts_of(record), agendas(record)
    answer = {}
    for invoice_id, expected in expected_invoices(record).items():
        events = [
            at
            for attempt in facts.invoice(invoice_id).attempts
            for at in (attempt.started_seconds, attempt.ended_seconds)
            if at is not None
        ]
        for payment in expected.payments:
            events += [
                at for each in facts.tries.get(payment.payment_id, ()) for at in (each.sent_seconds, each.ended_seconds)
            ]
        for name in ("process", "cancel"):
            operation = facts.operations.get((name, invoice_id))
            if operation is not None:
                events += [operation.invoked_seconds, operation.returned_seconds or operation.invoked_seconds]
        if invoice_id in instants:
            known = instants[invoice_id]
            events += [*known.reminders, known.due_seconds, known.closes_seconds]
        answer[invoice_id] = sorted(events)
    return answer


def _cancelling(facts: Facts, invoice_id: str) -> Cancelling | None:
    operation = facts.operations.get(("cancel", invoice_id))
    if operation is None or not was_made(operation) or NOT_ASKED_YET in operation.detail:
        return None
    asked = plain(operation.detail, ASKED)
    return Cancelling(
        asked_seconds=operation.invoked_seconds if asked is None else asked,
        answered_seconds=operation.returned_seconds,
        accepted={Outcome.OK: True, Outcome.FAIL: False, Outcome.UNKNOWN: None}[operation.outcome],
    )
