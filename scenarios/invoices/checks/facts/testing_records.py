"""Records of one invoice for 115.00 SAR for the tests of the checks: what was asked, and what the world has seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.record.history_facts import HistoryFacts
from harness.record.record import (
    Attempt,
    Effect,
    Execution,
    FaultRecord,
    Operation,
    Outcome,
    Record,
    WebhookTry,
)
from scenarios.invoices.oracle.test_invoices import csv_of
from scenarios.kit.checks.testing_records import RUN as RUN
from scenarios.kit.checks.testing_records import struck as struck

INVOICE = "INV-0001"
WORKFLOW = f"invoice-{INVOICE}"
DATED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""What a clock on the wall shows at 0 s of the host's."""


def operation(name: str, outcome: Outcome = Outcome.OK, subject: str = INVOICE, *, at: float = 0.0) -> Operation:
    """An operation on the invoice; a payment's name is its id with "pay/" before it."""
    return Operation(
        f"{name}/{subject}" if "/" not in name else name, name.split("/")[0], subject, at, at, at, outcome, 1
    )


def effect(service: str, deed: str, act: str, at: float, **detail: Any) -> Effect:
    """An effect on the invoice."""
    return Effect(f"effect-{at}", service, deed, act, INVOICE, f"digest-{act}", at, detail)


def mail(act: str, at: float, key: str | None = None) -> Effect:
    """A mail: ``mail``, ``reminder-1`` or ``credit-note``."""
    subjects = {"mail": f"Invoice {INVOICE}", "credit-note": f"Credit note for invoice {INVOICE}"}
    subject = subjects.get(act, f"Reminder {act.rpartition('-')[2]} of invoice {INVOICE}")
    return effect("smtp", "mail", key or f"<invoice-{INVOICE}.{act}@traf3li.example>", at, subject=subject)


def booking(kind: str, at: float, memo: str = "", lines: Sequence[Mapping[str, str]] = ()) -> Effect:
    """A booking of this kind."""
    detail = {"kind": kind, "memo": memo, "currency": "SAR", "lines": list(lines)}
    return effect("accounting", "book", f"{kind} {memo}", at, **detail)


def refund(payment_id: str, at: float) -> Effect:
    """A refund at the provider."""
    return effect("payments", "refund", f"refund {payment_id}", at, payment_id=payment_id)


def fate(payment_id: str, deed: str, at: float = 1.0) -> Effect:
    """What the provider says became of a payment: "settled" or "returned"."""
    return effect("payments", deed, payment_id, at, payment_id=payment_id)


def tried(payment_id: str, sent: float, ended: float | None = None, status: int | None = 200) -> WebhookTry:
    """One try of a payment's webhook, the first of its first delivery."""
    return WebhookTry(payment_id, INVOICE, 1, 1, sent, sent + 0.1 if ended is None else ended, status)


def recorded(ended: float, worker: str = "worker-1.1") -> Attempt:
    """A status that was recorded in the books."""
    return Attempt(
        worker, 1, "record_status", WORKFLOW, "run-2", "1", 1, ended - 0.1, ended, "completed", subject=INVOICE
    )


def record(
    *effects: Effect,
    operations: Sequence[Operation] = (),
    payments: Sequence[str] = (),
    due_seconds: float | None = None,
    cancel_seconds: float | None = None,
    status: str = "cancelled",
    paid: str = "0.00",
    amount: str = "10.00",
    attempts: Sequence[Attempt] = (),
    faults: Sequence[FaultRecord] = (),
    webhooks: Sequence[WebhookTry] = (),
    workers: tuple[str, ...] = ("worker-1.1",),
    trail: Sequence[str] | None = None,
) -> Record:
    """The record of a run with this invoice, whose file was dated at 0; its payments are ids of ``amount`` SAR each.

    It is reminded of 4 s before it is due and 2 s after, and closes 4 s after that. A payment of which no webhook is
    given was sent at 1 s, and answered as its fate says. Each status of the trail is dated when it came true.
    """
    made = [{"payment_id": each, "amount": amount, "currency": "SAR", "after_seconds": 0.0} for each in payments]
    fates = {each.detail["payment_id"]: each.operation for each in effects if each.operation in ("settled", "returned")}
    told = {each.subject for each in webhooks}
    tries = [tried(each, 1.0, None, 200 if fates[each] == "settled" else 409) for each in fates if each not in told]
    customer = {
        "invoice_id": INVOICE,
        "payments": made,
        "due_seconds": due_seconds,
        "cancel_seconds": cancel_seconds,
    }
    result = {"invoice_id": INVOICE, "status": status, "paid": {"amount": paid}}
    seen = max((*(each.at_seconds for each in effects), *(each.invoked_seconds for each in operations)), default=0.0)
    dated = {"dated_at": DATED_AT.isoformat(), "dated_at_seconds": 0.0}
    upload = replace(operation("upload", subject="invoices.csv"), detail=dated)
    return Record(
        run=RUN,
        operations=(upload, operation("process"), *operations),
        effects=effects,
        attempts=tuple(attempts),
        faults=tuple(faults),
        webhooks=(*webhooks, *tries),
        executions=(
            Execution(WORKFLOW, "run-1", "InvoiceProcessing", "CONTINUED_AS_NEW", subject=INVOICE),
            Execution(WORKFLOW, "run-2", "InvoiceProcessing", "COMPLETED", result, status, subject=INVOICE),
        ),
        facts=tuple(HistoryFacts(WORKFLOW, run, workers=workers) for run in ("run-1", "run-2")),
        shown={}
        if trail is None
        else {INVOICE: {"status": trail[-1] if trail else None, "trail": list(_entries(trail, due_seconds, seen))}},
        input={
            "files": {"invoices.csv": csv_of({})},
            "customers": [customer],
            "reminders": "-4s,+2s",
            "grace_seconds": 4,
        },
    )


def _entries(trail: Sequence[str], due_seconds: float | None, seen_seconds: float) -> Iterator[Mapping[str, str]]:
    """Each status with the first instant at which it is true; what no clock decides, once all effects were seen."""
    due = 0.0 if due_seconds is None else due_seconds
    known = {"sent": 2.0, "past-due": due, "overdue": due and due + 6.0}
    at = 0.0
    for status in trail:
        at = max(at, known.get(status, seen_seconds))
        yield {"status": status, "at": (DATED_AT + timedelta(seconds=at)).isoformat(), "run_id": "run-2"}
