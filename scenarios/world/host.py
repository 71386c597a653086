"""What a host gives its world: clocks, and work that goes on whether or not anybody waits for it, on one event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from scenarios.world.clock import Clock

Result = TypeVar("Result")

HOST_CLOCK = Clock(time.monotonic, time.time, asyncio.sleep)
"""The host's own."""


class Tasks:
    """What has been begun and has not ended."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()

    async def to_the_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do this and return what comes of it. Cancelling this call does not stop the work."""
        return await asyncio.shield(self._begun(work))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin this; nobody waits for it."""
        self._begun(work)

    async def finished(self) -> None:
        """Wait until everything has ended, also what is begun meanwhile.

        :raises BaseException: what a piece of work raised.
        """
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def settled(self) -> None:
        """Wait for what is under way, however it ends."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def stop(self) -> None:
        """Break everything off."""
        for task in self._under_way:
            task.cancel()
        await self.settled()

    def _begun(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task
