from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from temporalio.exceptions import ApplicationError

from workflows.gateways.payments import HttpPayments
from workflows.gateways.ports import Refund
from workflows.kit.money import Money

REFUND = Refund("INV-1", "PAY-1", Money.parse("12.50", "SAR"))


def answering(status: int, body: Any, asked: list[httpx.Request] | None = None) -> HttpPayments:
    def answer(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        return httpx.Response(status, json=body)

    transport = httpx.MockTransport(answer)
    return HttpPayments(httpx.AsyncClient(transport=transport, base_url="http://payments.example"))


async def test_a_payment_is_refunded_under_its_key() -> None:
    asked: list[httpx.Request] = []
    gateway = answering(201, {"refund_id": "R-1"}, asked)
    assert await gateway.refund(REFUND, idempotency_key="invoice-INV-1/refund/PAY-1") == "R-1"
    [request] = asked
    assert (request.method, request.url.path) == ("POST", "/refunds")
    assert request.headers["idempotency-key"] == "invoice-INV-1/refund/PAY-1"
    body = {"payment_id": "PAY-1", "invoice_id": "INV-1", "amount": "12.50", "currency": "SAR"}
    assert json.loads(request.content) == body


@pytest.mark.parametrize(
    ("status", "final"),
    [(400, True), (404, True), (422, True), (408, False), (409, False), (429, False), (500, False), (503, False)],
)
async def test_a_refusal_is_final_and_the_rest_is_tried_again(status: int, final: bool) -> None:
    with pytest.raises(ApplicationError, match=str(status)) as caught:
        await answering(status, {"error": "no"}).refund(REFUND, idempotency_key="k")
    assert caught.value.non_retryable is final


async def test_nonsense_and_nobody_there_are_tried_again(free_ports: Any) -> None:
    with pytest.raises(ApplicationError, match="without refund_id") as caught:
        await answering(201, ["nonsense"]).refund(REFUND, idempotency_key="k")
    assert not caught.value.non_retryable
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_ports(1)[0]}") as http:
        with pytest.raises(ApplicationError, match="ConnectError") as caught:
            await HttpPayments(http).refund(REFUND, idempotency_key="k")
    assert not caught.value.non_retryable
