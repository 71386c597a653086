"""Adverse requests against an application that is a function: what is sent, and what is sent again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest

from harness.experiment.site import Caller
from harness.record.journal import FileJournal
from harness.record.record import NOT_ASKED_YET, Outcome
from scenarios.invoices.workload.adverse_calls import Asking, Webhook, closed, post
from scenarios.invoices.workload.testing_callers import SECRET, Asked
from scenarios.world.providers.signature import HEADER, sign

PAYMENT = {"payment_id": "PAY-1", "invoice_id": "INV-1", "amount": "5.00", "currency": "SAR"}


@pytest.fixture
def caller(tmp_path: Path) -> Asked:
    return Asked(lambda request: httpx.Response(200, json={}), FileJournal(tmp_path / "j.jsonl", "test"))


def _is_signed_with(secret: str, request: httpx.Request) -> bool:
    at = int(request.headers[HEADER].split(",")[0].removeprefix("t="))
    return bool(request.headers[HEADER] == sign(secret, at, request.content))


def _off_seconds(request: httpx.Request) -> float:
    return int(request.headers[HEADER].split(",")[0].removeprefix("t=")) - time.time()


@pytest.mark.parametrize(
    ("signed", "good", "off"),
    [("well", True, 0), ("wrong-secret", False, 0), ("changed", False, 0), ("stale", True, -330), ("ahead", True, 330)],
)
async def test_a_webhook_is_signed_as_it_says(caller: Asked, signed: str, good: bool, off: int) -> None:
    await Webhook(PAYMENT, signed)(caller)
    (request,) = caller.sent
    assert _is_signed_with(SECRET, request) is good
    assert abs(_off_seconds(request) - off) < 10
    assert (json.loads(request.content) == PAYMENT) is (signed != "changed")


async def test_a_webhook_that_is_cut_is_signed_as_it_comes_and_is_no_json(caller: Asked) -> None:
    await Webhook(PAYMENT, cut=True)(caller)
    (request,) = caller.sent
    assert _is_signed_with(SECRET, request)
    assert request.content + b"}" == json.dumps(PAYMENT, separators=(",", ":")).encode()


async def test_a_replay_is_the_very_same_bytes(caller: Asked) -> None:
    webhook = Webhook(PAYMENT)
    await webhook(caller)
    await webhook(caller)
    first, second = caller.sent
    assert (first.content, first.headers[HEADER]) == (second.content, second.headers[HEADER])


async def test_what_was_not_answered_for_sure_is_asked_again_and_nothing_else(caller: Asked) -> None:
    statuses = {"/a": [401], "/b": [503, 500, 200]}
    caller.answer = lambda request: httpx.Response(statuses[request.url.path].pop(0), json={"at": request.url.path})
    asking = Asking([post("/a"), post("/b")])
    answers = [await asking(caller) for _ in range(3)]
    assert [answer.outcome for answer in answers] == [Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.OK]
    assert [answer.status for answer in answers] == [503, 500, 200]
    assert answers[-1].detail["answers"] == [
        {"request": 0, "status": 401, "body": {"at": "/a"}},
        {"request": 1, "status": 200, "body": {"at": "/b"}},
    ]


async def test_an_unexpected_error_is_not_hidden_by_a_later_status(caller: Asked) -> None:
    statuses = {"/a": 500, "/b": 503}
    caller.answer = lambda request: httpx.Response(statuses[request.url.path])
    assert (await Asking([post("/a"), post("/b")])(caller)).status == 500


async def test_no_answer_is_none(caller: Asked) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too long")

    caller.answer = fail
    answer = await Asking([post("/a")])(caller)
    assert (answer.outcome, answer.status, answer.detail["answers"]) == (Outcome.UNKNOWN, None, [])


async def test_nothing_is_asked_before_the_invoice_has_ended(caller: Asked) -> None:
    shown = iter(["sent", "paid"])
    caller.answer = lambda request: httpx.Response(200, json={"status": next(shown)} if request.method == "GET" else {})
    asking = Asking([post("/a")], closed("INV-1"))
    first, second = await asking(caller), await asking(caller)
    assert (first.outcome, NOT_ASKED_YET in first.detail) == (Outcome.UNKNOWN, True)
    assert second.outcome is Outcome.OK
    assert [request.method for request in caller.sent] == ["GET", "GET", "POST"]


def test_the_fake_is_a_caller(caller: Asked) -> None:
    as_caller: Caller = caller
    assert as_caller.environment["TRAF3LI_WEBHOOK_SECRET"] == SECRET
