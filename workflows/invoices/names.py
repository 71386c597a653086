"""The names by which Temporal knows what concerns an invoice: workflow id, update ids and search attributes.

An update id stands for one call and all its repeats: Temporal answers a known one with the first outcome, before any
validator runs. So it must be made of everything that tells two calls apart. The parts of a payment's are separated by a
slash, which neither a payment id nor a currency nor an amount can hold, and no other id begins with ``payment/``.
"""

from __future__ import annotations

from temporalio.common import SearchAttributeKey

from workflows.invoices.model import Payment

INVOICE_CUSTOMER = SearchAttributeKey.for_keyword("InvoiceCustomer")
"""The customer's name; set by whoever starts the workflow."""

WORKFLOW_IDS_BEGIN = "invoice-"

CANCEL_UPDATE_ID = "cancel"
"""Of every cancellation: an invoice is cancelled once."""


def workflow_id(invoice_id: str) -> str:
    """The one workflow id of an invoice, for ever: what makes starting it twice harmless."""
    return WORKFLOW_IDS_BEGIN + invoice_id


def payment_update_id(payment: Payment) -> str:
    """One for each payment id, currency and amount, so that a known payment id with another amount is another call."""
    amount = payment.amount
    return f"payment/{payment.payment_id}/{amount.currency}/{amount.amount:f}"
