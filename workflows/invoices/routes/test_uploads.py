"""Uploads of either format. No Temporal is needed: an upload only reads and fills the books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from temporalio.client import Client

from workflows.api.application import create_api
from workflows.invoices.routes.requests import ApiContext
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.uploads.test_csv_input import GOOD, text
from workflows.invoices.uploads.testing_ubl import DOCUMENT
from workflows.kit.settings import Secret


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The API without a Temporal behind it."""
    context = ApiContext(cast(Client, None), Surroundings(), "queue", Secret("s3cret"))
    transport = httpx.ASGITransport(create_api({"invoices": context}), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example") as client:
        yield client


async def answer(http: httpx.AsyncClient, content: bytes, content_type: str) -> dict[str, Any]:
    """What an upload that could be read is answered."""
    response = await http.post("/invoices", content=content, headers={"Content-Type": content_type})
    assert response.status_code == 200, response.text
    return cast(dict[str, Any], response.json())


@pytest.mark.parametrize("content_type", ["application/xml", "text/xml", 'Text/XML; charset="UTF-8"'])
async def test_one_ubl_invoice_is_taken(http: httpx.AsyncClient, content_type: str) -> None:
    assert await answer(http, DOCUMENT.encode(), content_type) == {"accepted": ["INV-1"], "refused": []}
    shown = (await http.get("/invoices/INV-1")).json()
    assert (shown["total"], shown["customer"]["name"]) == ("115.00", "Nour Trading")
    assert (shown["issued_at"], shown["due_at"]) == ("2026-11-02T06:00:00+00:00", "2026-12-01T21:00:00+00:00")


async def test_the_same_invoice_in_either_format_is_one(http: httpx.AsyncClient) -> None:
    row = GOOD | {"due_at": "2026-12-02T00:00:00+03:00"}
    for content, content_type in ((DOCUMENT.encode(), "text/xml"), (text(row), "text/csv; header=present")):
        assert (await answer(http, content, content_type))["accepted"] == ["INV-1"]


async def test_another_content_under_a_known_id_is_refused(http: httpx.AsyncClient) -> None:
    await answer(http, DOCUMENT.encode(), "text/xml")
    other = await answer(http, DOCUMENT.replace("Consulting", "Other").encode(), "text/xml")
    assert other["accepted"] == []
    [refused] = other["refused"]
    assert (refused["file"], refused["row"], refused["field"]) == ("upload.xml", 2, "cbc:ID")


async def test_all_problems_of_a_document_come_at_once(http: httpx.AsyncClient) -> None:
    bad = DOCUMENT.replace("billing@nour.example", "nobody").replace(">2026-12-01<", ">soon<")
    refused = (await answer(http, bad.encode(), "text/xml"))["refused"]
    assert [sorted(problem) for problem in refused] == [["field", "file", "invoice_id", "message", "row"]] * 2
    assert [problem["field"].rpartition("/")[2] for problem in refused] == ["cbc:DueDate", "cbc:ElectronicMail"]
    assert [problem["row"] for problem in refused] == sorted(problem["row"] for problem in refused)


async def test_a_hostile_document_is_refused_like_any_other(http: httpx.AsyncClient) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><Invoice>&b;</Invoice>'
    [refused] = (await answer(http, bomb.encode(), "text/xml"))["refused"]
    assert (refused["row"], refused["field"]) == (1, "")
    assert "DTD" in refused["message"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "", "text/xml; charset=utf-16", "text/csv; charset=windows-1256"]
)
async def test_what_is_neither_format_or_not_utf_8_is_not_read(http: httpx.AsyncClient, content_type: str) -> None:
    response = await http.post("/invoices", content=b"x", headers={"Content-Type": content_type})
    assert response.status_code == 415
    assert response.headers["content-type"] == "application/problem+json"
    assert "send " in response.json()["detail"]
