from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.exceptions import ApplicationError

from workflows.gateways.accounting import HttpAccounting
from workflows.invoices.bookkeeping import credit_note_entry, invoice_entry, payment_entry, refund_entry
from workflows.invoices.model import Payment
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money

ENTRY = invoice_entry(sample_invoice())


class Service:
    """An accounting service on a socket that answers as told and keeps what it was asked."""

    def __init__(self, status: int = 201, body: Any = None) -> None:
        self.status, self.body = status, {"entry_id": "E-1"} if body is None else body
        self.asked: list[tuple[str | None, Any]] = []

    async def book(self, request: Request) -> Response:
        self.asked.append((request.headers.get("idempotency-key"), json.loads(await request.body())))
        return JSONResponse(self.body, self.status)


@asynccontextmanager
async def serving(service: Service, port: int) -> AsyncIterator[HttpAccounting]:
    paths = ("/entries", "/withdrawals")
    app = Starlette(routes=[Route(path, service.book, methods=["POST"]) for path in paths])
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            yield HttpAccounting(http)
    finally:
        await server.shutdown()


async def test_an_entry_is_booked_under_its_key(free_ports: Any) -> None:
    service = Service()
    async with serving(service, free_ports(1)[0]) as accounting:
        assert await accounting.book(ENTRY, idempotency_key="invoice-INV-1/book") == "E-1"
    [(key, body)] = service.asked
    assert key == "invoice-INV-1/book"
    assert body == {
        "reference": "INV-1",
        "kind": "invoice",
        "memo": "Invoice INV-1 to Nour Trading",
        "currency": "SAR",
        "lines": [
            {"account": "receivable", "debit": "115.00", "credit": "0.00"},
            {"account": "revenue", "debit": "0.00", "credit": "100.00"},
            {"account": "vat", "debit": "0.00", "credit": "15.00"},
        ],
    }


@pytest.mark.parametrize("entry_id", ["E-1", None])
async def test_what_becomes_of_a_key_is_learnt_by_withdrawing_it(free_ports: Any, entry_id: str | None) -> None:
    service = Service(body={"entry_id": entry_id})
    async with serving(service, free_ports(1)[0]) as accounting:
        assert await accounting.withdraw("INV-1", idempotency_key="invoice-INV-1/book") == entry_id
    assert service.asked == [("invoice-INV-1/book", {"reference": "INV-1"})]


@pytest.mark.parametrize(("status", "final"), [(400, True), (409, False), (503, False)])
async def test_a_withdrawal_may_be_refused_or_put_off(free_ports: Any, status: int, final: bool) -> None:
    async with serving(Service(status, {"error": "no"}), free_ports(1)[0]) as accounting:
        with pytest.raises(ApplicationError, match=r"the withdrawal of k .*no") as caught:
            await accounting.withdraw("INV-1", idempotency_key="k")
    assert caught.value.non_retryable is final


@pytest.mark.parametrize(
    ("status", "final"),
    [(400, True), (404, True), (422, True), (408, False), (409, False), (429, False), (500, False), (503, False)],
)
async def test_a_refusal_is_final_and_the_rest_is_tried_again(free_ports: Any, status: int, final: bool) -> None:
    async with serving(Service(status, {"error": "no"}), free_ports(1)[0]) as accounting:
        with pytest.raises(ApplicationError, match=str(status)) as caught:
            await accounting.book(ENTRY, idempotency_key="k")
    assert caught.value.non_retryable is final


async def test_nobody_there_and_nonsense_are_tried_again(free_ports: Any) -> None:
    async with serving(Service(201, ["nonsense"]), free_ports(1)[0]) as accounting:
        with pytest.raises(ApplicationError, match="without entry_id") as caught:
            await accounting.book(ENTRY, idempotency_key="k")
    assert not caught.value.non_retryable
    with pytest.raises(ApplicationError, match="ConnectError") as caught:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_ports(1)[0]}") as http:
            await HttpAccounting(http).book(ENTRY, idempotency_key="k")
    assert not caught.value.non_retryable


PAYMENT = Payment("PAY-1", Money.parse("1.00", "SAR"))


@pytest.mark.parametrize(
    "entry",
    [ENTRY, credit_note_entry(sample_invoice()), payment_entry("INV-1", PAYMENT), refund_entry("INV-1", PAYMENT)],
    ids=lambda entry: entry.kind,
)
def test_entries_balance(entry: Any) -> None:
    zero = Money.zero("SAR")
    debits = sum((posting.debit for posting in entry.postings), zero)
    assert debits == sum((posting.credit for posting in entry.postings), zero) != zero
