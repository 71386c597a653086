"""The company in memory is the application as it is: on a real server it sends, books and is paid, without a socket."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx
import pytest
from temporalio.client import Client

from harness.poll import eventually
from harness.record.journal import Journal
from harness.record.record import Outcome
from scenarios.invoices.workload.calls import ask_to_pay, ask_to_process, payment_ended
from scenarios.invoices.workload.customers import PlannedPayment
from scenarios.invoices.workload.sample import sample_rows
from scenarios.invoices.workload.uploading import DatedFile, ask_to_upload
from scenarios.kit.company import API_ADDRESS, Company, company
from scenarios.world.host import HOST_CLOCK, Tasks
from workflows.app import app


@contextlib.asynccontextmanager
async def at_work(address: str, tasks: Tasks) -> AsyncIterator[Company]:
    """A company whose workers serve a queue of their own."""
    client = await Client.connect(address, data_converter=app.data_converter)
    opened = company(HOST_CLOCK, tasks, client, environment={"TEMPORAL_TASK_QUEUE": f"test-{uuid.uuid4()}"})
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(opened.close)
        for worker in app.workers(client, opened.settings, opened.ports):
            await stack.enter_async_context(worker)
        yield opened


@dataclass(frozen=True)
class Customer:
    """Who calls, as the operations of a workload want it."""

    http: httpx.AsyncClient
    environment: Mapping[str, str]
    world_ports: Mapping[str, int]
    journal: Journal


async def test_an_invoice_is_sent_booked_and_paid_and_all_of_it_stands_in_the_record(temporal_address: str) -> None:
    rows = [row for row in sample_rows() if row["invoice_id"] == "INV-0001"]
    payment = PlannedPayment("PAY-1", rows[0]["invoice_total"], rows[0]["currency"], 2, 0.0)
    tasks = Tasks()
    async with at_work(temporal_address, tasks) as opened, httpx.AsyncClient(transport=opened.http) as http:
        customer = Customer(http, opened.environment, opened.world_ports, opened.world.journal)
        assert (await ask_to_upload(DatedFile(rows))(customer)).detail["accepted"] == ["INV-0001"]
        assert (await ask_to_process("INV-0001")(customer)).outcome is Outcome.OK
        assert (await ask_to_pay("INV-0001", payment)(customer)).outcome is Outcome.OK

        async def settled() -> bool:
            return await payment_ended(customer, payment)

        async def paid() -> bool:
            shown = await http.get(f"http://{API_ADDRESS}/invoices/INV-0001")
            return bool(shown.json()["status"] == "paid")

        await eventually(settled, what="the payment to be settled", timeout_seconds=60)
        await eventually(paid, what="the invoice to be paid", timeout_seconds=60)
    part = opened.world.part()
    kinds = [each.effect_kind or each.operation for each in part.effects]
    assert sorted(kinds) == ["booking:invoice", "booking:payment", "mail:invoice", "pay", "settled"]
    assert {attempt.outcome for attempt in part.world_attempts} == {"accepted"}
    assert {(each.delivery, each.status) for each in part.webhooks if each.status == 200} == {(1, 200), (2, 200)}
    [mail] = (each for each in part.effects if each.operation == "mail")
    [attached] = mail.detail["attachments"]
    assert opened.world.attachments[attached["sha256"]].startswith(b"%PDF")


async def test_nobody_is_where_nobody_is(temporal_address: str) -> None:
    async with at_work(temporal_address, Tasks()) as opened, httpx.AsyncClient(transport=opened.http) as http:
        with pytest.raises(httpx.ConnectError, match=r"nobody is at 127\.0\.0\.1:9"):
            await http.get("http://127.0.0.1:9/")
        assert (await http.get(f"http://{API_ADDRESS}/healthz")).status_code == 200
