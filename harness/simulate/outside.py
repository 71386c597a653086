"""Where the outside does its work: a process of its own, which lives on when whoever asked it is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Value = TypeVar("Value")


class Outside:
    """Work on the outside's own loop. Whoever waits for it may stand on another one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._under_way: set[asyncio.Task[Any]] = set()

    async def to_the_end(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Do this and return what comes of it. It goes on when whoever waits for it is cancelled, or dies."""
        answered: asyncio.Future[Value] = asyncio.get_running_loop().create_future()

        def answer(task: asyncio.Task[Value]) -> None:
            if answered.done():
                return
            error = asyncio.CancelledError() if task.cancelled() else task.exception()
            if error is not None:
                answered.set_exception(error)
            else:
                answered.set_result(task.result())

        self._begun(work).add_done_callback(answer)
        return await answered

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin this; nobody waits for it."""
        self._begun(work)

    def bury(self) -> None:
        """Its loop has ended: nobody is told that what was under way never did."""
        for task in self._under_way:
            task._log_destroy_pending = False  # type: ignore[attr-defined]

    def _begun(self, work: Coroutine[Any, Any, Value]) -> asyncio.Task[Value]:
        task = self._loop.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task
