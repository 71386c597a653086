"""An asyncio event loop in virtual time, for activities and callers. One stands for one process.

It has no clock, no selector and no thread: it puts what is due on the timeline. A process that dies is a loop that is
ended: whatever was about to run on it never does, not even ``finally``, as after a SIGKILL.

What a thread would do (``asyncio.to_thread``, ``run_in_executor``) is done at once: a real thread would stand still
while virtual time runs away. Sockets, pipes, signals and subprocesses are refused by name.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, NoReturn, TypeVarTuple

from harness.sim.kernel.guard import simulated
from harness.sim.kernel.timeline import SECOND, Entry, Timeline

_Ts = TypeVarTuple("_Ts")

logger = logging.getLogger(__name__)

SPINS_AT_MOST = 100_000
"""So many callbacks at one instant are a loop that waits for a time which never comes."""


class _Timer(asyncio.TimerHandle):
    __slots__ = ("entry",)
    entry: Entry


class VirtualLoop(asyncio.AbstractEventLoop):
    """A loop whose time is the timeline's.

    :param name: of the process, for messages.
    :ivar ended: set by whoever kills the process.
    """

    def __init__(self, timeline: Timeline, name: str) -> None:
        self._timeline = timeline
        self._ready: deque[asyncio.Handle] = deque()
        self._awake = False
        self.name = name
        self.ended = False

    def time(self) -> float:
        """Seconds since the simulation began: small, so that a float tells nanoseconds apart for months."""
        return (self._timeline.now - self._timeline.begins) / SECOND

    def call_soon(
        self, callback: Callable[[*_Ts], object], *args: *_Ts, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """See asyncio."""
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        if not self._awake:
            self._awake = True
            self._timeline.at(self._timeline.now, self._turn)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[[*_Ts], object], *args: *_Ts, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """See asyncio; there are no threads."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """See asyncio."""
        return self._call_after(round(delay * SECOND), callback, args, context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """See asyncio."""
        return self._call_after(round((when - self.time()) * SECOND), callback, args, context)

    def _call_after(
        self, delay: int, callback: Callable[..., object], args: tuple[Any, ...], context: contextvars.Context | None
    ) -> asyncio.TimerHandle:
        timer = _Timer(self.time() + delay / SECOND, callback, args, self, context)
        timer.entry = self._timeline.after(max(delay, 0), self._fire, timer)
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        assert isinstance(handle, _Timer)
        handle.entry.cancel()

    def _fire(self, timer: _Timer) -> None:
        self._ready.append(timer)
        self._turn()

    def _turn(self) -> None:
        """Run what is ready, and what that makes ready, at this instant."""
        ready, spins = self._ready, 0
        self._awake = True
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            with simulated(self._timeline):
                while ready and not self.ended:
                    handle = ready.popleft()
                    if not handle.cancelled():
                        handle._run()
                    spins += 1
                    if spins > SPINS_AT_MOST:
                        self._timeline.refuse(f"{self.name}: {handle!r} runs for ever without waiting for any time")
        finally:
            self._awake = False
            asyncio._set_running_loop(before)

    def create_future(self) -> asyncio.Future[Any]:
        """See asyncio."""
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[Any]:
        """See asyncio."""
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Call it at once and give a future that is done."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Log what nobody awaited, as asyncio does. A dead process says nothing."""
        if self.ended:
            return
        logger.error("%s: %s", self.name, context.get("message"), exc_info=context.get("exception"))

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Always, as far as anybody can ask."""
        return True

    def is_closed(self) -> bool:
        """Never."""
        return False

    def get_task_factory(self) -> None:
        """None."""

    def get_exception_handler(self) -> None:
        """None."""

    async def shutdown_asyncgens(self) -> None:
        """Nothing to do."""

    async def shutdown_default_executor(self, *args: object) -> None:
        """Nothing to do."""


def _refusing(name: str) -> Callable[..., NoReturn]:
    def refuse(self: VirtualLoop, *args: Any, **options: Any) -> NoReturn:
        self._timeline.refuse(
            f"loop.{name}: simulated code has no sockets, pipes, processes or signals; give it a port to call, "
            "and bind that in memory"
        )

    return refuse


REFUSED = (
    *("create_connection", "create_server", "create_datagram_endpoint", "create_unix_connection", "start_tls"),
    *("create_unix_server", "connect_accepted_socket", "sendfile", "sock_recv", "sock_recv_into", "sock_recvfrom"),
    "sock_recvfrom_into",
    *("sock_sendall", "sock_sendto", "sock_connect", "sock_accept", "sock_sendfile", "add_reader", "remove_reader"),
    *("add_writer", "remove_writer", "getaddrinfo", "getnameinfo", "connect_read_pipe", "connect_write_pipe"),
    *("subprocess_shell", "subprocess_exec", "add_signal_handler", "remove_signal_handler"),
    *("run_forever", "run_until_complete", "stop", "close"),
)
"""Methods of a loop that are refused by name."""

for _name in REFUSED:
    setattr(VirtualLoop, _name, _refusing(_name))


def virtual_loop(timeline: Timeline, name: str) -> VirtualLoop:
    """A loop for a process of this name. (What asyncio declares abstract is refused.)"""
    return VirtualLoop(timeline, name)  # type: ignore[abstract]
