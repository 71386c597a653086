"""What happens to one invoice under load: uploaded, processed, paid in one or several parts or cancelled, asked about.

Data flow: a locustfile's piece of work → **billing** → ``operations``. The workflow is started as the API starts
it: one workflow for each invoice, ever. What a person does between two steps is a pause, which is theirs and not the
system's: it is taken out of what the completion is measured by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.load.client.operations import Operations, Started
from harness.load.judge.counts import AGAIN
from harness.load.measure.measurements import Kind, Row
from load.company import PlannedInvoice
from scenarios.invoices.workload.calls import CANCEL_REASON, payment_request
from scenarios.invoices.workload.customers import PlannedPayment
from scenarios.invoices.workload.uploading import CSV
from workflows.invoices.model import TASK_QUEUE
from workflows.invoices.routes.starting import invoice_request, start_options
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.settings import Settings

TYPE = "InvoiceProcessing"
UPLOAD, UPLOAD_AGAIN = Row(Kind.UPLOAD, "invoice"), Row(Kind.UPLOAD, f"invoice{AGAIN}")
PAY, CANCEL = Row(Kind.UPDATE, "pay"), Row(Kind.UPDATE, "cancel")
SHOW = Row(Kind.QUERY, "invoice")

FIRST_TASK_SHARE = 0.1
"""Of so many invoices it is asked how long the first task waited: asking costs a call."""

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
        for payment in self.planned.customer.payments:
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
        invoice = self.planned.invoice
        self.operations.request(
            row,
            "POST",
            f"{self._api_url}/invoices",
            accept=lambda answer: bool(answer["accepted"] == [invoice.invoice_id]),
            content=self.planned.content,
            headers={"Content-Type": CSV},
        )

    def _start(self) -> Started:
        settings, invoice = self._settings, self.planned.invoice
        request = invoice_request(invoice, settings.reminder_seconds, settings.grace_seconds)
        options = start_options(invoice, settings.queue_for(TASK_QUEUE))
        started = self.operations.start(InvoiceProcessing.run, request, name=TYPE, **options)
        if self.planned.double_click:
            self.operations.start(InvoiceProcessing.run, request, name=TYPE, row=f"{TYPE}{AGAIN}", **options)
        return started

    def _pay(self, payment: PlannedPayment) -> None:
        url = f"{self._settings.payments_url.rstrip('/')}/payments"
        self.operations.request(PAY, "POST", url, **payment_request(self.planned.invoice.invoice_id, payment))

    def _ask(self, started: Started) -> None:
        self.operations.query(started.workflow_id, "status")
        self.operations.request(SHOW, "GET", f"{self._api_url}/invoices/{self.planned.invoice.invoice_id}")

    def _cancel(self) -> None:
        url = f"{self._api_url}/invoices/{self.planned.invoice.invoice_id}/cancel"
        self.operations.request(CANCEL, "POST", url, json={"reason": CANCEL_REASON})

    @property
    def _settings(self) -> Settings:
        settings: Settings = self.operations.connection.target.settings
        return settings

    @property
    def _api_url(self) -> str:
        return f"http://{self._settings.api.host}:{self._settings.api.port}"

    def _wait(self) -> None:
        self.paused_seconds += self.pause()


def _status(result: Any) -> Any:
    return result.get("status") if isinstance(result, Mapping) else None
