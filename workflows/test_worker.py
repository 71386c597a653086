from __future__ import annotations

import asyncio
import uuid

import pytest
from temporalio.client import Client

from workflows.app import Ports, app
from workflows.families import families
from workflows.invoices.family import FAMILY
from workflows.invoices.model import InvoiceRequest, Payment, Status
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.settings import read_settings
from workflows.worker import serve


def ports_of(outside: Surroundings) -> Ports:
    return Ports({family.name: outside.ports() if family is FAMILY else None for family in families()})


async def test_it_serves_until_it_is_told_to_stop_and_then_drains(client: Client) -> None:
    queue, outside, stop = f"test-{uuid.uuid4()}", Surroundings(), asyncio.Event()
    invoice = outside.put(sample_invoice())
    settings = read_settings({"TEMPORAL_TASK_QUEUE": queue, "TEMPORAL_MAX_CONCURRENT_WORKFLOWS": "1"})
    serving = asyncio.create_task(serve(app.workers(client, settings, ports_of(outside)), stop))
    request = InvoiceRequest(invoice.invoice_id, invoice.customer.name, invoice.total, invoice.due_at)
    handle = await client.start_workflow(InvoiceProcessing.run, request, id=queue, task_queue=queue)
    await handle.execute_update(InvoiceProcessing.record_payment, Payment("PAY-1", invoice.total))
    assert (await handle.result()).status is Status.PAID
    stop.set()
    async with asyncio.timeout(20):
        await serving


async def test_it_ends_with_the_error_when_it_cannot_serve(client: Client) -> None:
    config = client.config() | {"namespace": "of-nobody"}
    nowhere = app.workers(Client(**config), read_settings({}), ports_of(Surroundings()))
    async with asyncio.timeout(20):
        with pytest.raises(RuntimeError, match="of-nobody"):
            await serve(nowhere, asyncio.Event())
