"""Turns invoices, payments and what undoes them into balanced accounting entries.

Pure, so that a repeated booking is the same entry.
"""

from __future__ import annotations

from workflows.gateways.ports import Entry, Posting
from workflows.invoices.model import Invoice, Payment
from workflows.kit.money import Money


def invoice_entry(invoice: Invoice) -> Entry:
    """The customer owes the total; we earned the net and owe the tax."""
    return Entry(
        reference=invoice.invoice_id,
        kind="invoice",
        memo=f"Invoice {invoice.invoice_id} to {invoice.customer.name}",
        postings=(
            _debit("receivable", invoice.total),
            _credit("revenue", invoice.net),
            _credit("vat", invoice.tax),
        ),
    )


def payment_entry(invoice_id: str, payment: Payment) -> Entry:
    """The bank has it; the customer owes that much less."""
    return Entry(
        reference=invoice_id,
        kind="payment",
        memo=f"Payment {payment.payment_id} of invoice {invoice_id}",
        postings=(_debit("bank", payment.amount), _credit("receivable", payment.amount)),
    )


def refund_entry(invoice_id: str, payment: Payment) -> Entry:
    """The payment's entry taken back: the bank no longer has it."""
    return Entry(
        reference=invoice_id,
        kind="refund",
        memo=f"Refund of {payment.payment_id} of invoice {invoice_id}",
        postings=(_debit("receivable", payment.amount), _credit("bank", payment.amount)),
    )


def credit_note_entry(invoice: Invoice) -> Entry:
    """The invoice's entry taken back: nothing is owed, nothing was earned."""
    return Entry(
        reference=invoice.invoice_id,
        kind="credit-note",
        memo=f"Credit note for invoice {invoice.invoice_id} to {invoice.customer.name}",
        postings=(
            _debit("revenue", invoice.net),
            _debit("vat", invoice.tax),
            _credit("receivable", invoice.total),
        ),
    )


def _debit(account: str, amount: Money) -> Posting:
    return Posting(account, debit=amount, credit=Money.zero(amount.currency))


def _credit(account: str, amount: Money) -> Posting:
    return Posting(account, debit=Money.zero(amount.currency), credit=amount)
