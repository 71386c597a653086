from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

import pytest
from temporalio.client import Client

from workflows.app import Ports, app
from workflows.invoices.family import FAMILY
from workflows.invoices.model import InvoiceRequest, Payment, Status
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.settings import read_settings
from workflows.worker import serve


def ports_of(outside: Surroundings) -> Ports:
    """Those of the real application, which are asked for nothing, with invoices in the world in memory."""
    real = app.ports(outside.settings)
    return replace(real, of={**real.of, FAMILY.name: outside.ports()})


async def test_it_serves_until_it_is_told_to_stop_and_then_drains(client: Client) -> None:
    queue, outside, stop = f"test-{uuid.uuid4()}", Surroundings(), asyncio.Event()
    invoice = outside.put(sample_invoice())
    settings = read_settings({"TEMPORAL_TASK_QUEUE": queue, "TEMPORAL_MAX_CONCURRENT_WORKFLOWS": "1"})
    ports = ports_of(outside)
    serving = asyncio.create_task(serve(app.workers(client, settings, ports), stop))
    request = InvoiceRequest(invoice.invoice_id, invoice.customer.name, invoice.total, invoice.due_at)
    handle = await client.start_workflow(InvoiceProcessing.run, request, id=queue, task_queue=queue)
    await handle.execute_update(InvoiceProcessing.record_payment, Payment("PAY-1", invoice.total))
    assert (await handle.result()).status is Status.PAID
    stop.set()
    async with asyncio.timeout(60):
        await serving
    await ports.close()


async def test_it_ends_with_the_error_when_it_cannot_serve(client: Client) -> None:
    config = client.config() | {"namespace": "of-nobody"}
    ports = ports_of(Surroundings())
    nowhere = app.workers(Client(**config), read_settings({}), ports)
    async with asyncio.timeout(60):
        with pytest.raises(RuntimeError, match="of-nobody"):
            await serve(nowhere, asyncio.Event())
    await ports.close()
