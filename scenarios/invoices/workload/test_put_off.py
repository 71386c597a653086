"""Who puts off cancelling asks for it as soon as the invoice is held, and in the end in any case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import pytest

from harness.record.record import Outcome
from scenarios.invoices.workload import put_off
from scenarios.invoices.workload.put_off import ask_to_cancel_once_held
from scenarios.invoices.workload.testing_callers import Asked
from scenarios.kit.test_until_answered import Lines


@dataclass
class Listed:
    """An execution in a list."""

    id: str


@dataclass
class Listing:
    """A client that lists these workflows as held, look by look; the last look goes on."""

    looks: list[list[str]]
    count: int = 0

    async def list_workflows(self, query: str) -> AsyncIterator[Listed]:
        assert 'BusinessStatus="held"' in query
        self.count += 1
        for name in self.looks[min(self.count, len(self.looks)) - 1]:
            yield Listed(name)


@dataclass
class AskedSite(Asked):
    """A site that can be asked what is held."""

    client: Listing = field(default_factory=lambda: Listing([[]]))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(put_off, "LOOKS_EVERY_SECONDS", 0.0)


def site(*looks: list[str], status: int = 200) -> Any:
    return AskedSite(lambda request: httpx.Response(status, json={}), cast(Any, Lines()), client=Listing([*looks]))


async def test_it_is_cancelled_as_soon_as_it_is_held_and_not_when_another_is() -> None:
    caller = site([], ["invoice-INV-2"], ["invoice-INV-2", "invoice-INV-1"])

    answer = await ask_to_cancel_once_held("INV-1")(caller)

    assert caller.client.count == 3
    assert [request.url.path for request in caller.sent] == ["/invoices/INV-1/cancel"]
    assert answer.outcome is Outcome.OK
    assert "asked_seconds" in answer.detail


async def test_in_the_end_it_is_cancelled_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(put_off, "AT_THE_LATEST_SECONDS", 0.01)
    caller = site([])

    assert (await ask_to_cancel_once_held("INV-1")(caller)).outcome is Outcome.OK
    assert len(caller.sent) == 1


async def test_who_has_waited_once_asks_again_at_once() -> None:
    caller = site(["invoice-INV-1"], [], status=503)
    ask = ask_to_cancel_once_held("INV-1")

    first, second = await ask(caller), await ask(caller)

    assert caller.client.count == 1
    assert first.outcome is second.outcome is Outcome.UNKNOWN
    assert first.detail["asked_seconds"] == second.detail["asked_seconds"]
