"""An order is packed while its workers reach the server on a slow line: on containers."""

import asyncio

from temporalio.client import Client
from temporalio.worker import Worker
from workflows.order import Order, pack


def test_an_order_on_a_slow_line(temporal_container, toxiproxy_container):
    line = toxiproxy_container.create_proxy("temporal", "temporal:7233")
    line.add_toxic(type="latency", attributes={"latency": 100})
    address = toxiproxy_container.get_proxy_address("temporal")
    assert asyncio.run(packed(address, "7")) == "packed 7"


async def packed(address: str, number: str) -> str:
    client = await Client.connect(address)
    async with Worker(client, task_queue="orders", workflows=[Order], activities=[pack]):
        return await client.execute_workflow(Order.run, number, id=f"order-{number}", task_queue="orders")
