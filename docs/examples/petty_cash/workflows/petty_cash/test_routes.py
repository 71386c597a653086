"""What the route refuses before Temporal is asked, and how long it waits when it is."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from temporalio.client import Client

from workflows.api.application import create_api
from workflows.kit.converter import data_converter
from workflows.petty_cash.routes import LARGEST_BODY_BYTES, Context

GOOD = {"voucher_id": "PC-1", "purpose": "tea", "amount": "12.50", "currency": "SAR"}
NEVER: Mapping[str, Sequence[Any]] = {
    "voucher_id": ("", " ", "a/b", "N" * 65, 7, None),
    "purpose": ("", " ", "tea\n", "\ud800", "t" * 501, 7, None),
    "amount": ("12,50", "0.001", 12.5, None),
    "currency": ("TEA", [], None),
}


async def asked_of_a_silent_server(content: bytes) -> tuple[int, str]:
    """Status and kind of the answer while Temporal takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = await Client.connect(f"127.0.0.1:{silent.getsockname()[1]}", lazy=True, data_converter=data_converter)
        return await asked_of(client, content)


async def asked_of(client: Client, content: bytes) -> tuple[int, str]:
    """Status and kind of the answer."""
    api = create_api({"petty_cash": Context(client, "queue", wait_seconds=0.2)})
    transport = httpx.ASGITransport(api, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example") as http:
        answer = await http.post("/petty-cash", content=content)
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


class Known:
    """A client of a server on which somebody else has started a workflow of every id, without a memo."""

    async def start_workflow(self, *_arguments: Any, **_options: Any) -> None:
        pass

    def get_workflow_handle(self, _workflow_id: str) -> Any:
        async def memo_value(key: str, default: Any = KeyError, *, type_hint: type | None = None) -> Any:
            if default is KeyError:
                raise KeyError(key)
            return default

        async def describe() -> Any:
            return SimpleNamespace(memo_value=memo_value)

        return SimpleNamespace(describe=describe)


@pytest.mark.parametrize(("changed", "value"), [(name, value) for name, values in NEVER.items() for value in values])
async def test_what_could_never_be_booked_is_refused(changed: str, value: Any) -> None:
    assert await asked_of_a_silent_server(json.dumps(GOOD | {changed: value}).encode()) == (422, "no-voucher")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 10_000], ids=lambda body: repr(body[:3]))
async def test_what_is_no_voucher_is_refused(content: bytes) -> None:
    assert await asked_of_a_silent_server(content) == (422, "no-voucher")


async def test_no_more_is_read_than_a_voucher_may_have() -> None:
    assert await asked_of_a_silent_server(b" " * (LARGEST_BODY_BYTES + 1)) == (413, "too-large")


async def test_a_server_that_never_answers_is_not_waited_for_for_ever() -> None:
    assert await asked_of_a_silent_server(json.dumps(GOOD).encode()) == (503, "not-now")


async def test_an_id_that_somebody_else_has_used_is_refused() -> None:
    assert await asked_of(cast(Client, Known()), json.dumps(GOOD).encode()) == (409, "another-voucher")
