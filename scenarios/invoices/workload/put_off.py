"""Customers who put off cancelling until their invoice is held: it is cancelled then instead of being helped on.

What is held may have happened, so this is where the application has to find out before it undoes anything.
"""

from __future__ import annotations

import asyncio
import time
from typing import cast

from harness.experiment.site import Caller, Site
from harness.experiment.workload import Answer
from scenarios.invoices.workload.calls import ask_to_cancel
from scenarios.kit.calls import HELD, Call

AT_THE_LATEST_SECONDS = 60.0
"""Nobody waits longer for an invoice to be held. Five attempts with a cut among them take half as long."""
LOOKS_EVERY_SECONDS = 1.0


def ask_to_cancel_once_held(invoice_id: str) -> Call:
    """Cancel as soon as the invoice is held, and after ``AT_THE_LATEST_SECONDS`` in any case.

    For callers that are a whole ``Site``: only Temporal knows what is held.
    """
    cancel = ask_to_cancel(invoice_id, ())
    waited = False

    async def ask(caller: Caller) -> Answer:
        nonlocal waited
        until = time.monotonic() + AT_THE_LATEST_SECONDS
        # Nobody tells when something is held.
        while not waited and time.monotonic() < until and not await _is_held(cast(Site, caller), invoice_id):  # noqa: ASYNC110
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        waited = True
        return await cancel(caller)

    return ask


async def _is_held(site: Site, invoice_id: str) -> bool:
    held = [each.id async for each in site.client.list_workflows(HELD)]
    return f"invoice-{invoice_id}" in held
