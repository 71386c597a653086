"""Fixtures of the application's tests: a client of the shared dev server, and a running worker with ports in memory."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from workflows.app import app
from workflows.in_memory import Outside
from workflows.invoices.model import TASK_QUEUE, Invoice, InvoiceRequest, InvoiceResult
from workflows.invoices.workflow import InvoiceProcessing

SHUTDOWN_SECONDS = 30.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """A worker with a task queue of its own."""

    client: Client
    task_queue: str
    outside: Outside

    async def start(self, invoice: Invoice, **options: Any) -> WorkflowHandle[InvoiceProcessing, InvoiceResult]:
        """Put the invoice into the books and start its workflow.

        :param options: further fields of the request.
        """
        self.outside.put(invoice)
        request = InvoiceRequest(invoice.invoice_id, invoice.customer.name, invoice.total, invoice.due_at, **options)
        known_as = f"invoice-{invoice.invoice_id}-{self.task_queue}"
        return await self.client.start_workflow(InvoiceProcessing.run, request, id=known_as, task_queue=self.task_queue)


@pytest.fixture(scope="session")
async def client(temporal_address: str) -> Client:
    """A client with the application's data converter."""
    return await Client.connect(temporal_address, data_converter=app.data_converter)


@pytest.fixture
async def running(client: Client) -> AsyncIterator[Running]:
    """The application's worker, its outside in memory."""
    task_queue, outside = f"test-{uuid.uuid4()}", Outside()
    worker = Worker(
        client,
        task_queue=task_queue,
        workflows=app.queues[TASK_QUEUE].workflows,
        activities=app.activities(outside.ports()),
        interceptors=app.interceptors,
    )
    serving = asyncio.create_task(worker.run())
    yield Running(client, task_queue, outside)
    await _shut_down(worker, serving)


async def _shut_down(worker: Worker, serving: asyncio.Task[None]) -> None:
    """Shut the worker down; an error it ended with is raised.

    Bounded, because the SDK may wait for ever for an activity that completed while the worker was shutting down
    (temporalio/sdk-rust issue 1537). The worker that is left behind polls a queue of its own, which nobody uses again.
    """
    stopping = asyncio.create_task(worker.shutdown())
    await asyncio.wait((stopping, serving), timeout=SHUTDOWN_SECONDS)
    if not stopping.done():
        logger.warning("the worker did not shut down within %g s, and is left behind", SHUTDOWN_SECONDS)
        stopping.cancel()
        serving.cancel()
        return
    await serving
