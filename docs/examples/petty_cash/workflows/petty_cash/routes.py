"""``POST /petty-cash``: book a voucher, however often it is asked; a voucher is never changed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from workflows.kit.money import Money
from workflows.kit.problems import Problem
from workflows.petty_cash.model import Voucher, workflow_id
from workflows.petty_cash.workflow import PettyCash

WRITTEN = "voucher"
"""The voucher as it was first written, in the memo of its workflow: Temporal keeps it as long as the id."""


@dataclass(frozen=True)
class Context:
    """What the route needs."""

    client: Client
    task_queue: str


async def book(request: Request) -> JSONResponse:
    """Start the voucher's workflow, or find it running or done.

    :raises Problem: 422 for what is no voucher, 409 for another one under a known id.
    """
    context: Context = request.app.state.petty_cash
    try:
        body = await request.json()
        amount = Money.parse(body["amount"], body["currency"])
        voucher = Voucher(str(body["voucher_id"]), str(body["purpose"]), amount)
    except (ValueError, LookupError, TypeError) as error:
        raise Problem(422, "no-voucher", f"voucher_id, purpose, amount and currency are needed: {error}") from error
    # Once it is done, nothing is left to start.
    with suppress(WorkflowAlreadyStartedError):
        await context.client.start_workflow(
            PettyCash.run,
            voucher,
            id=workflow_id(voucher.voucher_id),
            task_queue=context.task_queue,
            memo={WRITTEN: voucher},
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
    known = await context.client.get_workflow_handle(workflow_id(voucher.voucher_id)).describe()
    if await known.memo_value(WRITTEN, type_hint=Voucher) != voucher:
        raise Problem(409, "another-voucher", f"{voucher.voucher_id} is known with another content; use a new id")
    return JSONResponse({"workflow_id": known.id}, 202)
