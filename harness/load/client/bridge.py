"""The bridge between greenlets and the Temporal client: asyncio in a native thread, beside gevent and not under it.

Data flow: a locust user (a greenlet) → **bridge** → a coroutine in the loop of one native thread → its result,
handed back to the greenlet. locust patches the standard library so that only one greenlet runs at a time; an event loop
under that patch is either refused ("another loop is running") or holds up every user. So the thread is
taken as it was before the patch, and its loop is uvloop's, which the patch does not reach and whose wake-ups, several
for each call, cost half as much. What is done comes back through one watcher of gevent's hub, which wakes once for
however many results have come.

Not covered: the client itself (``connection``), and what a call means (``operations``).
"""

from __future__ import annotations

import asyncio
import collections
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

import gevent
import uvloop
from gevent.event import AsyncResult
from gevent.monkey import get_original

from harness.errors import HarnessDefect

Value = TypeVar("Value")

BEGIN_TIMEOUT_SECONDS = 10.0
END_TIMEOUT_SECONDS = 10.0


class Bridge:
    """An event loop in a thread of its own, for the greenlets of the process that made it. Close it when done.

    :raises HarnessDefect: when the thread does not begin in time.
    """

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._finished: collections.deque[Callable[[], None]] = collections.deque()
        self._watcher: Any = gevent.get_hub().loop.async_()
        self._watcher.start(self._hand_over)
        self._began: AsyncResult[None] = AsyncResult()
        self._ended: AsyncResult[None] = AsyncResult()
        self._loop = uvloop.new_event_loop()
        get_original("_thread", "start_new_thread")(self._run, ())
        _wait(self._began, BEGIN_TIMEOUT_SECONDS, "the thread of the Temporal client to begin")

    def call(self, work: Coroutine[Any, Any, Value], *, timeout_seconds: float) -> Value:
        """Run a coroutine in the loop and wait for it; other greenlets run meanwhile.

        A greenlet that is killed, or has waited long enough, takes the coroutine with it.

        :raises TimeoutError: when the time is over.
        """
        return self.begin(work).result(timeout_seconds=timeout_seconds)

    def begin(self, work: Coroutine[Any, Any, Value]) -> Pending[Value]:
        """Begin a coroutine in the loop and go on at once.

        :raises HarnessDefect: in another process than the bridge was made in, where its thread does not exist.
        """
        if os.getpid() != self._pid:
            work.close()
            raise HarnessDefect(
                f"the bridge of process {self._pid} is used in process {os.getpid()}: a fork takes no threads along; "
                "connect at the start of the test, not when the locustfile is imported"
            )
        pending: Pending[Value] = Pending(self, work)
        self._loop.call_soon_threadsafe(pending.start)
        return pending

    def close(self) -> None:
        """Cancel what is under way, end the thread and wait for it. Again changes nothing."""
        if self._loop.is_closed() or os.getpid() != self._pid:
            return
        self._loop.call_soon_threadsafe(self._cancel_all_then_stop)
        _wait(self._ended, END_TIMEOUT_SECONDS, "the thread of the Temporal client to end")
        self._watcher.stop()
        self._watcher.close()

    def post(self, handover: Callable[[], None]) -> None:
        """From the thread: have ``handover`` called among the greenlets."""
        self._finished.append(handover)
        self._watcher.send()

    def cancel(self, pending: Pending[Any]) -> None:
        """Cancel what began; one that has ended is left as it is."""
        with suppress(RuntimeError):  # the loop is closed, so nothing is under way
            self._loop.call_soon_threadsafe(pending.stop)

    def _hand_over(self) -> None:
        while self._finished:
            self._finished.popleft()()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(self.post, lambda: self._began.set(None))
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
            self.post(lambda: self._ended.set(None))

    def _cancel_all_then_stop(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()

        async def drained() -> None:
            await asyncio.wait(tasks, timeout=END_TIMEOUT_SECONDS / 2) if tasks else None
            self._loop.stop()

        self._keep = self._loop.create_task(drained())


class Pending(Generic[Value]):
    """A coroutine under way on the other side of the bridge."""

    def __init__(self, bridge: Bridge, work: Coroutine[Any, Any, Value]) -> None:
        self._bridge = bridge
        self._work = work
        self._task: asyncio.Task[Value] | None = None
        self._outcome: AsyncResult[Value] = AsyncResult()

    def result(self, *, timeout_seconds: float) -> Value:
        """Wait for it; cancels it when the wait ends otherwise than by its end.

        :raises TimeoutError: when the time is over.
        """
        try:
            return _wait(self._outcome, timeout_seconds, "an answer")
        except BaseException:
            if not self._outcome.ready():
                self._bridge.cancel(self)
            raise

    def start(self) -> None:
        """In the thread: begin."""
        self._task = asyncio.get_running_loop().create_task(self._work)
        # Not in the coroutine itself: one that is cancelled before its first step never runs at all.
        self._task.add_done_callback(self._tell)

    def stop(self) -> None:
        """In the thread: cancel."""
        if self._task is not None:
            self._task.cancel()

    def _tell(self, task: asyncio.Task[Value]) -> None:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None:
            self._bridge.post(lambda: self._outcome.set_exception(error))
        else:
            self._bridge.post(lambda: self._outcome.set(task.result()))


def _wait(outcome: AsyncResult[Value], timeout_seconds: float, what: str) -> Value:
    late = gevent.Timeout(timeout_seconds)
    try:
        with late:
            return cast(Value, outcome.get())
    except gevent.Timeout as passed:
        if passed is not late:
            raise
        raise TimeoutError(f"waited {timeout_seconds:g} s for {what}") from None
