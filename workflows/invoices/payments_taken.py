"""Which payments an invoice has been offered, which are being booked and which count. Part of the workflow's state.

Pure and deterministic: no Temporal calls besides the error type, so it is tested without a server.
"""

from __future__ import annotations

from collections.abc import Iterable

from temporalio.exceptions import ApplicationError

from workflows.invoices.model import PAYMENT_REFUSED, Payment, PaymentReceipt
from workflows.kit.money import Money


class PaymentsTaken:
    """The payments of one invoice.

    :param total: what the customer owes; payments beyond it are refused.
    :param booked: what an earlier run of the workflow has booked, in that order; see :attr:`booked`.
    """

    def __init__(self, total: Money, booked: Iterable[tuple[Payment, PaymentReceipt]] = ()) -> None:
        self._total = total
        self._accepted: dict[str, Money] = {}
        self._unfinished: set[str] = set()
        self._receipts: dict[str, PaymentReceipt] = {}
        for payment, receipt in booked:
            self._accepted[payment.payment_id] = payment.amount
            self._receipts[payment.payment_id] = receipt

    @property
    def paid(self) -> Money:
        """The sum of the booked payments."""
        return self._sum(self._receipts)

    @property
    def outstanding(self) -> Money:
        """What is still owed."""
        return self._total - self.paid

    @property
    def settled(self) -> bool:
        """Whether all is paid and booked."""
        return self.paid == self._total

    @property
    def busy(self) -> bool:
        """Whether an accepted payment is still being booked."""
        return bool(self._unfinished)

    @property
    def booked_ids(self) -> tuple[str, ...]:
        """The ids of the booked payments in the order of their booking."""
        return tuple(self._receipts)

    @property
    def booked(self) -> tuple[tuple[Payment, PaymentReceipt], ...]:
        """The booked payments with their receipts, in the order of their booking."""
        return tuple((Payment(id_, self._accepted[id_]), receipt) for id_, receipt in self._receipts.items())

    def knows(self, payment: Payment) -> bool:
        """Whether this payment was accepted before.

        :raises ApplicationError: when its id was accepted with another amount.
        """
        known = self._accepted.get(payment.payment_id)
        if known is not None and known != payment.amount:
            raise _refused(f"payment {payment.payment_id} was {known} before and is {payment.amount} now")
        return known is not None

    def in_progress(self, payment: Payment) -> bool:
        """Whether this payment is being booked."""
        return payment.payment_id in self._unfinished

    def receipt(self, payment: Payment) -> PaymentReceipt | None:
        """The receipt of a booked payment."""
        return self._receipts.get(payment.payment_id)

    def check(self, payment: Payment) -> None:
        """Check a new payment, counting those in progress.

        :raises ApplicationError: of type ``PaymentRefused``, saying what is wrong.
        """
        amount, currency = payment.amount, self._total.currency
        if amount.currency != currency:
            raise _refused(f"payment {payment.payment_id} is in {amount.currency}, the invoice in {currency}")
        if amount <= Money.zero(currency):
            raise _refused(f"payment {payment.payment_id} of {amount} is not a positive amount")
        open_amount = self._total - self._sum(self._accepted)
        if amount > open_amount:
            raise _refused(f"payment {payment.payment_id} of {amount} is more than the open {open_amount}")

    def accept(self, payment: Payment) -> None:
        """Reserve the amount of a checked payment."""
        self._accepted[payment.payment_id] = payment.amount
        self._unfinished.add(payment.payment_id)

    def book(self, payment: Payment, receipt: PaymentReceipt) -> None:
        """Count an accepted payment that is booked now."""
        self._receipts[payment.payment_id] = receipt

    def finish(self, payment: Payment) -> None:
        """End the progress of an accepted payment, whether it was booked or not."""
        self._unfinished.discard(payment.payment_id)

    def _sum(self, payment_ids: dict[str, Money] | dict[str, PaymentReceipt]) -> Money:
        return sum((self._accepted[payment_id] for payment_id in payment_ids), Money.zero(self._total.currency))


def _refused(message: str) -> ApplicationError:
    return ApplicationError(message, type=PAYMENT_REFUSED, non_retryable=True)
