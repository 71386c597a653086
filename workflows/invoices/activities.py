"""The activities of ``InvoiceProcessing``: load what is needed, call one port, return something small.

Each may run more than once, also at the same time (a worker that was taken for dead may still be alive). What a repeat
does is the promise of its port: see ``workflows.invoices.ports``. Idempotency keys are made of the workflow id, never
of a run id or an attempt. Libraries for rendering, SQL and HTTP stay behind the ports, so the workflow may import this
module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

from workflows.gateways.ports import Entry, Refund
from workflows.invoices.bookkeeping import credit_note_entry, invoice_entry, payment_entry, refund_entry
from workflows.invoices.letters import credit_note_mail, invoice_mail, reminder_mail
from workflows.invoices.messages import CreditNote, Mailing, PaymentBooking, Reminding, StatusChange, Validation
from workflows.invoices.model import DocumentReference, Invoice, PaymentReceipt
from workflows.invoices.ports import InvoiceUnknown, PaymentDiffers, Ports
from workflows.invoices.rules import reasons_against


@dataclass(frozen=True)
class InvoiceActivities:
    """The activities, bound to their ports."""

    ports: Ports

    @activity.defn
    async def validate_invoice(self, invoice_id: str) -> Validation:
        """Check the business rules. Reads only."""
        return Validation(reasons_against(await self._load(invoice_id)))

    @activity.defn
    async def render_invoice(self, invoice_id: str) -> DocumentReference:
        """Make the PDF and store it. A repeat makes the same bytes and finds them stored."""
        invoice = await self._load(invoice_id)
        content = await asyncio.to_thread(self.ports.render, invoice)
        return await self.ports.documents.save(invoice_id, content)

    @activity.defn
    async def send_invoice_email(self, mailing: Mailing) -> str:
        """Mail the stored PDF to the customer; returns the Message-ID. A repeat mails the same bytes again."""
        invoice = await self._load(mailing.invoice_id)
        content = await self.ports.documents.fetch(mailing.document.digest)
        mail = invoice_mail(invoice, mailing, content, _workflow_id())
        with _telling_the_attempt():
            return await self.ports.mail.send(mail)

    @activity.defn
    async def send_reminder_email(self, reminding: Reminding) -> str:
        """Mail the PDF once more, with what is still owed. A repeat mails the same bytes again."""
        invoice = await self._load(reminding.invoice_id)
        content = await self.ports.documents.fetch(reminding.document.digest)
        return await self.ports.mail.send(reminder_mail(invoice, reminding, content, _workflow_id()))

    @activity.defn
    async def book_invoice(self, invoice_id: str) -> str:
        """Book what the customer owes; returns the entry's id. A repeat finds it booked."""
        return await self._book(invoice_entry(await self._load(invoice_id)), "book")

    @activity.defn
    async def book_payment(self, booking: PaymentBooking) -> PaymentReceipt:
        """Book a payment in accounting and write it into our books; returns its receipt, a repeat the first one."""
        entry = payment_entry(booking.invoice_id, booking.payment)
        await self._book(entry, f"payment/{booking.payment.payment_id}")
        return await self._record_payment(booking)

    @activity.defn
    async def withdraw_invoice(self, invoice_id: str) -> bool:
        """Whether the invoice is booked; if it is not, it never will be. A repeat says the same."""
        return await self._withdraw(invoice_id, "book")

    @activity.defn
    async def withdraw_payment(self, booking: PaymentBooking) -> PaymentReceipt | None:
        """The receipt of a payment if it is booked; if it is not, it never will be. A repeat says the same."""
        booked = await self._withdraw(booking.invoice_id, f"payment/{booking.payment.payment_id}")
        return await self._record_payment(booking) if booked else None

    @activity.defn
    async def refund_payment(self, booking: PaymentBooking) -> str:
        """Have the provider give a payment back; returns the refund's id. A repeat finds it refunded."""
        payment = booking.payment
        refund = Refund(booking.invoice_id, payment.payment_id, payment.amount)
        key = f"{_workflow_id()}/refund/{payment.payment_id}"
        return await self.ports.payments.refund(refund, idempotency_key=key)

    @activity.defn
    async def book_refund(self, booking: PaymentBooking) -> None:
        """Book in accounting and in our books that a payment went back. A repeat finds it booked."""
        entry = refund_entry(booking.invoice_id, booking.payment)
        await self._book(entry, f"refund/{booking.payment.payment_id}")
        await self.ports.books.record_refund(booking.invoice_id, booking.payment)

    @activity.defn
    async def book_credit_note(self, invoice_id: str) -> str:
        """Take the invoice's booking back; returns the entry's id. A repeat finds it booked."""
        return await self._book(credit_note_entry(await self._load(invoice_id)), "credit-note")

    @activity.defn
    async def render_credit_note(self, note: CreditNote) -> DocumentReference:
        """Make the credit note's PDF and store it. A repeat makes the same bytes and finds them stored."""
        invoice = await self._load(note.invoice_id)
        content = await asyncio.to_thread(self.ports.render_credit_note, invoice, note)
        return await self.ports.documents.save(note.invoice_id, content)

    @activity.defn
    async def send_credit_note_email(self, mailing: Mailing) -> str:
        """Mail the stored credit note to the customer. A repeat mails the same bytes again."""
        invoice = await self._load(mailing.invoice_id)
        content = await self.ports.documents.fetch(mailing.document.digest)
        return await self.ports.mail.send(credit_note_mail(invoice, mailing, content, _workflow_id()))

    @activity.defn
    async def record_status(self, change: StatusChange) -> None:
        """Write the status and its instant into our books. A late repeat neither takes it back nor adds a line."""
        run_id = activity.info().workflow_run_id or ""
        try:
            await self.ports.books.record_status(change.invoice_id, change.status, at=change.at, run_id=run_id)
        except InvoiceUnknown as error:
            raise _final(error) from error

    async def _book(self, entry: Entry, act: str) -> str:
        return await self.ports.accounting.book(entry, idempotency_key=f"{_workflow_id()}/{act}")

    async def _withdraw(self, invoice_id: str, act: str) -> bool:
        key = f"{_workflow_id()}/{act}"
        return await self.ports.accounting.withdraw(invoice_id, idempotency_key=key) is not None

    async def _record_payment(self, booking: PaymentBooking) -> PaymentReceipt:
        try:
            return await self.ports.books.record_payment(booking.invoice_id, booking.payment)
        except (InvoiceUnknown, PaymentDiffers) as error:
            raise _final(error) from error

    async def _load(self, invoice_id: str) -> Invoice:
        try:
            return await self.ports.books.load(invoice_id)
        except InvoiceUnknown as error:
            raise _final(error) from error


@contextmanager
def _telling_the_attempt() -> Iterator[None]:
    """Say with a refusal at which attempt it came: only at the first is it certain that nothing was done before."""
    try:
        yield
    except ApplicationError as error:
        if not error.non_retryable:
            raise
        attempt = activity.info().attempt
        raise ApplicationError(error.message, attempt, type=error.type, non_retryable=True) from error


def _final(error: InvoiceUnknown | PaymentDiffers) -> ApplicationError:
    """What the books will say again however often they are asked."""
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)


def _workflow_id() -> str:
    found = activity.info().workflow_id
    if found is None:
        raise ApplicationError("this activity belongs to a workflow; it makes its keys of the workflow's id")
    return found
