"""The values that travel between ``InvoiceProcessing`` and its activities: small and frozen, amounts as ``Money``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.invoices.model import DocumentReference, Payment, Status
from workflows.kit.money import Money


@dataclass(frozen=True)
class Validation:
    """Outcome of ``validate_invoice``: no reasons means valid."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Mailing:
    """Input of ``send_invoice_email``.

    :param mailed_at: the Date of the mail, the same for every attempt.
    """

    invoice_id: str
    document: DocumentReference
    mailed_at: datetime


@dataclass(frozen=True)
class Reminding:
    """Input of ``send_reminder_email``.

    :param number: which reminder it is, from 1; part of the Message-ID.
    :param mailed_at: the Date of the mail: the instant it was planned for.
    :param outstanding: what the customer is reminded of.
    """

    invoice_id: str
    number: int
    document: DocumentReference
    mailed_at: datetime
    outstanding: Money


@dataclass(frozen=True)
class CreditNote:
    """Input of ``render_credit_note``. Everything that decides the bytes besides the invoice itself."""

    invoice_id: str
    reason: str
    issued_at: datetime


@dataclass(frozen=True)
class PaymentBooking:
    """Input of ``book_payment``, ``refund_payment`` and ``book_refund``."""

    invoice_id: str
    payment: Payment


@dataclass(frozen=True)
class StatusChange:
    """Input of ``record_status``.

    :param at: since when the invoice stands so, the same for every attempt.
    """

    invoice_id: str
    status: Status
    at: datetime
