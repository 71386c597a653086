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
"""Longer than anything takes to go on that is resumed every second when nothing is broken any more, unless the claim
gives it longer to end."""


class Standstill:
    """Whether anything goes on: ``progress`` tells something that changes as long as it does.

    :param begins_seconds: of the host's clock; what has a schedule does not stand still before the end of that.
    """

    def __init__(self, progress: Callable[[], object], *, begins_seconds: float = 0.0) -> None:
        self._progress = progress
        self._seen = progress()
        self._since = max(time.monotonic(), begins_seconds)

    def seconds(self) -> float:
        """For how long nothing has gone on by now."""
        if (now := self._progress()) != self._seen:
            self._seen = now
            self.forget()
        return time.monotonic() - self._since

    def forget(self) -> None:
        """Count from now on."""
        self._since = max(self._since, time.monotonic())


async def help_at_a_standstill(
    progress: Callable[[], object], help_on: Callable[[], Awaitable[object]], *, seconds: float = STANDSTILL_SECONDS
) -> None:
    """Call ``help_on`` whenever ``progress`` has told the same for so long; until cancelled.

    :param progress: something that changes as long as anything goes on.
    """
    still = Standstill(progress)
    while True:
        await asyncio.sleep(min(LOOK_SECONDS, seconds / 4))
        if still.seconds() >= seconds:
            await _help(help_on)
            still.forget()


async def help_to_the_end(
    task: asyncio.Task[None], still: Standstill, help_on: Callable[[], Awaitable[object]], *, seconds: float
) -> bool:
    """Call ``help_on`` every second until the task is done; ``False`` when it stood still so long and was cancelled.

    :param still: of what the task does.
    """
    while not task.done():
        await _help(help_on)
        await asyncio.wait([task], timeout=min(LOOK_SECONDS, seconds / 4))
        if still.seconds() >= seconds and not task.done():
            task.cancel()
            return False
    return True


async def _help(help_on: Callable[[], Awaitable[object]]) -> None:
    # A server that is away, or has just come back, has nothing to tell of what is held.
    with contextlib.suppress(RPCError):
        await help_on()
