"""The payments of an invoice that were booked, with their receipts, and those of them that went back.

The receipt is made where the payment is written down, one payment of an invoice after the other, and is never made
again: whoever asks, and whenever, gets the first one.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, bindparam, func, insert, select

from workflows.invoices.books.booked import BookedPayment
from workflows.invoices.books.tables import invoices, payments, refunds
from workflows.invoices.model import Payment, PaymentReceipt
from workflows.invoices.ports import InvoiceUnknown, PaymentDiffers
from workflows.kit.money import Money

_HEAD = (
    select(invoices.c.total_minor_units, invoices.c.currency)
    .where(invoices.c.invoice_id == bindparam("invoice_id"))
    .with_for_update()
)
_PAYMENT = (
    select(payments.c.amount_minor_units, payments.c.outstanding_minor_units, invoices.c.currency)
    .join(invoices, invoices.c.invoice_id == payments.c.invoice_id)
    .where(payments.c.invoice_id == bindparam("invoice_id"), payments.c.payment_id == bindparam("payment_id"))
)
_AMOUNTS = {
    table: select(table.c.amount_minor_units).where(table.c.invoice_id == bindparam("invoice_id"))
    for table in (payments, refunds)
}


def write_payment(connection: Connection, invoice_id: str, payment: Payment) -> PaymentReceipt:
    """Write down a payment that was booked, or find it written down.

    :raises InvoiceUnknown: when there is no such invoice.
    :raises PaymentDiffers: when its id is known with another amount.
    """
    head = connection.execute(_HEAD, {"invoice_id": invoice_id}).one_or_none()
    if head is None:
        raise InvoiceUnknown(invoice_id)
    known = payment_of(connection, invoice_id, payment.payment_id)
    if known is not None:
        if known.amount != payment.amount:
            raise PaymentDiffers(f"payment {payment.payment_id} was booked as {known.amount}, not {payment.amount}")
        return known.receipt
    total = Money.of_minor_units(head.total_minor_units, head.currency)
    receipt = PaymentReceipt(
        payment.payment_id, total - sum_of(payments, connection, invoice_id, head.currency) - payment.amount
    )
    count = select(func.count()).where(payments.c.invoice_id == invoice_id)
    connection.execute(
        insert(payments).values(
            invoice_id=invoice_id,
            payment_id=payment.payment_id,
            position=(connection.scalar(count) or 0) + 1,
            amount_minor_units=payment.amount.minor_units,
            outstanding_minor_units=receipt.outstanding.minor_units,
        )
    )
    return receipt


def write_refund(connection: Connection, invoice_id: str, payment: Payment) -> None:
    """Write down that a payment went back, or find it written down."""
    connection.execute(_HEAD, {"invoice_id": invoice_id}).one()
    row = (refunds.c.invoice_id == invoice_id, refunds.c.payment_id == payment.payment_id)
    if connection.execute(select(refunds.c.payment_id).where(*row)).first() is None:
        connection.execute(
            insert(refunds).values(
                invoice_id=invoice_id,
                payment_id=payment.payment_id,
                amount_minor_units=payment.amount.minor_units,
            )
        )


def payment_of(connection: Connection, invoice_id: str, payment_id: str) -> BookedPayment | None:
    """The payment of this id, if it was booked."""
    found = connection.execute(_PAYMENT, {"invoice_id": invoice_id, "payment_id": payment_id}).one_or_none()
    if found is None:
        return None
    outstanding = Money.of_minor_units(found.outstanding_minor_units, found.currency)
    amount = Money.of_minor_units(found.amount_minor_units, found.currency)
    return BookedPayment(amount, PaymentReceipt(payment_id, outstanding))


def sum_of(table: Table, connection: Connection, invoice_id: str, currency: str) -> Money:
    """The sum of an invoice's ``payments`` or ``refunds``."""
    amounts = connection.scalars(_AMOUNTS[table], {"invoice_id": invoice_id})
    return Money.of_minor_units(sum(amounts), currency)
