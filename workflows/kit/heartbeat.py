"""Heartbeats for every activity while it runs, so that the death of a worker is noticed within the heartbeat time-out.

An activity need not call ``activity.heartbeat`` itself; if it does, its last details are repeated, not overwritten.
Until it does, those of the attempt before are: an attempt that dies early takes nothing away from the next one.
A heartbeat proves that the worker's event loop lives, not that the activity makes progress: the start-to-close time-out
and the gateways' own time-outs bound that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

BEATS_PER_TIMEOUT = 3
"""Two beats may be lost before the activity is given to another worker."""


class AutomaticHeartbeat(Interceptor):
    """Worker interceptor: beats every third of the heartbeat time-out until the activity returns.

    Activities without a heartbeat time-out are left alone. Works for ``async def`` and for threaded activities.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See the base class."""
        return _Beating(next)


class _Beating(ActivityInboundInterceptor):
    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        self._outbound = _Remembering(outbound)
        super().init(self._outbound)

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        timeout = info.heartbeat_timeout
        if not timeout:
            return await super().execute_activity(input)
        self._outbound.details = info.heartbeat_details
        # Straight to the outbound chain: for a threaded activity the SDK replaces activity.heartbeat by a function that
        # blocks until this very event loop has run it, which would dead-lock when called from here.
        beating = asyncio.create_task(_beat(self._outbound.repeat, timeout.total_seconds() / BEATS_PER_TIMEOUT))
        try:
            return await super().execute_activity(input)
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating


class _Remembering(ActivityOutboundInterceptor):
    """Passes heartbeats on and remembers the details of the last one."""

    def __init__(self, next: ActivityOutboundInterceptor) -> None:
        super().__init__(next)
        self.details: Sequence[Any] = ()

    def heartbeat(self, *details: Any) -> None:
        self.details = details
        super().heartbeat(*details)

    def repeat(self) -> None:
        super().heartbeat(*self.details)


async def _beat(beat: Callable[[], None], interval_seconds: float) -> None:
    # The server counts from the start of the attempt, so the first beat is due one interval later. A beat at once would
    # also be under way when a short activity completes, and a worker that shuts down then may wait for that completion
    # for ever (temporalio/sdk-rust issue 1537).
    while True:
        await asyncio.sleep(interval_seconds)
        beat()
