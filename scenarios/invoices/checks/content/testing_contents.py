"""A whole small run for the tests of what judges contents: four invoices, with every mail, PDF, booking and result.

INV-0001 is paid in two parts, INV-0002 is cancelled after a part of it was paid, INV-0003 falls due after a part was
paid and is reminded of, INV-0004 may not be sent. What stands in mails and PDFs is the oracle's word: the tests break
it. That the application says the same is ``test_contents`` of the oracle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

from harness.record.record import Effect, Execution, Operation, Outcome, Record, WebhookTry
from scenarios.invoices.checks.content.testing_pdf import pdf_of
from scenarios.invoices.checks.facts.testing_records import RUN
from scenarios.invoices.oracle.bills import Bill, Dating, bills
from scenarios.invoices.oracle.documents import Document, Figure, Percentage, credit_note_document, invoice_document
from scenarios.invoices.oracle.letters import letters
from scenarios.invoices.oracle.test_invoices import csv_of

DATED_AT = datetime(2026, 1, 1, 8, 0, 0, 250_000, tzinfo=UTC)
DATED_SECONDS = 100.0
SENDER, REASON, REMINDERS = "invoices@traf3li.example", "ordered twice", "-4s,2s"

PAID, CANCELLED, OVERDUE, INVALID = "INV-0001", "INV-0002", "INV-0003", "INV-0004"
FILE = csv_of(
    {"line": "1", "invoice_total": "230.00"},
    {"line": "2", "description": "Travel (two days)", "invoice_total": "230.00"},
    {"invoice_id": CANCELLED, "customer_name": "Najd Trading", "customer_email": "najd@customer.example"},
    {"invoice_id": OVERDUE, "customer_name": "Café Riyadh", "customer_email": "cafe@customer.example"},
    {"invoice_id": INVALID, "customer_tax_number": "1"},
)
CUSTOMERS: tuple[Mapping[str, Any], ...] = (
    {"invoice_id": PAID, "due_seconds": None, "cancel_seconds": None, "payments": []},
    {"invoice_id": CANCELLED, "due_seconds": None, "cancel_seconds": 3.0, "payments": []},
    {"invoice_id": OVERDUE, "due_seconds": 8.0, "cancel_seconds": None, "payments": []},
    {"invoice_id": INVALID, "due_seconds": None, "cancel_seconds": None, "payments": []},
)
BILLS = {bill.invoice_id: bill for bill in bills(FILE, Dating(DATED_AT, {OVERDUE: 8.0}))}
PAYMENTS = (
    (PAID, 1, "100.00", 101.5),
    (PAID, 2, "130.00", 102.5),
    (CANCELLED, 1, "15.00", 101.6),
    (OVERDUE, 1, "5.00", 102.0),
)


def seen(effect_id: str, service: str, operation: str, reference: str, at: float, **detail: Any) -> Effect:
    """An effect."""
    return Effect(effect_id, service, operation, effect_id, reference, f"digest of {effect_id}", at, detail)


def pages_of(document: Document) -> Sequence[Sequence[str]]:
    """The lines of a document on one page."""
    return [[*(_text(piece) for piece in document.pieces), *document.foot(1, 1)]]


def _text(piece: Any) -> str:
    if isinstance(piece, Percentage):
        return f"{float(piece.value):g} %"
    return f"{float(piece.value):g}" if isinstance(piece, Figure) else str(piece)


def mail(bill: Bill, subject: str, at: float, files: dict[str, bytes], *, date: datetime, owed: str = "") -> Effect:
    """The mail of this subject, as it must be; its PDF goes into ``files``."""
    letter = {each.subject: each for each in letters(bill, [-4.0, 2.0])}[subject]
    credit = letter.kind == "credit-note"
    document = credit_note_document(bill, REASON, date) if credit else invoice_document(bill)
    content = pdf_of(*pages_of(document))
    digest = hashlib.sha256(content).hexdigest()
    files[digest] = content
    attachment = {
        "filename": letter.filename,
        "content_type": "application/pdf",
        "sha256": digest,
        "size": len(content),
    }
    return seen(
        f"mail {subject}",
        "smtp",
        "mail",
        bill.invoice_id,
        at,
        message_id=f"mail {subject}",
        sender=SENDER,
        **{"from": SENDER},
        recipient=letter.recipient,
        to=letter.recipient,
        subject=subject,
        date=format_datetime(date.replace(microsecond=0)),
        text=letter.text.replace("\0", f"{owed} {bill.currency}"),
        attachments=[attachment],
    )


def _mails(files: dict[str, bytes]) -> Iterator[Effect]:
    asked = datetime(2026, 1, 1, 8, 0, 1, tzinfo=UTC)
    for invoice_id in (PAID, CANCELLED, OVERDUE):
        yield mail(BILLS[invoice_id], f"Invoice {invoice_id}", 101.2, files, date=asked)
    overdue = BILLS[OVERDUE]
    for number, at, second in ((1, 104.5, 4), (2, 110.5, 10)):
        date = datetime(2026, 1, 1, 8, 0, second, tzinfo=UTC)
        yield mail(overdue, f"Reminder {number} of invoice {OVERDUE}", at, files, date=date, owed="110.00")
    date = datetime(2026, 1, 1, 8, 0, 3, tzinfo=UTC)
    yield mail(BILLS[CANCELLED], f"Credit note for invoice {CANCELLED}", 103.9, files, date=date)


def _money() -> Iterator[Effect]:
    for invoice_id, number, amount, at in PAYMENTS:
        payment_id = f"PAY-{invoice_id}-{number}"
        told = {"payment_id": payment_id, "invoice_id": invoice_id, "amount": amount, "currency": "SAR"}
        yield seen(f"pay {payment_id}", "payments", "pay", invoice_id, at, **told, deliveries=1)
        memo = f"Payment {payment_id} of invoice {invoice_id}"
        booked = {"kind": "payment", "memo": memo, "currency": "SAR", "lines": []}
        yield seen(f"book {payment_id}", "accounting", "book", invoice_id, round(at + 0.2, 3), **booked)
        yield seen(f"settled {payment_id}", "payments", "settled", invoice_id, round(at + 0.4, 3), **told)
        if invoice_id == CANCELLED:
            yield seen(f"refund {payment_id}", "payments", "refund", invoice_id, 103.5, **told)


def result_of(invoice_id: str, status: str, paid: str, outstanding: str, *payments: str) -> dict[str, Any]:
    """What a workflow returns."""
    reasons = {"cancelled": [REASON], "invalid": ["no VAT number"]}.get(status, [])
    return {
        "invoice_id": invoice_id,
        "status": status,
        "paid": {"amount": paid, "currency": "SAR"},
        "outstanding": {"amount": outstanding, "currency": "SAR"},
        "payments": list(payments),
        "reasons": reasons,
        "refunded": list(payments) if status == "cancelled" else [],
    }


RESULTS = (
    result_of(PAID, "paid", "230.00", "0.00", f"PAY-{PAID}-1", f"PAY-{PAID}-2"),
    result_of(CANCELLED, "cancelled", "15.00", "0.00", f"PAY-{CANCELLED}-1"),
    result_of(OVERDUE, "overdue", "5.00", "110.00", f"PAY-{OVERDUE}-1"),
    result_of(INVALID, "invalid", "0.00", "115.00"),
)


def shown_of(bill: Bill, result: Mapping[str, Any]) -> dict[str, Any]:
    """What the API shows of an invoice that ended with this result."""
    refunded = result["paid"]["amount"] if result["status"] == "cancelled" else "0.00"
    return {
        "invoice_id": bill.invoice_id,
        "customer": {"name": bill.customer_name, "email": bill.customer_email, "tax_number": bill.tax_number},
        "currency": bill.currency,
        "issued_at": bill.issued_at.isoformat(),
        "due_at": bill.due_at.isoformat(),
        "net": f"{bill.net:f}",
        "tax": f"{bill.tax:f}",
        "total": f"{bill.total:f}",
        "paid": result["paid"]["amount"],
        "refunded": refunded,
        "outstanding": result["outstanding"]["amount"],
        "status": result["status"],
        "lines": [
            {
                "description": line.description,
                "quantity": f"{Decimal(line.quantity.numerator) / line.quantity.denominator:f}",
                "unit_price": f"{Decimal(line.unit_price.numerator) / line.unit_price.denominator:f}",
                "tax_rate": f"{Decimal(line.tax_rate.numerator) / line.tax_rate.denominator:f}",
                "net": f"{line.net:f}",
                "tax": f"{line.tax:f}",
                "total": f"{line.total:f}",
            }
            for line in bill.lines
        ],
    }


def asked(name: str, subject: str, at: float, **detail: Any) -> Operation:
    """An operation that came out OK."""
    return Operation(f"{name}/{subject}", name, subject, at, at, at + 0.1, Outcome.OK, 1, detail)


def good_record() -> Record:
    """The record of the run, in which all is as it must be."""
    files: dict[str, bytes] = {}
    effects = (*_mails(files), *_money())
    moment = {"dated_at": DATED_AT.isoformat(), "dated_at_seconds": DATED_SECONDS}
    tries = (
        WebhookTry(f"PAY-{invoice_id}-{number}", invoice_id, 1, 1, round(at + 0.1, 3), round(at + 0.3, 3), 200)
        for invoice_id, number, _, at in PAYMENTS
    )
    return Record(
        run=RUN,
        operations=(
            asked("upload", "invoices.csv", 100.0, accepted=list(BILLS), refused=[], **moment),
            *(asked("process", invoice_id, 100.5) for invoice_id in BILLS),
            asked("cancel", CANCELLED, 102.9),
        ),
        effects=tuple(sorted(effects, key=lambda effect: effect.at_seconds)),
        webhooks=tuple(tries),
        executions=tuple(
            Execution(
                *(f"invoice-{result['invoice_id']}", "run-1", "InvoiceProcessing", "COMPLETED"),
                result=result,
                state=result["status"],
                subject=result["invoice_id"],
            )
            for result in RESULTS
        ),
        shown={result["invoice_id"]: shown_of(BILLS[result["invoice_id"]], result) for result in RESULTS},
        attachments=files,
        input={
            "files": {"invoices.csv": FILE},
            "customers": list(CUSTOMERS),
            "reminders": REMINDERS,
            "sender": SENDER,
            "cancel_reason": REASON,
        },
    )


def changed(record: Record, effect_id: str, **detail: Any) -> Record:
    """The record with other details in one of its effects."""
    assert any(effect.effect_id == effect_id for effect in record.effects)
    return replace(
        record,
        effects=tuple(
            replace(effect, detail={**effect.detail, **detail}) if effect.effect_id == effect_id else effect
            for effect in record.effects
        ),
    )


def detail_of(record: Record, effect_id: str) -> Mapping[str, Any]:
    """The details of one effect."""
    return next(effect.detail for effect in record.effects if effect.effect_id == effect_id)
