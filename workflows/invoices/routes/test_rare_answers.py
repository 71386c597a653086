"""Answers of Temporal that a real server gives only when something happens between two calls, played by a script.

What the common ones come to is tried on a real server in ``test_api`` and ``test_cancelling``.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from workflows.invoices.model import (
    INVOICE_CLOSED,
    SWITCHING,
    InvoiceState,
    PaymentReceipt,
    Status,
)
from workflows.invoices.routes.requests import ApiContext
from workflows.invoices.routes.test_api import calling, problem
from workflows.invoices.testing_outside import Surroundings
from workflows.invoices.testing_samples import sample_invoice
from workflows.kit.money import Money
from workflows.kit.settings import Secret
from workflows.kit.signature import sign

ZERO, ALL = Money.zero("SAR"), Money.parse("115.00", "SAR")
NO_RUN_TAKES_IT = RPCError("not found", RPCStatusCode.NOT_FOUND, b"")
TOO_MANY = RPCError("in flight", RPCStatusCode.RESOURCE_EXHAUSTED, b"")
AWAY = RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
HAS_JUST_STARTED = WorkflowAlreadyStartedError("invoice-INV-1", "InvoiceProcessing")
ENDED_BETWEEN: list[tuple[str, Any]] = [
    *[("update", NO_RUN_TAKES_IT), ("describe", NO_RUN_TAKES_IT), ("update with start", HAS_JUST_STARTED)],
]
RECEIPT = PaymentReceipt("PAY-1", ZERO)
CANCELLED = InvoiceState(Status.CANCELLED, ZERO, ZERO)


def failure(kind: str) -> WorkflowUpdateFailedError:
    return WorkflowUpdateFailedError(ApplicationError(f"it is {kind}", type=kind))


NOT_KNOWN = failure("RuntimeError")
"""How the SDK rejects an update that the workflow's code does not have."""
TERMINATED = WorkflowUpdateFailedError(RuntimeError("the workflow was terminated"))


@dataclass(frozen=True)
class Described:
    status: WorkflowExecutionStatus


@dataclass
class Script:
    """A client and its handles at once: each call must be the next of the script, and gets the answer given there.

    ``asked``, as an answer, is an update that was accepted.
    """

    lines: list[tuple[str, Any]]
    said: list[str] = field(default_factory=list)

    def get_workflow_handle(self, _workflow_id: str, *, result_type: type) -> Script:
        return self

    async def _next(self, call: str) -> Any:
        assert self.lines, f"{call} was not expected any more"
        expected, answer = self.lines.pop(0)
        assert call == expected
        if isinstance(answer, Exception):
            raise answer
        return self if answer == "asked" else answer

    async def execute_update(self, *_arguments: Any, **_options: Any) -> Any:
        return await self._next("update")

    async def start_update(self, *_arguments: Any, **_options: Any) -> Any:
        return await self._next("update")

    async def start_update_with_start_workflow(self, *_arguments: Any, **_options: Any) -> Any:
        return await self._next("update with start")

    async def describe(self) -> Described:
        return Described(await self._next("describe"))

    async def result(self) -> Any:
        return await self._next("result")


def api(script: Script) -> httpx.AsyncClient:
    outside = Surroundings()
    outside.put(sample_invoice())
    client: Any = script
    return calling(ApiContext(client, outside, "queue", Secret("s3cret")))


async def pay(script: Script) -> httpx.Response:
    body = json.dumps({"payment_id": "PAY-1", "invoice_id": "INV-1", "amount": "115.00", "currency": "SAR"}).encode()
    headers = {"Payment-Signature": sign("s3cret", body, at_seconds=int(time.time()))}
    async with api(script) as http:
        answer = await http.post("/webhooks/payments", content=body, headers=headers)
    assert not script.lines
    return answer


async def cancel(script: Script) -> httpx.Response:
    async with api(script) as http:
        answer = await http.post("/invoices/INV-1/cancel", json={"reason": "sent by mistake"})
    assert not script.lines
    return answer


