"""Fixtures of the application's tests: a client of the shared dev server, and a running worker with ports in memory."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor, Worker

from workflows.app import app
from workflows.invoices.family import FAMILY
from workflows.invoices.model import TASK_QUEUE, Invoice, InvoiceRequest, InvoiceResult
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.retry import LONG, ORDINARY

SHUTDOWN_SECONDS = 30.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """A worker with a task queue of its own."""

    client: Client
    task_queue: str
    outside: Surroundings

    async def start(self, invoice: Invoice, **options: Any) -> WorkflowHandle[InvoiceProcessing, InvoiceResult]:
        """Put the invoice into the books and start its workflow.

        :param options: further fields of the request.
        """
        self.outside.put(invoice)
        request = InvoiceRequest(invoice.invoice_id, invoice.customer.name, invoice.total, invoice.due_at, **options)
        known_as = f"invoice-{invoice.invoice_id}-{self.task_queue}"
        return await self.client.start_workflow(InvoiceProcessing.run, request, id=known_as, task_queue=self.task_queue)


@dataclass
class UnderWay(Interceptor):
    """Counts the activities that have begun and not ended in one worker."""

    count: int = 0

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See the base class."""
        return _Counted(next, self)


class _Counted(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, under_way: UnderWay) -> None:
        super().__init__(next)
        self._under_way = under_way

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        self._under_way.count += 1
        try:
            return await super().execute_activity(input)
        finally:
            self._under_way.count -= 1


@pytest.fixture(autouse=True)
def _late_heartbeats_are_no_death(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin no second attempt because a busy machine keeps the first one from beating for a while."""
    for options in (ORDINARY, LONG):
        monkeypatch.setitem(options, "heartbeat_timeout", timedelta(minutes=1))


@pytest.fixture(scope="session")
async def client(temporal_address: str) -> Client:
    """A client with the application's data converter."""
    return await Client.connect(temporal_address, data_converter=app.data_converter)


@pytest.fixture
async def running(client: Client) -> AsyncIterator[Running]:
    """The application's worker, its outside in memory."""
    found = Running(client, f"test-{uuid.uuid4()}", Surroundings())
    async with working(found):
        yield found


@asynccontextmanager
async def working(running: Running, **options: Any) -> AsyncIterator[None]:
    """The application's worker on this task queue.

    :param options: further ones of the worker.
    """
    under_way = UnderWay()
    worker = Worker(
        running.client,
        task_queue=running.task_queue,
        workflows=FAMILY.queues[TASK_QUEUE].workflows,
        activities=FAMILY.activities(running.outside.ports()),
        interceptors=[under_way, *app.interceptors],
        **options,
    )
    serving = asyncio.create_task(worker.run())
    yield
    await _shut_down(worker, serving, under_way)


async def _shut_down(worker: Worker, serving: asyncio.Task[None], under_way: UnderWay) -> None:
    """Shut the worker down; an error it ended with is raised, and so is an activity of ours that will not end.

    When none is under way, a worker that stays is the SDK's: it may wait for ever for an activity that completed while
    it was shutting down (temporalio/sdk-rust issue 1537). It is left behind, with a queue that nobody uses again.
    """
    stopping = asyncio.create_task(worker.shutdown())
    await asyncio.wait((stopping, serving), timeout=SHUTDOWN_SECONDS)
    if not stopping.done():
        logger.warning("the worker did not shut down within %g s, and is left behind", SHUTDOWN_SECONDS)
        stopping.cancel()
        serving.cancel()
        assert not under_way.count, f"{under_way.count} activities did not end when their worker shut down"
        return
    await serving
