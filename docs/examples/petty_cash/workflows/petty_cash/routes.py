"""``POST /petty-cash``: book a voucher, however often it is asked; a voucher is never changed.

What could never be booked is refused here: taken, it would be held for ever.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from workflows.kit.money import Money
from workflows.kit.problems import Problem
from workflows.kit.requests import asking_temporal, bounded_body
from workflows.petty_cash.model import Voucher, workflow_id
from workflows.petty_cash.workflow import PettyCash

LARGEST_BODY_BYTES = 16 * 1024
LONGEST_PURPOSE = 500
WRITTEN = "voucher"
"""The voucher as it was first written, in the memo of its workflow: Temporal keeps it as long as the id."""

_VOUCHER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Context:
    """What the route needs.

    :param wait_seconds: how long a request waits for Temporal before the answer is 503.
    """

    client: Client
    task_queue: str
    wait_seconds: float = 8.0


async def book(request: Request) -> JSONResponse:
    """Start the voucher's workflow, or find it running or done.

    :raises Problem: 422 for what is no voucher, 413 for what is far too long for one, 409 for another one under a known
        id, 503 when Temporal does not answer.
    """
    context: Context = request.app.state.petty_cash
    voucher = _parse(await bounded_body(request, most_bytes=LARGEST_BODY_BYTES))
    async with asking_temporal(context.wait_seconds):
        first = await _first_written(context, voucher)
    if first != voucher:
        raise Problem(409, "another-voucher", f"{voucher.voucher_id} is known with another content; use a new id")
    return JSONResponse({"workflow_id": workflow_id(voucher.voucher_id)}, 202)


def _parse(body: bytes) -> Voucher:
    try:
        fields: Any = json.loads(body)
        voucher_id, purpose = fields["voucher_id"], fields["purpose"]
        if not isinstance(voucher_id, str) or not _VOUCHER_ID.fullmatch(voucher_id):
            raise ValueError("voucher_id is 1 to 64 letters, digits, dots, underscores or hyphens")
        if not isinstance(purpose, str) or not 0 < len(purpose.strip()) <= LONGEST_PURPOSE or not purpose.isprintable():
            raise ValueError(f"purpose is a text of 1 to {LONGEST_PURPOSE} printable characters")
        return Voucher(voucher_id, purpose, Money.parse(fields["amount"], fields["currency"]))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Problem(422, "no-voucher", f"voucher_id, purpose, amount and currency are needed: {error}") from error


async def _first_written(context: Context, voucher: Voucher) -> Voucher | None:
    """The voucher that the workflow of this id was started with; it is this one unless there was one before.

    ``None`` where somebody else started that workflow, without writing down what it books.
    """
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
    written: Voucher | None = await known.memo_value(WRITTEN, None, type_hint=Voucher)
    return written
