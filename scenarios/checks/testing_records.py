"""Records of one invoice over 115.00 SAR for the tests of the checks: what was asked, and what the world has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.record import Attempt, Effect, Execution, FaultRecord, Operation, Outcome, Record, RunInfo
from scenarios.oracle.test_invoices import csv_of

INVOICE = "INV-0001"
RUN = RunInfo("run", "claim", "promise", 1, "dev", "2026-01-01T00:00:00Z", "assay run claim")


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


def record(
    *effects: Effect,
    operations: Sequence[Operation] = (),
    payments: Sequence[str] = (),
    due_seconds: float | None = None,
    cancel_seconds: float | None = None,
    status: str = "cancelled",
    paid: str = "0.00",
    attempts: Sequence[Attempt] = (),
    faults: Sequence[FaultRecord] = (),
) -> Record:
    """The record of a run with this invoice; its payments are ids of 10.00 SAR each."""
    made = [{"payment_id": each, "amount": "10.00", "currency": "SAR", "after_seconds": 0.0} for each in payments]
    customer = {
        "invoice_id": INVOICE,
        "payments": made,
        "due_seconds": due_seconds,
        "cancel_seconds": cancel_seconds,
    }
    result = {"invoice_id": INVOICE, "status": status, "paid": {"amount": paid}}
    return Record(
        run=RUN,
        operations=(operation("upload", subject="invoices.csv"), operation("process"), *operations),
        effects=effects,
        attempts=tuple(attempts),
        faults=tuple(faults),
        executions=(
            Execution(f"invoice-{INVOICE}", "run-1", "InvoiceProcessing", "CONTINUED_AS_NEW"),
            Execution(f"invoice-{INVOICE}", "run-2", "InvoiceProcessing", "COMPLETED", result, status),
        ),
        input={"files": {"invoices.csv": csv_of({})}, "customers": [customer], "reminders": "-4s"},
    )
