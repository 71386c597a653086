"""Cancelling through the API, and payments that come at the wrong time; the outside is in memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from workflows.conftest import Running
from workflows.invoices.model import Invoice, InvoiceRequest, InvoiceResult, Status
from workflows.invoices.routes.test_api import Api, calling, context, problem
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Refused
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.testing_waits import forward


@pytest.fixture
async def api(running: Running) -> AsyncIterator[Api]:
    async with calling(context(running)) as http:
        yield Api(http, running)


async def cancel(api: Api, invoice: Invoice, body: Any = None) -> httpx.Response:
    content = {"reason": "sent by mistake"} if body is None else body
    return await api.http.post(f"/invoices/{invoice.invoice_id}/cancel", json=content)


async def result(api: Api, invoice: Invoice) -> Any:
    handle = api.running.client.get_workflow_handle(f"invoice-{invoice.invoice_id}", result_type=InvoiceResult)
    return await handle.result()


async def closes(api: Api, invoice: Invoice) -> None:
    """Nothing more comes until its due instant, which is skipped to."""
    client = api.running.client
    await forward(client, client.get_workflow_handle(f"invoice-{invoice.invoice_id}"))


@contextlib.asynccontextmanager
async def part_paid(running: Running) -> AsyncIterator[tuple[Api, Api, Invoice]]:
    """An API, one that waits for an answer no longer than a second, and a processed invoice of which a part is paid."""
    patient, hasty = context(running), replace(context(running), wait_seconds=1.0)
    async with calling(patient) as http, calling(hasty) as hasty_http:
        api = Api(http, running)
        invoice = api.invoice()
        await api.process(invoice)
        assert (await api.pay(invoice.invoice_id, "15.00")).status_code == 200
        yield api, Api(hasty_http, running), invoice


async def cancel_in_haste(hasty: Api, invoice: Invoice, body: Any = None) -> httpx.Response:
    """Cancel, again where a busy machine has not even accepted it within the second that this API waits."""
    async with asyncio.timeout(60):
        while (answer := await cancel(hasty, invoice, body)).status_code == 503:
            pass
    return answer


async def test_after_a_part_payment_all_is_undone_and_payments_go_back(api: Api) -> None:
    invoice = api.invoice()
    await api.process(invoice)
    assert (await api.pay(invoice.invoice_id, "15.00")).status_code == 200
    answer = await cancel(api, invoice)
    assert (answer.status_code, answer.json()) == (200, {"invoice_id": invoice.invoice_id, "status": "cancelled"})
    assert [refund.payment_id for refund in api.running.outside.refunds.values()] == ["PAY-1"]
    # Again it is the same, another payment goes back, and the one that was counted keeps its receipt.
    assert (await cancel(api, invoice)).status_code == 200
    assert problem(await api.pay(invoice.invoice_id, "100.00", payment_id="PAY-2")) == (409, "invoice-closed")
    assert (await api.pay(invoice.invoice_id, "15.00")).status_code == 200
    assert (await api.http.get(f"/invoices/{invoice.invoice_id}")).json()["status"] == "cancelled"


async def test_an_invoice_that_was_never_processed_is_cancelled_and_never_sent(api: Api) -> None:
    invoice = api.invoice()
    assert (await cancel(api, invoice)).json()["status"] == "cancelled"
    processed = (await api.process(invoice)).json()
    assert (await result(api, invoice)).status is Status.CANCELLED
    assert processed["workflow_id"] == f"invoice-{invoice.invoice_id}"
    assert api.running.outside.acts == []
    assert problem(await api.pay(invoice.invoice_id)) == (409, "invoice-closed")


async def test_what_takes_long_goes_on_by_itself(running: Running) -> None:
    running.outside.before = gate = Gate("book/credit-note")
    async with part_paid(running) as (api, hasty, invoice):
        answer = await cancel_in_haste(hasty, invoice)
        assert (answer.status_code, answer.json()["status"]) == (202, "cancelling")
        assert problem(await api.pay(invoice.invoice_id, payment_id="PAY-2")) == (409, "invoice-closed")
        gate.opened.set()
        assert (await result(api, invoice)).status is Status.CANCELLED
        assert (await cancel(api, invoice)).status_code == 200


async def test_the_first_reason_stands_whoever_asks_meanwhile_and_afterwards(running: Running) -> None:
    running.outside.before = gate = Gate("book/credit-note")
    async with part_paid(running) as (api, hasty, invoice):
        assert (await cancel_in_haste(hasty, invoice)).status_code == 202
        assert (await cancel_in_haste(hasty, invoice, {"reason": "another"})).status_code == 202
        gate.opened.set()
        assert (await result(api, invoice)).reasons == ("sent by mistake",)
        assert (await cancel(api, invoice, {"reason": "another"})).status_code == 200
        assert (await result(api, invoice)).reasons == ("sent by mistake",)


async def test_a_held_cancelling_says_that_it_goes_on(running: Running) -> None:
    running.outside.before = Failing("refund", Refused("unknown payment"))
    async with part_paid(running) as (_, hasty, invoice):
        assert (await cancel_in_haste(hasty, invoice)).status_code == 202
        assert (await cancel_in_haste(hasty, invoice)).json()["status"] == "cancelling"


@pytest.mark.parametrize("end", ["paid", "overdue", "invalid"])
async def test_what_has_ended_is_not_cancelled_and_takes_no_payment(api: Api, end: str) -> None:
    all_changes: dict[str, dict[str, Any]] = {
        "paid": {},
        "overdue": {},
        "invalid": {"tax_number": "1"},
    }
    invoice = api.invoice(**all_changes[end])
    await api.process(invoice)
    if end == "paid":
        await api.pay(invoice.invoice_id)
    if end == "overdue":
        await closes(api, invoice)
    assert (await result(api, invoice)).status == end
    assert problem(await cancel(api, invoice)) == (409, "invoice-closed")
    assert problem(await api.pay(invoice.invoice_id, payment_id="LATE")) == (409, "invoice-closed")


async def test_one_that_is_about_to_end_is_not_cancelled_either(api: Api) -> None:
    opened = asyncio.Event()
    invoice = api.invoice()

    async def hold_the_end(operation: str) -> None:
        if operation == "status" and api.running.outside.status_of(invoice.invoice_id) is Status.SENT:
            await opened.wait()

    api.running.outside.before = hold_the_end
    await api.process(invoice)
    await api.pay(invoice.invoice_id)
    assert problem(await cancel(api, invoice)) == (409, "invoice-closed")
    opened.set()
    assert (await result(api, invoice)).status is Status.PAID


@pytest.mark.parametrize("body", [{}, [], {"reason": ""}, {"reason": "x" * 501}, {"reason": 1}], ids=str)
async def test_a_reason_is_needed(api: Api, body: Any) -> None:
    assert problem(await cancel(api, api.invoice(), body)) == (422, "reason-missing")


async def test_half_a_character_is_no_reason(api: Api) -> None:
    body = b'{"reason": "sent \\ud800"}'
    answer = await api.http.post(f"/invoices/{api.invoice().invoice_id}/cancel", content=body)
    assert problem(answer) == (422, "reason-missing")


async def test_unknown_invoices_and_other_methods(api: Api) -> None:
    answer = await api.http.post("/invoices/INV-9/cancel", json={"reason": "x"})
    assert problem(answer) == (404, "invoice-unknown")
    assert problem(await api.http.get("/invoices/INV-9/cancel")) == (405, "method-not-allowed")


async def test_without_temporal_the_answer_is_503(api: Api, free_ports: Any) -> None:
    address, converter = f"127.0.0.1:{free_ports(1)[0]}", api.running.client.data_converter
    away = await Client.connect(address, lazy=True, data_converter=converter)
    async with calling(replace(context(api.running), client=away, wait_seconds=0.5)) as http:
        assert problem(await cancel(Api(http, api.running), api.invoice())) == (503, "not-now")


async def test_a_workflow_that_was_terminated_is_nothing_to_cancel(api: Api) -> None:
    invoice = api.invoice()
    handle = api.running.client.get_workflow_handle((await api.process(invoice)).json()["workflow_id"])
    await handle.terminate()
    assert problem(await cancel(api, invoice)) == (503, "not-now")


async def test_what_the_server_has_forgotten_is_answered_from_the_books(api: Api) -> None:
    invoice = api.invoice()
    await api.running.outside.record_status(invoice.invoice_id, Status.CANCELLED, at=invoice.due_at, run_id="R-1")
    assert (await cancel(api, invoice)).status_code == 200
    assert problem(await api.pay(invoice.invoice_id)) == (409, "invoice-closed")


async def start_with_short_runs(api: Api, invoice: Invoice) -> None:
    """As ``process`` does, but for the payments that a run may take."""
    await api.running.client.start_workflow(
        InvoiceProcessing.run,
        InvoiceRequest(invoice.invoice_id, "Nour", invoice.total, invoice.due_at, payments_per_run=1),
        id=f"invoice-{invoice.invoice_id}",
        task_queue=api.running.task_queue,
    )


async def test_payments_and_cancelling_do_not_notice_new_runs(api: Api) -> None:
    invoice = api.invoice()
    await start_with_short_runs(api, invoice)
    answers = await asyncio.gather(
        *(api.pay(invoice.invoice_id, "5.00", payment_id=f"PAY-{number // 2}") for number in range(12))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert (await cancel(api, invoice)).status_code == 200
    assert len(api.running.outside.refunds) == 6
    assert (await result(api, invoice)).paid.amount == 30


async def test_processing_again_names_the_first_run(api: Api) -> None:
    invoice = api.invoice()
    await start_with_short_runs(api, invoice)
    first = (await api.process(invoice)).json()
    for number in range(3):
        await api.pay(invoice.invoice_id, "15.00", payment_id=f"PAY-{number}")
    assert (await api.process(invoice)).json() == first
    await cancel(api, invoice)
    assert (await api.process(invoice)).json() == first
