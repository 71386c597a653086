"""What the application asks of the outside for an invoice, made by the application's own pure functions.

The oracle computes the same from the uploaded file in its own way: that the two agree on thousands of invoices is half
of what judging a synthetic record is worth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from scenarios.world.bodies import canonical_digest
from scenarios.world.register import Request
from workflows.gateways.mail import SmtpMail
from workflows.gateways.ports import Entry, Mail
from workflows.invoices.bookkeeping import credit_note_entry, invoice_entry, payment_entry, refund_entry
from workflows.invoices.letters import credit_note_mail, invoice_mail, reminder_mail
from workflows.invoices.messages import CreditNote, Mailing, Reminding
from workflows.invoices.model import DocumentReference, Invoice, Payment
from workflows.invoices.names import workflow_id
from workflows.invoices.pdf import render_credit_note, render_pdf
from workflows.kit.money import Money

SENDER = "invoices@traf3li.example"


class Documents:
    """Where attachments go, once each by what is in them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._seen: set[str] = set()

    def keep(self, content: bytes) -> DocumentReference:
        """Keep it, and return its reference."""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._seen:
            self._seen.add(digest)
            (self._folder / digest).write_bytes(content)
        return DocumentReference(digest, len(content))


@dataclass(frozen=True)
class Deeds:
    """The requests for one invoice."""

    invoice: Invoice
    documents: Documents

    @cached_property
    def _document(self) -> bytes:
        return render_pdf(self.invoice)

    @property
    def workflow_id(self) -> str:
        """Of the invoice's workflow: every key is made of it."""
        return workflow_id(self.invoice.invoice_id)

    def invoice_mailed(self, mailed_at: datetime) -> Request:
        """The mail that brings the invoice."""
        content = self._document
        mailing = Mailing(self.invoice.invoice_id, self.documents.keep(content), mailed_at)
        return mailed(invoice_mail(self.invoice, mailing, content, self.workflow_id))

    def reminded(self, number: int, planned_at: datetime, outstanding: Money) -> Request:
        """A reminder."""
        content = self._document
        kept = self.documents.keep(content)
        reminding = Reminding(self.invoice.invoice_id, number, kept, planned_at, outstanding)
        return mailed(reminder_mail(self.invoice, reminding, content, self.workflow_id))

    def credit_note_mailed(self, reason: str, asked_at: datetime) -> Request:
        """The mail that takes the invoice back."""
        content = render_credit_note(self.invoice, CreditNote(self.invoice.invoice_id, reason, asked_at))
        mailing = Mailing(self.invoice.invoice_id, self.documents.keep(content), asked_at)
        return mailed(credit_note_mail(self.invoice, mailing, content, self.workflow_id))

    def invoice_booked(self) -> Request:
        """The invoice's own entry."""
        return self._booked(invoice_entry(self.invoice), "book")

    def payment_booked(self, payment: Payment) -> Request:
        """A payment's entry."""
        return self._booked(payment_entry(self.invoice.invoice_id, payment), f"payment/{payment.payment_id}")

    def refund_booked(self, payment: Payment) -> Request:
        """The entry of a payment that went back."""
        return self._booked(refund_entry(self.invoice.invoice_id, payment), f"refund/{payment.payment_id}")

    def credit_note_booked(self) -> Request:
        """The entry that takes the invoice's back."""
        return self._booked(credit_note_entry(self.invoice), "credit-note")

    def refunded(self, payment: Payment) -> Request:
        """A payment goes back at the provider."""
        key = f"{self.workflow_id}/refund/{payment.payment_id}"
        detail = {
            "amount": f"{payment.amount.amount:f}",
            "currency": payment.amount.currency,
            "invoice_id": self.invoice.invoice_id,
            "payment_id": payment.payment_id,
        }
        return _keyed("payments", "refund", key, self.invoice.invoice_id, detail)

    def _booked(self, entry: Entry, act: str) -> Request:
        lines = [
            {"account": each.account, "debit": f"{each.debit.amount:f}", "credit": f"{each.credit.amount:f}"}
            for each in entry.postings
        ]
        detail = {
            "reference": entry.reference,
            "kind": entry.kind,
            "memo": entry.memo,
            "currency": entry.postings[0].debit.currency,
            "lines": lines,
        }
        return _keyed("accounting", "book", f"{self.workflow_id}/{act}", entry.reference, detail)


def paid(payment: Mapping[str, Any], invoice_id: str) -> Request:
    """A customer pays at the provider."""
    detail = {
        "payment_id": payment["payment_id"],
        "invoice_id": invoice_id,
        "amount": payment["amount"],
        "currency": payment["currency"],
        "deliveries": payment["deliveries"],
    }
    return _keyed("payments", "pay", payment["payment_id"], invoice_id, detail)


def money_went(payment: Mapping[str, Any], invoice_id: str, fate: str) -> Request:
    """What became of a payment at the provider: "settled" or "returned"."""
    detail = {
        "payment_id": payment["payment_id"],
        "invoice_id": invoice_id,
        "amount": payment["amount"],
        "currency": payment["currency"],
    }
    return _keyed("payments", fate, payment["payment_id"], invoice_id, detail)


def _keyed(service: str, operation: str, key: str, reference: str, detail: dict[str, Any]) -> Request:
    return Request(service, operation, key, reference, canonical_digest(detail), detail)


def mailed(mail: Mail) -> Request:
    """What the world keeps of a mail (``scenarios.world.mails.read_mail``), without the time that MIME takes."""
    attachment = mail.attachment
    message_id = SmtpMail("", 0, SENDER).message_id(mail)
    detail = {
        "message_id": message_id,
        "sender": SENDER,
        "from": SENDER,
        "recipient": mail.recipient,
        "to": mail.recipient,
        "subject": mail.subject,
        "date": format_datetime(mail.date.replace(microsecond=0)),
        "text": mail.text,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": "application/pdf",
                "sha256": hashlib.sha256(attachment.content).hexdigest(),
                "size": len(attachment.content),
            }
        ],
    }
    digest = hashlib.sha256(f"{message_id} {mail.date} {mail.subject} {mail.text}".encode()).hexdigest()
    return Request("smtp", "mail", message_id, mail.reference, digest, detail, keyed=False)
