"""The API in this process, with the application's worker on a real server and the books in memory."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.api.application import create_api
from workflows.conftest import Running
from workflows.invoices.model import Invoice, InvoiceResult
from workflows.invoices.names import INVOICE_CUSTOMER
from workflows.invoices.routes.requests import ApiContext
from workflows.invoices.testing_hooks import Failing, Gate
from workflows.invoices.testing_outside import Refused
from workflows.invoices.testing_samples import sample_invoice
from workflows.invoices.uploads.test_csv_input import GOOD, text
from workflows.invoices.uploads.upload import LARGEST_FILE_BYTES
from workflows.invoices.workflow import InvoiceProcessing
from workflows.kit.settings import Secret
from workflows.kit.signature import sign
from workflows.kit.testing_waits import until


@dataclass(frozen=True)
class Api:
    """Calls the API; the invoice ids are fresh, since all tests share one server."""

    http: httpx.AsyncClient
    running: Running

    def invoice(self, **changes: Any) -> Invoice:
        return self.running.outside.put(sample_invoice(f"INV-{uuid.uuid4()}", **changes))

    async def process(self, invoice: Invoice) -> httpx.Response:
        return await self.http.post(f"/invoices/{invoice.invoice_id}/process")

    async def pay(
        self, invoice_id: str, amount: Any = "115.00", *, secret: str = "s3cret", **fields: Any
    ) -> httpx.Response:
        payment = {"payment_id": "PAY-1", "invoice_id": invoice_id, "amount": amount, "currency": "SAR"}
        body = json.dumps(payment | fields).encode()
        headers = {"Payment-Signature": sign(secret, body, at_seconds=int(time.time()))}
        return await self.http.post("/webhooks/payments", content=body, headers=headers)


def calling(context: ApiContext) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_api({"invoices": context}), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://api.example")


def context(running: Running) -> ApiContext:
    """Patient: on a busy machine what a test asks for may take longer than a caller would wait."""
    return ApiContext(running.client, running.outside, running.task_queue, Secret("s3cret"), wait_seconds=60.0)


@pytest.fixture
async def api(running: Running) -> AsyncIterator[Api]:
    async with calling(context(running)) as http:
        yield Api(http, running)


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and kind of a problem, after checking its form."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"]
    return answer.status_code, body["type"].rpartition("/")[2]


async def test_upload_tells_accepted_and_refused(api: Api) -> None:
    bad = GOOD | {"invoice_id": "INV-2", "quantity": "-1"}
    for _ in range(2):  # the same file again is accepted again
        answer = await api.http.post("/invoices", content=text(GOOD, bad), headers={"content-type": "text/csv"})
        assert answer.status_code == 200
        assert answer.json()["accepted"] == ["INV-1"]
        [refused] = answer.json()["refused"]
        assert (refused["row"], refused["field"], refused["invoice_id"]) == (3, "quantity", "INV-2")
    changed = GOOD | {"description": "Other"}
    answer = await api.http.post("/invoices", content=text(changed), headers={"content-type": "text/csv"})
    assert answer.json()["accepted"] == []
    assert [(each["row"], each["field"]) for each in answer.json()["refused"]] == [(2, "invoice_id")]


async def test_processing_twice_is_one_run_also_after_its_end(api: Api) -> None:
    invoice = api.invoice()
    first, second = await asyncio.gather(api.process(invoice), api.process(invoice))
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert first.json()["workflow_id"] == f"invoice-{invoice.invoice_id}"
    handle = api.running.client.get_workflow_handle(first.json()["workflow_id"])
    assert (await handle.describe()).typed_search_attributes.get(INVOICE_CUSTOMER) == "Nour Trading"
    assert (await api.pay(invoice.invoice_id)).status_code == 200
    await handle.result()
    assert (await api.process(invoice)).json() == first.json()


async def test_a_payment_is_answered_when_it_is_booked(api: Api) -> None:
    invoice = api.invoice()
    await api.process(invoice)
    both = await asyncio.gather(*(api.pay(invoice.invoice_id, "15.00") for _ in range(2)))
    expected = {"payment_id": "PAY-1", "outstanding": "100.00", "currency": "SAR"}
    assert [(answer.status_code, answer.json()) for answer in both] == [(200, expected)] * 2
    rest = await api.pay(invoice.invoice_id, "100.00", payment_id="PAY-2")
    assert rest.json()["outstanding"] == "0.00"
    handle = api.running.client.get_workflow_handle(f"invoice-{invoice.invoice_id}", result_type=InvoiceResult)
    assert (await handle.result()).payments == ("PAY-1", "PAY-2")
    # The provider missed our answer and calls again after the workflow has closed.
    assert (await api.pay(invoice.invoice_id, "100.00", payment_id="PAY-2")).status_code == 200
    assert problem(await api.pay(invoice.invoice_id, payment_id="PAY-3")) == (409, "invoice-closed")
    shown = (await api.http.get(f"/invoices/{invoice.invoice_id}")).json()
    assert (shown["status"], shown["total"]) == ("paid", "115.00")


async def test_a_payment_of_an_invalid_invoice_goes_back(api: Api) -> None:
    invoice = api.invoice(tax_number="1")
    workflow_id = (await api.process(invoice)).json()["workflow_id"]
    await api.running.client.get_workflow_handle(workflow_id).result()
    assert problem(await api.pay(invoice.invoice_id)) == (409, "invoice-closed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "115.01"},
        {"amount": "-1"},
        {"amount": 115.0},
        {"amount": "1e1"},
        {"currency": "USD"},
        {"currency": "XXX"},
        {"payment_id": "a b"},
        {"payment_id": None},
    ],
    ids=str,
)
async def test_a_payment_that_can_never_be_right_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    invoice = api.invoice()
    await api.process(invoice)
    assert problem(await api.pay(invoice.invoice_id, **wrong)) == (422, "payment-refused")


async def test_a_bad_signature_is_refused_before_the_body_is_read(api: Api) -> None:
    assert problem(await api.pay("INV-9", secret="other")) == (401, "signature-refused")
    assert problem(await api.http.post("/webhooks/payments", content=b"{")) == (401, "signature-refused")
    old = sign("s3cret", b"{}", at_seconds=int(time.time()) - 301)
    answer = await api.http.post("/webhooks/payments", content=b"{}", headers={"Payment-Signature": old})
    assert problem(answer) == (401, "signature-refused")


async def test_unknown_invoices_and_paths(api: Api) -> None:
    assert problem(await api.pay("INV-9")) == (404, "invoice-unknown")
    assert problem(await api.http.post("/invoices/INV-9/process")) == (404, "invoice-unknown")
    assert problem(await api.http.get("/invoices/INV-9")) == (404, "invoice-unknown")
    assert problem(await api.http.get("/nope")) == (404, "not-found")
    assert problem(await api.http.delete("/invoices")) == (405, "method-not-allowed")


async def test_bodies_are_bounded_and_typed(api: Api) -> None:
    large = b"x" * (LARGEST_FILE_BYTES + 1)
    answer = await api.http.post("/invoices", content=large, headers={"content-type": "text/csv"})
    assert problem(answer) == (413, "too-large")
    assert problem(await api.http.post("/invoices", content=b"")) == (415, "unsupported-media-type")
    assert problem(await api.http.post("/webhooks/payments", content=b"x" * 20_000)) == (413, "too-large")


async def test_a_payment_before_its_workflow_is_asked_for_again(api: Api) -> None:
    assert problem(await api.pay(api.invoice().invoice_id)) == (503, "not-now")


async def test_a_payment_that_is_not_booked_in_time_is_asked_for_again(running: Running) -> None:
    running.outside.before = gate = Gate("book/payment")
    hasty = replace(context(running), wait_seconds=0.5)
    async with calling(context(running)) as http, calling(hasty) as hasty_http:
        api = Api(http, running)
        invoice = api.invoice()
        await api.process(invoice)
        answers = [await Api(hasty_http, running).pay(invoice.invoice_id)]
        gate.opened.set()
        async with asyncio.timeout(60):
            while answers[-1].status_code == 503:
                answers.append(await api.pay(invoice.invoice_id))
    assert problem(answers[0]) == (503, "not-now")
    assert answers[-1].json()["outstanding"] == "0.00"


async def test_a_held_payment_goes_on_after_resume(api: Api) -> None:
    api.running.outside.before = failing = Failing("book/payment", Refused("closed period"))
    invoice = api.invoice()
    handle = api.running.client.get_workflow_handle((await api.process(invoice)).json()["workflow_id"])
    paying = asyncio.create_task(api.pay(invoice.invoice_id))

    async def is_held() -> bool:
        return bool((await handle.query(InvoiceProcessing.status)).held_steps)

    await until(is_held)
    failing.mended = True
    await handle.execute_update(InvoiceProcessing.resume)
    assert (await paying).status_code == 200


async def test_without_temporal_the_answer_is_503(api: Api, free_ports: Any) -> None:
    away = await Client.connect(
        f"127.0.0.1:{free_ports(1)[0]}", lazy=True, data_converter=api.running.client.data_converter
    )
    async with calling(replace(context(api.running), client=away, wait_seconds=0.5)) as http:
        assert problem(await http.get("/nope")) == (404, "not-found")
        alone, invoice = Api(http, api.running), api.invoice()
        assert problem(await alone.pay(invoice.invoice_id)) == (503, "not-now")
        assert problem(await alone.process(invoice)) == (503, "not-now")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RPCError("away", RPCStatusCode.UNAVAILABLE, b""), (503, "not-now")),
        (OperationalError("SELECT", None, OSError("a defect")), (503, "not-now")),
        (KeyError("a defect"), (500, "internal")),
    ],
)
async def test_unexpected_errors_are_problems_too(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, expected: tuple[int, str]
) -> None:
    async def fail(invoice_id: str) -> None:
        raise error

    monkeypatch.setattr(api.running.outside, "look_up", fail)
    answer = await api.http.get("/invoices/INV-1")
    assert problem(answer) == expected
    assert "defect" not in answer.text


async def test_it_says_that_it_serves(api: Api) -> None:
    assert (await api.http.get("/healthz")).json() == {"status": "ok"}
