"""A stub of a Temporal frontend: enough for a client to start workflows, ask them and wait for their end.

Where it fits: in the place of a server where the *generator* is measured, or tested, alone. It serves on a port of
loopback, keeps nothing but how many workflows were begun and have ended, and is deliberately quick: what a run against
it is slow at, the generator is slow at. ``python -m harness.load.bench.stub_frontend --port N --workflow-seconds
0.05``.

Not covered: workers, histories, search. A count answers for every workflow whose id begins as the query says.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType, UpdateWorkflowExecutionLifecycleStage
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import request_response_pb2 as rr

SERVICE = "/temporal.api.workflowservice.v1.WorkflowService/"
LONG_POLL_SECONDS = 15.0
BEGINS_WITH = re.compile(r"STARTS_WITH\s+['\"]([^'\"]*)['\"]")


@dataclass
class StubWorkflow:
    """One execution: it completes ``workflow_seconds`` after its start, or when it is told to."""

    run_id: str
    began_at: float
    result: dict[str, Any] = field(default_factory=lambda: {"status": "paid"})
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, status: str = "paid") -> None:
        """Complete, once."""
        if not self.ended.is_set():
            self.result = {"status": status}
            self.ended.set()


@dataclass
class StubFrontend:
    """The state and the calls. ``workflow_seconds`` is how long a workflow runs; ``None``: until it is told to end."""

    workflow_seconds: float | None = 0.05
    workflows: dict[str, StubWorkflow] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def start(self, request: rr.StartWorkflowExecutionRequest) -> rr.StartWorkflowExecutionResponse:
        """Begin a workflow; a second start of an id finds the first."""
        workflow = self.workflows.get(request.workflow_id)
        if workflow is None:
            workflow = StubWorkflow(f"run-{next(self._numbers)}", time.time())
            self.workflows[request.workflow_id] = workflow
            if self.workflow_seconds is not None:
                asyncio.get_running_loop().call_later(self.workflow_seconds, workflow.end)
        return rr.StartWorkflowExecutionResponse(run_id=workflow.run_id, started=True)

    async def history(self, request: rr.GetWorkflowExecutionHistoryRequest) -> rr.GetWorkflowExecutionHistoryResponse:
        """The first events, or, where they are waited for, the last: the client asks again when that takes long."""
        workflow = self.workflows[request.execution.workflow_id]
        response = rr.GetWorkflowExecutionHistoryResponse()
        if not request.wait_new_event:
            response.history.events.extend(_first_events(workflow))
            return response
        try:
            await asyncio.wait_for(workflow.ended.wait(), LONG_POLL_SECONDS)
        except TimeoutError:
            response.next_page_token = b"more"
            return response
        event = response.history.events.add(event_id=5, event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
        event.workflow_execution_completed_event_attributes.result.CopyFrom(_payloads(workflow.result))
        return response

    async def query(self, request: rr.QueryWorkflowRequest) -> rr.QueryWorkflowResponse:
        """Where a workflow stands: ``sent`` until it has ended."""
        workflow = self.workflows[request.execution.workflow_id]
        status = workflow.result["status"] if workflow.ended.is_set() else "sent"
        return rr.QueryWorkflowResponse(query_result=_payloads({"status": status}))

    async def signal(self, _: rr.SignalWorkflowExecutionRequest) -> rr.SignalWorkflowExecutionResponse:
        """Taken, and nothing more."""
        return rr.SignalWorkflowExecutionResponse()

    async def update(self, request: rr.UpdateWorkflowExecutionRequest) -> rr.UpdateWorkflowExecutionResponse:
        """Taken and completed at once."""
        response = rr.UpdateWorkflowExecutionResponse()
        response.update_ref.workflow_execution.CopyFrom(request.workflow_execution)
        response.update_ref.update_id = request.request.meta.update_id
        response.outcome.success.CopyFrom(_payloads({"status": "paid"}))
        stages = UpdateWorkflowExecutionLifecycleStage
        response.stage = stages.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
        return response

    async def count(self, request: rr.CountWorkflowExecutionsRequest) -> rr.CountWorkflowExecutionsResponse:
        """How many workflows there are, by status."""
        wanted = BEGINS_WITH.search(request.query)
        prefix = wanted[1] if wanted else ""
        found = [each for name, each in self.workflows.items() if name.startswith(prefix)]
        response = rr.CountWorkflowExecutionsResponse(count=len(found))
        for status, number in Counter("Completed" if w.ended.is_set() else "Running" for w in found).items():
            group = response.groups.add(count=number)
            value = Payload(metadata={"encoding": b"json/plain", "type": b"Keyword"}, data=json.dumps(status).encode())
            group.group_values.append(value)
        return response

    async def system_info(self, _: rr.GetSystemInfoRequest) -> rr.GetSystemInfoResponse:
        """What a client asks first."""
        return rr.GetSystemInfoResponse(server_version="stub")


@dataclass(frozen=True)
class _Calls(grpc.GenericRpcHandler):
    frontend: StubFrontend

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any] | None:
        f = self.frontend
        calls: dict[str, tuple[Callable[[Any], Awaitable[Message]], type[Message]]] = {
            "GetSystemInfo": (f.system_info, rr.GetSystemInfoRequest),
            "StartWorkflowExecution": (f.start, rr.StartWorkflowExecutionRequest),
            "GetWorkflowExecutionHistory": (f.history, rr.GetWorkflowExecutionHistoryRequest),
            "QueryWorkflow": (f.query, rr.QueryWorkflowRequest),
            "SignalWorkflowExecution": (f.signal, rr.SignalWorkflowExecutionRequest),
            "UpdateWorkflowExecution": (f.update, rr.UpdateWorkflowExecutionRequest),
            "CountWorkflowExecutions": (f.count, rr.CountWorkflowExecutionsRequest),
        }
        found = calls.get(handler_call_details.method.removeprefix(SERVICE))
        if found is None:
            return None
        call, request = found

        async def answer(message: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Message:
            try:
                return await call(message)
            except KeyError as unknown:
                await context.abort(grpc.StatusCode.NOT_FOUND, f"no workflow {unknown}")
                raise

        return grpc.unary_unary_rpc_method_handler(
            answer, request_deserializer=request.FromString, response_serializer=lambda m: m.SerializeToString()
        )


async def serve(frontend: StubFrontend, *, port: int) -> grpc.aio.Server:
    """Serve on a port of loopback until the server is stopped."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((_Calls(frontend),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    return server


