"""Resumes what is held when nothing goes on any more, although there are faults to come.

A fault may wait for an effect that only comes once somebody has resumed what an earlier one left held, and whoever
drives the work may wait for the same: without help a run would stand still until its time is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from temporalio.service import RPCError

STANDSTILL_SECONDS = 30.0
"""Longer than any planned outage: meanwhile what is held stays so, for those who cancel it."""
LOOK_SECONDS = 1.0


async def help_at_a_standstill(
    progress: Callable[[], object], help_on: Callable[[], Awaitable[object]], *, seconds: float = STANDSTILL_SECONDS
) -> None:
    """Call ``help_on`` whenever ``progress`` has told the same for so long; until cancelled.

    :param progress: something that changes as long as anything goes on.
    """
    seen, since = progress(), time.monotonic()
    while True:
        await asyncio.sleep(min(LOOK_SECONDS, seconds / 4))
        if (now := progress()) != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since >= seconds:
            # A server that is away has nothing to tell of what is held.
            with contextlib.suppress(RPCError):
                await help_on()
            since = time.monotonic()
