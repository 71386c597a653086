"""What the API shows is read until it answers; one connection that was closed just then costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import pytest

from harness.experiment.site import Caller
from harness.record.record import Outcome
from scenarios.kit import calls
from scenarios.kit.calls import until_answered


@dataclass
class Lines:
    """A journal in a list."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def write(self, kind: str, /, **fields: Any) -> Mapping[str, Any]:
        self.lines.append({"kind": kind, **fields})
        return self.lines[-1]


@dataclass
class FakeCaller:
    """Asks an API that answers in this order, and goes on with the last."""

    answers: list[httpx.Response | httpx.HTTPError]
    journal: Lines = field(default_factory=Lines)
    environment: Mapping[str, str] = field(default_factory=lambda: {"TRAF3LI_API_ADDRESS": "api:80"})

    @property
    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer


CLOSED = httpx.RemoteProtocolError("Server disconnected without sending a response.")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "READ_AGAIN_SECONDS", 0.0)


async def read(caller: FakeCaller, within_seconds: float) -> Outcome:
    return (await until_answered(cast(Caller, caller), "/invoices/A", within_seconds=within_seconds)).outcome


async def test_a_lost_answer_is_asked_for_again() -> None:
    caller = FakeCaller([CLOSED, httpx.Response(503), httpx.Response(200, json={"status": "paid"})])
    assert await read(caller, 20.0) is Outcome.OK
    assert caller.journal.lines == []


async def test_an_answer_that_says_no_is_one() -> None:
    assert await read(FakeCaller([httpx.Response(404), httpx.Response(200)]), 20.0) is Outcome.FAIL


async def test_what_was_waited_for_in_vain_is_told() -> None:
    caller = FakeCaller([CLOSED])
    assert await read(caller, 0.0) is Outcome.UNKNOWN
    (line,) = caller.journal.lines
    assert (line["kind"], line["path"]) == ("unanswered", "/invoices/A")
    assert "waited 0 s for the API to answer GET /invoices/A" in line["error"]
