"""What happens to one invoice under load: uploaded, processed, paid in one or several parts or cancelled, asked about.

Where it stands: a locustfile's piece of work → **billing** → ``operations``. The workflow is started as the API starts
it: one workflow for each invoice, ever. What a person does between two steps is a pause, which is theirs and not the
system's: it is taken out of what the completion is measured by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from load.company import PlannedInvoice, PlannedPayment, as_csv
from load.counts import AGAIN
from load.measurements import Kind, Row
from load.operations import Operations, Started
from workflows.api.starting import invoice_request, start_options
from workflows.invoices.workflow import InvoiceProcessing

TYPE = "InvoiceProcessing"
UPLOAD, UPLOAD_AGAIN = Row(Kind.UPLOAD, "invoice"), Row(Kind.UPLOAD, f"invoice{AGAIN}")
PAY, CANCEL = Row(Kind.UPDATE, "pay"), Row(Kind.UPDATE, "cancel")
SHOW = Row(Kind.QUERY, "invoice")

WORKFLOW_IDS_BEGIN = "invoice-"

Pause = Callable[[], float]
"""Waits as long as a person takes between two steps, and says how many seconds that was."""


def at_once() -> float:
    """No pause."""
    return 0.0


@dataclass
class Billing:
    """One invoice on its way.

    :param with_first_task: also ask how long the first task waited.
    """

    operations: Operations
    planned: PlannedInvoice
    with_first_task: bool = False
    pause: Pause = at_once
    paused_seconds: float = 0.0

    def run(self) -> None:
        """All of it, from the upload to the end of the workflow."""
        self._upload(UPLOAD)
        if self.planned.double_upload:
            self._upload(UPLOAD_AGAIN)
        started = self._start()
        for payment in self.planned.payments:
            self._wait()
            self._pay(payment)
        if self.planned.asked:
            self._wait()
            self._ask(started)
        if self.planned.cancelled:
            self._wait()
            self._cancel()
        own = replace(started, began_seconds=started.began_seconds + self.paused_seconds)
        self.operations.completion(own, accept=lambda result: _status(result) == self.planned.ends_as)
        if self.with_first_task:
            self.operations.first_task(started)

    def _upload(self, row: Row) -> None:
        target, invoice = self.operations.connection.target, self.planned.invoice
        self.operations.request(
            row,
            "POST",
            f"{target.api_url}/invoices",
            accept=lambda answer: bool(answer["accepted"] == [invoice.invoice_id]),
            content=as_csv(invoice).encode(),
            headers={"Content-Type": "text/csv"},
        )

    def _start(self) -> Started:
        settings, invoice = self.operations.connection.target.settings, self.planned.invoice
        request = invoice_request(invoice, settings.reminder_seconds, settings.grace_seconds)
        options = start_options(invoice, settings.task_queue)
        started = self.operations.start(InvoiceProcessing.run, request, name=TYPE, **options)
        if self.planned.double_click:
            self.operations.start(InvoiceProcessing.run, request, name=TYPE, row=f"{TYPE}{AGAIN}", **options)
        return started

    def _pay(self, payment: PlannedPayment) -> None:
        body = {
            "payment_id": payment.payment_id,
            "invoice_id": self.planned.invoice.invoice_id,
            "amount": f"{payment.amount.amount:f}",
            "currency": payment.amount.currency,
            "deliveries": payment.deliveries,
        }
        url = f"{self.operations.connection.target.payments_url}/payments"
        headers = {"Idempotency-Key": payment.payment_id}
        self.operations.request(PAY, "POST", url, json=body, headers=headers)

    def _ask(self, started: Started) -> None:
        self.operations.query(started.workflow_id, "status")
        target, invoice_id = self.operations.connection.target, self.planned.invoice.invoice_id
        self.operations.request(SHOW, "GET", f"{target.api_url}/invoices/{invoice_id}")

    def _cancel(self) -> None:
        target, invoice_id = self.operations.connection.target, self.planned.invoice.invoice_id
        url = f"{target.api_url}/invoices/{invoice_id}/cancel"
        self.operations.request(CANCEL, "POST", url, json={"reason": "ordered twice"})

    def _wait(self) -> None:
        self.paused_seconds += self.pause()


def _status(result: Any) -> Any:
    return result.get("status") if isinstance(result, Mapping) else None