@pytest.mark.parametrize(
    "lines",
    [
        [("update", failure(SWITCHING)), ("update", RECEIPT)],
        [("update", NO_RUN_TAKES_IT), ("describe", WorkflowExecutionStatus.RUNNING), ("update", RECEIPT)],
        [("update", NO_RUN_TAKES_IT), ("describe", WorkflowExecutionStatus.CONTINUED_AS_NEW), ("update", RECEIPT)],
        [("update", TOO_MANY), ("update", TOO_MANY), ("update", RECEIPT)],
    ],
    ids=["switching", "a new run", "between two runs", "ten at once"],
)
async def test_a_payment_that_meets_a_change_of_runs_still_gets_its_receipt(lines: list[tuple[str, Any]]) -> None:
    answer = await pay(Script(lines))
    assert answer.status_code == 200
    assert answer.json() == {"payment_id": "PAY-1", "outstanding": "0.00", "currency": "SAR"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("update", AWAY)], (503, "not-now")),
        ([("update", NO_RUN_TAKES_IT), ("describe", AWAY)], (503, "not-now")),
        ([("update", TERMINATED)], (503, "not-now")),
        ([("update", failure(INVOICE_CLOSED))], (409, "invoice-closed")),
        ([("update", NO_RUN_TAKES_IT), ("describe", WorkflowExecutionStatus.COMPLETED)], (409, "invoice-closed")),
        *(
            ([("update", NO_RUN_TAKES_IT), ("describe", how)], (503, "not-now"))
            for how in (
                WorkflowExecutionStatus.TERMINATED,
                WorkflowExecutionStatus.FAILED,
                WorkflowExecutionStatus.TIMED_OUT,
                WorkflowExecutionStatus.CANCELED,
            )
        ),
        ([("update", RuntimeError("Failed client connect: refused"))], (503, "not-now")),
        ([("update", RuntimeError("a defect"))], (500, "internal")),
    ],
    ids=[
        *("away", "away then", "terminated under way", "closed", "ended before"),
        *("terminated", "failed", "timed out", "cancelled in Temporal", "no connection", "defect"),
    ],
)
async def test_a_payment_is_sent_back_only_when_it_never_can_be_counted(
    lines: list[tuple[str, Any]], expected: tuple[int, str]
) -> None:
    assert problem(await pay(Script(lines))) == expected


@pytest.mark.parametrize(
    "lines",
    [
        [("update", "asked"), ("result", failure(SWITCHING)), ("update", "asked"), ("result", CANCELLED)],
        [
            *[("update", NO_RUN_TAKES_IT), ("describe", WorkflowExecutionStatus.RUNNING)],
            *[("update with start", "asked"), ("result", CANCELLED)],
        ],
        [
            *[("update", "asked"), ("result", InvoiceState(Status.CANCELLING, ZERO, ALL))],
            *[("update", "asked"), ("result", CANCELLED)],
        ],
        [("update", TOO_MANY), ("update", "asked"), ("result", CANCELLED)],
        [("update", "asked"), ("result", NOT_KNOWN), ("update", "asked"), ("result", CANCELLED)],
    ],
    ids=["switching", "a new run", "completed by a change of runs", "ten at once", "another version"],
)
async def test_a_cancelling_that_meets_a_change_of_runs_is_asked_for_again(lines: list[tuple[str, Any]]) -> None:
    answer = await cancel(Script(lines))
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("update", AWAY)], (503, "not-now")),
        ([("update", NO_RUN_TAKES_IT), ("describe", AWAY)], (503, "not-now")),
        (ENDED_BETWEEN, (503, "not-now")),
        ([("update", "asked"), ("result", failure(SWITCHING)), *ENDED_BETWEEN], (503, "not-now")),
        ([("update", "asked"), ("result", NOT_KNOWN), *ENDED_BETWEEN], (503, "not-now")),
        ([("update", "asked"), ("result", failure(INVOICE_CLOSED))], (409, "invoice-closed")),
    ],
    ids=["away", "away then", "ended between", "ended while switching", "another version", "paid first"],
)
async def test_what_was_not_cancelled_is_never_said_to_be(
    lines: list[tuple[str, Any]], expected: tuple[int, str]
) -> None:
    assert problem(await cancel(Script(lines))) == expected


@pytest.mark.parametrize(
    "lines",
    [
        [("update", "asked"), ("result", TERMINATED)],
        [
            *[("update", "asked"), ("result", InvoiceState(Status.CANCELLING, ZERO, ALL))],
            *[("update", "asked"), ("result", failure(SWITCHING)), *ENDED_BETWEEN],
        ],
    ],
    ids=["terminated", "ended while a later run was switching"],
)
async def test_a_cancelling_that_was_accepted_and_lost_may_be_under_way(lines: list[tuple[str, Any]]) -> None:
    answer = await cancel(Script(lines))
    assert (answer.status_code, answer.json()["status"]) == (202, "cancelling")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"PAY-1"', b'{"payment_id": "PAY-1"}', b"[" * 10_000, b"\xff"],
    ids=lambda body: repr(body[:9]),
)
async def test_a_signed_body_that_is_no_payment_is_refused(body: bytes) -> None:
    headers = {"Payment-Signature": sign("s3cret", body, at_seconds=int(time.time()))}
    async with api(Script([])) as http:
        answer = await http.post("/webhooks/payments", content=body, headers=headers)
    assert problem(answer) == (422, "payment-refused")
