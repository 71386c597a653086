"""How far an invoice has come: the part of the workflow's state that goes with it from run to run.

Pure and deterministic: no Temporal calls. The status is the workflow's own, because it is also what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflows.invoices.model import (
    Cancellation,
    Carried,
    Compensation,
    DocumentReference,
    InvoiceRequest,
    Status,
)
from workflows.invoices.payments_taken import PaymentsTaken


@dataclass
class Progress:
    """What was done for an invoice, and what undoes it.

    :param document: the PDF, once there is one.
    :param compensations: what undoes the steps that were begun, the latest done last; see ``forward`` and ``saga``.
    :param reminders_done: how many reminders are behind it, mailed or passed by.
    :param cancellation: set once somebody has asked for it.
    """

    payments: PaymentsTaken
    document: DocumentReference | None
    compensations: list[Compensation]
    reminders_done: int
    cancellation: Cancellation | None

    @property
    def cancelled(self) -> bool:
        """Whether somebody has asked to cancel it."""
        return self.cancellation is not None

    @property
    def wanted(self) -> bool:
        """Whether the customer's money is still wanted."""
        return not self.cancelled and not self.payments.settled

    def may_have_happened(self, compensation: Compensation) -> None:
        """A step is about to begin: from here on it may have happened, whatever is heard of it."""
        self.compensations.append(compensation)

    def has_happened(self, compensation: Compensation) -> None:
        """The step is done."""
        self.compensations.remove(compensation)
        self.compensations.append(replace(compensation, certain=True))

    def has_not_happened(self, compensation: Compensation) -> None:
        """The step was certainly not done, and never will be."""
        self.compensations.remove(compensation)

    def carried(self, status: Status) -> Carried | None:
        """All of it for the next run; ``None`` before there is a document, when there is no next run."""
        if self.document is None:
            return None
        compensations = tuple(self.compensations)
        booked, reminders_done = self.payments.booked, self.reminders_done
        return Carried(status, self.document, booked, compensations, reminders_done, self.cancellation)


def progress_of(request: InvoiceRequest) -> Progress:
    """Where the run that gets this request begins."""
    carried = request.carried
    if carried is None:
        return Progress(PaymentsTaken(request.total), None, [], 0, None)
    payments, compensations = PaymentsTaken(request.total, carried.payments), list(carried.compensations)
    return Progress(payments, carried.document, compensations, carried.reminders_done, carried.cancellation)
