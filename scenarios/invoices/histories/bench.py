"""What drives one path: a worker of its own on a real server, its outside in memory, and what a caller does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle

from harness.poll import eventually
from workflows.invoices.model import InvoiceRequest, InvoiceResult, Payment, Status
from workflows.invoices.names import payment_update_id
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.money import Money

Handle = WorkflowHandle[InvoiceProcessing, InvoiceResult]


@dataclass(frozen=True)
class Bench:
    """One path's own worker: a client, a task queue of its own, and its outside."""

    client: Client
    task_queue: str
    outside: Surroundings

    async def start(self, *, due_in: timedelta = timedelta(days=30), tax_number: str = "", **options: Any) -> Handle:
        """Start an invoice of 115.00 SAR. ``options`` are further fields of the request."""
        given = {"tax_number": tax_number} if tax_number else {}
        invoice = self.outside.put(sample_invoice(due_in=due_in, **given))
        request = InvoiceRequest(invoice.invoice_id, invoice.customer.name, invoice.total, invoice.due_at, **options)
        workflow_id = f"invoice-{self.task_queue}"
        started = await self.client.start_workflow(
            InvoiceProcessing.run, request, id=workflow_id, task_queue=self.task_queue
        )
        assert started.id == workflow_id
        # A handle without a run follows the workflow into its next runs.
        return self.client.get_workflow_handle_for(InvoiceProcessing.run, workflow_id)


async def reaches(handle: Handle, status: Status) -> None:
    """Wait until the workflow shows this status."""

    async def shown() -> bool:
        return (await handle.query(InvoiceProcessing.status)).status is status

    await eventually(shown, what=f"{handle.id} to be {status}", timeout_seconds=20)


async def pay(handle: Handle, payment_id: str, amount: str) -> None:
    """Pay part of the invoice."""
    payment = Payment(payment_id, Money.parse(amount, "SAR"))
    await handle.execute_update(InvoiceProcessing.record_payment, payment, id=payment_update_id(payment))


async def cancel(handle: Handle) -> None:
    """Cancel the invoice and wait for its end."""
    await handle.execute_update(InvoiceProcessing.cancel, "entered twice")
    await handle.result()


async def run_ids(client: Client, handle: Handle) -> list[str]:
    """The runs of the workflow, the first first."""
    found: list[str] = []
    run_id = (await handle.describe()).run_id
    while run_id:
        found.append(run_id)
        history = await client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found[::-1]
