"""Listings over a socket: what is asked, what is understood, and what each failure means."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.exceptions import ApplicationError

from workflows.gateways.listings import HttpSettlements, HttpStatements
from workflows.gateways.ports import BookedEntry, Entry, EntryPage, Posting, Settlement, SettlementPage
from workflows.kit.money import Money

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ONE, NOTHING = Money.parse("1.00", "SAR"), Money.zero("SAR")
LINES = [
    {"account": "bank", "debit": "1.00", "credit": "0.00"},
    {"account": "receivable", "debit": "0.00", "credit": "1.00"},
]
ENTRY = {"entry_id": "E-1", "reference": "INV-1", "kind": "payment", "memo": "m", "currency": "SAR", "lines": LINES}
BOOKED = {**ENTRY, "booked_at": NOON.isoformat()}
SETTLED = {"kind": "settled", "payment_id": "PAY-1", "invoice_id": "INV-1", "amount": "1.00", "currency": "SAR"}


@asynccontextmanager
async def serving(port: int, status: int, body: Any) -> AsyncIterator[tuple[httpx.AsyncClient, list[Any]]]:
    """A service that always answers so, and what it was asked."""
    asked: list[Any] = []

    async def answer(request: Request) -> Response:
        asked.append((request.url.path, json.loads(await request.body())))
        return JSONResponse(body, status)

    app = Starlette(routes=[Route(path, answer, methods=["POST"]) for path in ("/statement", "/settlements")])
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            yield http, asked
    finally:
        await server.shutdown()


async def test_entries_are_read_as_they_were_booked(free_ports: Any) -> None:
    async with serving(free_ports(1)[0], 200, {"entries": [BOOKED], "after": "1"}) as (http, asked):
        page = await HttpStatements(http).entries(as_of=NOON, after=None, limit=7)
    assert asked == [("/statement", {"as_of": NOON.isoformat(), "after": None, "limit": 7})]
    postings = (Posting("bank", ONE, NOTHING), Posting("receivable", NOTHING, ONE))
    assert page == EntryPage((BookedEntry("E-1", Entry("INV-1", "payment", "m", postings), NOON),), "1")


async def test_settlements_are_read_as_they_were_made(free_ports: Any) -> None:
    body = {"settlements": [{**SETTLED, "at": NOON.isoformat()}], "after": None}
    async with serving(free_ports(1)[0], 200, body) as (http, asked):
        page = await HttpSettlements(http).settlements(as_of=NOON, after="4", limit=7)
    assert asked == [("/settlements", {"as_of": NOON.isoformat(), "after": "4", "limit": 7})]
    assert page == SettlementPage((Settlement("settled", "PAY-1", "INV-1", ONE, NOON),), None)


@pytest.mark.parametrize(
    ("status", "body", "final"),
    [
        (400, {"error": "no"}, True),
        (429, {}, False),
        (503, {}, False),
        (200, [], False),
        (200, {"entries": []}, False),
        (200, {"entries": [], "after": 3}, False),
        (200, {"entries": [{}], "after": None}, False),
        (200, {"entries": [{**BOOKED, "booked_at": "2026-01-31T12:00:00"}], "after": None}, False),
        (200, {"entries": [{**BOOKED, "lines": [{**LINES[0], "debit": "1,00"}]}], "after": None}, False),
    ],
)
async def test_what_is_no_page_is_an_error_that_says_so(
    free_ports: Any, status: int, body: Any, *, final: bool
) -> None:
    async with serving(free_ports(1)[0], status, body) as (http, _):
        with pytest.raises(ApplicationError, match="listing entries until 2026-01-31") as caught:
            await HttpStatements(http).entries(as_of=NOON, after=None, limit=7)
    assert caught.value.non_retryable is final
    assert caught.value.type == ("AccountingRefused" if final else "AccountingUnavailable")


async def test_nobody_there_is_worth_another_attempt(free_ports: Any) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_ports(1)[0]}") as http:
        with pytest.raises(ApplicationError) as caught:
            await HttpSettlements(http).settlements(as_of=NOON, after=None, limit=7)
    assert (caught.value.type, caught.value.non_retryable) == ("PaymentsUnavailable", False)
