"""The paths through ``InvoiceProcessing``, each driven to its end on a real server with the outside in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowUpdateStage
from temporalio.exceptions import ApplicationError

from harness.poll import eventually
from workflows.in_memory import Gate, Outside, sample_invoice
from workflows.invoices.model import InvoiceRequest, InvoiceResult, Payment, Status
from workflows.invoices.workflow import InvoiceProcessing
from workflows.money import Money

Handle = WorkflowHandle[InvoiceProcessing, InvoiceResult]


@dataclass(frozen=True)
class Bench:
    """One path's own worker: a client, a task queue of its own, and its outside."""

    client: Client
    task_queue: str
    outside: Outside

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
    await handle.execute_update(InvoiceProcessing.record_payment, payment, id=payment_id)


async def cancel(handle: Handle) -> None:
    """Cancel the invoice and wait for its end."""
    await handle.execute_update(InvoiceProcessing.cancel, "entered twice")
    await handle.result()


async def _paid(bench: Bench) -> Handle:
    handle = await bench.start()
    await pay(handle, "PAY-1", "115.00")
    await handle.result()
    return handle


async def _paid_in_parts(bench: Bench) -> Handle:
    handle = await bench.start()
    await reaches(handle, Status.SENT)
    await asyncio.gather(pay(handle, "PAY-1", "15.00"), pay(handle, "PAY-2", "100.00"))
    await handle.result()
    return handle


async def _invalid(bench: Bench) -> Handle:
    handle = await bench.start(tax_number="123")
    await handle.result()
    return handle


async def _overdue(bench: Bench) -> Handle:
    handle = await bench.start(due_in=timedelta(seconds=1))
    await handle.result()
    return handle


async def _reminded(bench: Bench) -> Handle:
    handle = await bench.start(due_in=timedelta(seconds=2), reminder_seconds=(-1, 1), grace_seconds=1)
    await reaches(handle, Status.PAST_DUE)
    await handle.result()
    return handle


async def _held(bench: Bench) -> Handle:
    refused = True

    async def refuse(operation: str) -> None:
        if operation == "book/invoice" and refused:
            raise ApplicationError("the period is closed", non_retryable=True)

    bench.outside.before = refuse
    handle = await bench.start()
    await reaches(handle, Status.HELD)
    refused = False
    await handle.execute_update(InvoiceProcessing.resume)
    await pay(handle, "PAY-1", "115.00")
    await handle.result()
    return handle


async def _cancelled_before_sending(bench: Bench) -> Handle:
    bench.outside.before = gate = Gate("load")
    handle = await bench.start()
    await gate.reached.wait()
    cancelling = await handle.start_update(
        InvoiceProcessing.cancel, "entered twice", wait_for_stage=WorkflowUpdateStage.ACCEPTED
    )
    gate.opened.set()
    await cancelling.result()
    await handle.result()
    return handle


async def _cancelled_after_sending(bench: Bench) -> Handle:
    handle = await bench.start()
    await reaches(handle, Status.SENT)
    await cancel(handle)
    return handle


async def _cancelled_after_part_payment(bench: Bench) -> Handle:
    handle = await bench.start()
    await pay(handle, "PAY-1", "15.00")
    await cancel(handle)
    return handle


async def _continued_as_new(bench: Bench) -> Handle:
    handle = await bench.start(payments_per_run=1)
    await pay(handle, "PAY-1", "15.00")

    async def switched() -> bool:
        return len(await run_ids(bench.client, handle)) > 1

    await eventually(switched, what="the next run", timeout_seconds=20)
    await pay(handle, "PAY-2", "100.00")
    await handle.result()
    return handle


async def run_ids(client: Client, handle: Handle) -> list[str]:
    """The runs of the workflow, the first first."""
    found: list[str] = []
    run_id = (await handle.describe()).run_id
    while run_id:
        found.append(run_id)
        history = await client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found[::-1]


PATHS: Mapping[str, Callable[[Bench], Awaitable[Handle]]] = {
    "paid": _paid,
    "paid-in-parts": _paid_in_parts,
    "invalid": _invalid,
    "overdue": _overdue,
    "reminded": _reminded,
    "held": _held,
    "cancelled-before-sending": _cancelled_before_sending,
    "cancelled-after-sending": _cancelled_after_sending,
    "cancelled-after-part-payment": _cancelled_after_part_payment,
    "continued-as-new": _continued_as_new,
}
