"""Helps on what stands still while there is work to do, and gives up what stands still for all the help.

A fault may wait for an effect that only comes once somebody has resumed what an earlier one left held, and whoever
drives the work may wait for the same: without help a run would stand still until its time is over. An application that
waits for what never comes would make it stand still for all the help, and then the run goes on without the rest.
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
HOPELESS_SECONDS = 90.0
"""Longer than anything takes to go on that is resumed every second when nothing is broken any more."""


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


async def help_to_the_end(
    task: asyncio.Task[None],
    progress: Callable[[], object],
    help_on: Callable[[], Awaitable[object]],
    *,
    seconds: float = HOPELESS_SECONDS,
) -> bool:
    """Call ``help_on`` every second until the task is done; ``False`` when it was given up and cancelled.

    :param progress: something that changes as long as anything goes on; the same for so long, and there is no hope.
    """
    seen, since = progress(), time.monotonic()
    while not task.done():
        await help_on()
        await asyncio.wait([task], timeout=min(LOOK_SECONDS, seconds / 4))
        if (now := progress()) != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since >= seconds and not task.done():
            task.cancel()
            return False
    return True
