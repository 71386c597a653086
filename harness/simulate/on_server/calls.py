"""Faults of a plan on the API's calls to the server: they do not reach it, or their answer does not come.

What a caller is told is what the simulator tells it, under the same names (``harness.sim.client``): the SDK has given
up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio.client import (
    CancelWorkflowInput,
    DescribeWorkflowInput,
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    SignalWorkflowInput,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    StartWorkflowUpdateWithStartInput,
    TerminateWorkflowInput,
)
from temporalio.service import RPCError, RPCStatusCode

from harness.sim.client.calls import FAULTS
from harness.simulate.trouble import Trouble

Value = TypeVar("Value")


class StruckCalls(Interceptor):
    """The interceptor of the API's client."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """See the base class."""
        return _Calls(next, self._trouble)


class _Calls(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, trouble: Trouble) -> None:
        super().__init__(next)
        self._trouble = trouble
        self._made: Counter[str] = Counter()

    async def _make(self, name: str, call: Coroutine[Any, Any, Value]) -> Value:
        self._made[name] += 1
        place = f"{name} call {self._made[name]}"
        fault = self._trouble.fault(f"{place} fault", FAULTS)
        if fault is not None and fault.kind == "request-lost":
            call.close()
            raise RPCError(f"{place}: the server is not reached", RPCStatusCode.UNAVAILABLE, b"")
        result = await call
        if fault is not None:
            raise RPCError(f"{place}: the answer does not come", RPCStatusCode.UNAVAILABLE, b"")
        return result

    async def start_workflow(self, input: StartWorkflowInput) -> Any:
        return await self._make(f"{input.id} start", super().start_workflow(input))

    async def cancel_workflow(self, input: CancelWorkflowInput) -> None:
        await self._make(f"{input.id} cancel", super().cancel_workflow(input))

    async def terminate_workflow(self, input: TerminateWorkflowInput) -> None:
        await self._make(f"{input.id} terminate", super().terminate_workflow(input))

    async def describe_workflow(self, input: DescribeWorkflowInput) -> Any:
        return await self._make(f"{input.id} describe", super().describe_workflow(input))

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:
        await self._make(f"{input.id} signal {input.signal}", super().signal_workflow(input))

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        return await self._make(f"{input.id} query {input.query}", super().query_workflow(input))

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> Any:
        return await self._make(f"{input.id} update {input.update_id}", super().start_workflow_update(input))

    async def start_update_with_start_workflow(self, input: StartWorkflowUpdateWithStartInput) -> Any:
        name = f"{input.start_workflow_input.id} update {input.update_workflow_input.update_id}"
        return await self._make(name, super().start_update_with_start_workflow(input))
