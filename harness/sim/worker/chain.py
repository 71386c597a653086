"""Calls an activity's function through the application's interceptors, as a worker does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from temporalio.activity import Info
from temporalio.api.common.v1 import Payloads
from temporalio.worker import (
    ActivityInboundInterceptor,
    ActivityOutboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from harness.sim.surface import RunningActivity

Beat = Callable[[Payloads | None], None]


async def call(
    interceptors: Sequence[Interceptor], wanted: ExecuteActivityInput, context: RunningActivity, beat: Beat
) -> Any:
    """The result of the innermost call. A function that is no coroutine function is called at once."""
    inbound: ActivityInboundInterceptor = _Inbound(context)
    outbound = _Outbound(context, beat)
    for interceptor in reversed(interceptors):
        inbound = interceptor.intercept_activity(inbound)
    inbound.init(outbound)
    return await inbound.execute_activity(wanted)


class _Inbound(ActivityInboundInterceptor):
    def __init__(self, context: RunningActivity) -> None:
        self._context = context

    def init(self, outbound: ActivityOutboundInterceptor) -> None:
        self._context.bind(outbound.info, outbound.heartbeat)

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        result = input.fn(*input.args)
        return await result if inspect.isawaitable(result) else result


class _Outbound(ActivityOutboundInterceptor):
    def __init__(self, context: RunningActivity, beat: Beat) -> None:
        self._context, self._beat = context, beat

    def info(self) -> Info:
        return self._context.info

    def heartbeat(self, *details: Any) -> None:
        self._beat(self._context.payloads(details) if details else None)