def _first_events(workflow: StubWorkflow) -> list[HistoryEvent]:
    """Started, its first task scheduled, that task started two milliseconds later."""
    kinds = (
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    )
    events = [HistoryEvent(event_id=number, event_type=kind) for number, kind in enumerate(kinds, 1)]
    for event, after_seconds in zip(events, (0.0, 0.0, 0.002), strict=True):
        event.event_time.FromNanoseconds(int((workflow.began_at + after_seconds) * 1e9))
    return events


def _payloads(value: Any) -> Payloads:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value).encode())
    return Payloads(payloads=[payload])


async def _main(port: int, http_port: int | None, workflow_seconds: float | None) -> None:
    frontend = StubFrontend(workflow_seconds)
    server = await serve(frontend, port=port)
    if http_port is None:
        await server.wait_for_termination()
    else:
        # Imported here: a bench of the generator alone does without.
        from harness.load.bench.stub_outside import serve_outside

        await serve_outside(frontend.workflows, port=http_port)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--http-port", type=int, help="also serve the API and the payment provider here")
    parser.add_argument("--workflow-seconds", type=float, help="a workflow ends by itself after this; else when paid")
    arguments = parser.parse_args()
    asyncio.run(_main(arguments.port, arguments.http_port, arguments.workflow_seconds))
