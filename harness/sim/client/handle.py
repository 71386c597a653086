"""A caller's handle of one execution: signal, query, update, cancel, terminate, describe, wait for its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import temporalio.converter
from temporalio.api.common.v1 import Payload
from temporalio.api.update.v1 import Request
from temporalio.client import (
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowHistory,
    WorkflowQueryFailedError,
    WorkflowUpdateStage,
)
from temporalio.exceptions import CancelledError, TerminatedError, TimeoutError, TimeoutType
from temporalio.service import RPCError, RPCStatusCode

from harness.sim.client.calls import OF_ONE_CALL, Calls
from harness.sim.client.description import Description, described
from harness.sim.client.lacking import lacking
from harness.sim.client.update import SimUpdateHandle
from harness.sim.kernel.timeline import SECOND
from harness.sim.server.answers import answer_queries, not_ready
from harness.sim.server.execution import Execution, Status
from harness.sim.server.messages import request_cancel, signal
from harness.sim.server.updates import IN_FLIGHT_AT_MOST, admit_update, in_flight, known_update
from harness.sim.surface import UNSET, WorkflowActivationJob, given, message_name_and_result
from harness.sim.worker.cached import TaskFailed

Value = TypeVar("Value")

QUERY_PATIENCE = 10 * SECOND


class SimHandle:
    """See ``temporalio.client.WorkflowHandle``."""

    def __init__(
        self,
        calls: Calls,
        converter: temporalio.converter.DataConverter,
        workflow_id: str,
        run_id: str | None,
        result_run_id: str | None,
        result_type: type | None,
        first_execution_run_id: str | None,
    ) -> None:
        self._calls, self._converter, self._result_type = calls, converter, result_type
        self.id, self.run_id, self.result_run_id = workflow_id, run_id, result_run_id
        self.first_execution_run_id = first_execution_run_id

    def __getattr__(self, name: str) -> NoReturn:
        told = lacking(WorkflowHandle, name)
        self._calls.server.timeline.refuse(told)

    async def result(self, *, follow_runs: bool = True, **others: Any) -> Any:
        """Wait for the end; the result.

        :raises WorkflowFailureError: it did not complete; the cause says how.
        """
        self._calls.refuse(others, f"the result of {self.id}")
        run = await self._call("result", lambda: self._calls.find(self.id, self.result_run_id))
        while True:
            if run.open:
                ended = asyncio.get_running_loop().create_future()
                run.on_close.append(lambda ended=ended: ended.done() or ended.set_result(None))
                await ended
            await self._calls.travel(self._calls.place(f"{self.id} end"))
            if follow_runs and run.next_run_id:
                run = self._calls.server.runs[run.next_run_id]
                continue
            return self._end_of(run)

    def _end_of(self, run: Execution) -> Any:
        if run.status is Status.COMPLETED:
            hints = [self._result_type] if self._result_type is not None else None
            payloads = [run.result] if run.result is not None else []
            values = self._converter.payload_converter.from_payloads(payloads, hints)
            return values[0] if values else None
        cause: BaseException
        if run.status is Status.CANCELED:
            cause = CancelledError("Workflow cancelled")
        elif run.status is Status.TERMINATED:
            cause = TerminatedError((run.failure.message if run.failure else "") or "Workflow terminated")
        elif run.status is Status.TIMED_OUT:
            cause = TimeoutError("Workflow timed out", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[])
        else:
            assert run.failure is not None
            cause = self._converter.failure_converter.from_failure(run.failure, self._converter.payload_converter)
        raise WorkflowFailureError(cause=cause)

    async def signal(self, name: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **others: Any) -> None:
        """Send a signal.

        :raises RPCError: (NOT_FOUND) nothing of this id is open.
        """
        named, _ = message_name_and_result(name)
        self._calls.refuse(others, f"the signal {named} to {self.id}", but=OF_ONE_CALL)
        payloads = self._payloads(arg, args)
        await self._call(
            f"signal {named}", lambda: signal(self._calls.find_open(self.id, self.run_id), named, payloads, {})
        )

    async def cancel(self, *, reason: str = "", **others: Any) -> None:
        """Ask for its end; one that has ended is not in its way."""
        self._calls.refuse(others, f"cancelling {self.id}", but=OF_ONE_CALL)
        await self._call("cancel", lambda: request_cancel(self._calls.find(self.id, self.run_id), reason))

    async def terminate(self, *args: Any, reason: str | None = None, **others: Any) -> None:
        """End it at once."""
        self._calls.refuse(others, f"terminating {self.id}", but=OF_ONE_CALL)
        server, details = self._calls.server, self._payloads(UNSET, args)
        said = reason or "terminated by user via frontend"
        await self._call(
            "terminate", lambda: server.terminate(self._calls.find_open(self.id, self.run_id), said, details, "caller")
        )

    async def describe(self, **others: Any) -> Description:
        """How it stands."""
        self._calls.refuse(others, f"describing {self.id}", but=OF_ONE_CALL)
        return await self._call("describe", lambda: described(self._calls.find(self.id, self.run_id), self._converter))

    async def fetch_history(self, **others: Any) -> WorkflowHistory:
        """Its events up to now."""
        self._calls.refuse(others, f"the history of {self.id}", but=OF_ONE_CALL)
        return await self._call(
            "history", lambda: WorkflowHistory(self.id, list(self._calls.find(self.id, self.run_id).history.events))
        )

    async def query(
        self, query: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), result_type: type | None = None, **others: Any
    ) -> Any:
        """Ask it something.

        :raises WorkflowQueryFailedError: it answers with an error.
        """
        named, found = message_name_and_result(query)
        self._calls.refuse(others, f"the query {named} of {self.id}", but=OF_ONE_CALL)
        job = WorkflowActivationJob()
        job.query_workflow.query_id = job.query_workflow.query_type = named
        job.query_workflow.arguments.extend(self._payloads(arg, args))
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def admit() -> None:
            run = self._calls.find(self.id, self.run_id)
            place = self._calls.place(f"{self.id} query {named} is taken")
            limit = run.timeline.now + QUERY_PATIENCE
            run.queries.append(lambda: self._ask(run, job, answered, place, limit))
            answer_queries(run)

        await self._call(f"query {named}", admit)
        response = await answered
        await self._calls.travel(self._calls.place(f"{self.id} query {named} answer"))
        if response.respond_to_query.HasField("failed"):
            raise WorkflowQueryFailedError(response.respond_to_query.failed.message)
        kind = result_type or found
        payload = response.respond_to_query.succeeded.response
        return self._converter.payload_converter.from_payloads([payload], [kind] if kind else None)[0]

    def _ask(
        self, run: Execution, job: WorkflowActivationJob, answered: asyncio.Future[Any], place: str, limit: int
    ) -> None:
        if answered.done():
            return  # whoever asked has given up
        if told := not_ready(run):
            return answered.set_exception(RPCError(told, RPCStatusCode.FAILED_PRECONDITION, b""))
        worker = run.sticky if run.sticky is not None and run.sticky.alive else None
        worker = worker or run.server.matching.worker_for(run.options.task_queue, place)
        if worker is not None:
            try:
                answered.set_result(worker.answer_query(run, job))
            except TaskFailed as error:
                answered.set_exception(WorkflowQueryFailedError(str(error)))
        elif run.timeline.now < limit:
            run.queries.append(lambda: self._ask(run, job, answered, place, limit))
            run.timeline.after(SECOND, answer_queries, run)
        else:
            answered.set_exception(RPCError("nobody answers the query", RPCStatusCode.DEADLINE_EXCEEDED, b""))

    async def execute_update(
        self,
        update: Any,
        arg: Any = UNSET,
        *,
        args: Sequence[Any] = (),
        id: str | None = None,
        result_type: type | None = None,
        **others: Any,
    ) -> Any:
        """Have it do something, and wait until it is done.

        :raises WorkflowUpdateFailedError: it is rejected, or fails.
        """
        stage = WorkflowUpdateStage.COMPLETED
        started = await self.start_update(
            update, arg, args=args, id=id, result_type=result_type, wait_for_stage=stage, **others
        )
        return await started.result()

    async def start_update(
        self,
        update: Any,
        arg: Any = UNSET,
        *,
        wait_for_stage: WorkflowUpdateStage,
        args: Sequence[Any] = (),
        id: str | None = None,
        result_type: type | None = None,
        first: Callable[[], object] = lambda: None,
        **others: Any,
    ) -> SimUpdateHandle:
        """The same, and wait until it is accepted.

        :param first: what the server does before it looks for the run, in the same call.
        """
        named, found = message_name_and_result(update)
        self._calls.refuse(others, f"the update {named} of {self.id}")
        update_id = id or self._calls.server.choices.identifier(self._calls.place(f"{self.id} update {named}"))
        request = Request()
        request.meta.update_id, request.meta.identity, request.input.name = update_id, "caller", named
        payloads = self._payloads(arg, args)
        if payloads:
            request.input.args.payloads.extend(payloads)
        handle = SimUpdateHandle(self._calls, self._converter, self.id, update_id, result_type or found)

        def admit() -> None:
            first()
            known = known_update(self._calls.server.find(self.id, self.run_id or ""), update_id)
            if known is not None:
                return handle.bind(known)
            run = self._calls.find_open(self.id, self.run_id)
            if update_id not in run.updates and in_flight(run) >= IN_FLIGHT_AT_MOST:
                message = f"limit on number of concurrent in-flight updates has been reached ({IN_FLIGHT_AT_MOST})"
                raise RPCError(message, RPCStatusCode.RESOURCE_EXHAUSTED, b"")
            handle.bind(admit_update(run, request, pinned=self.run_id is not None))

        await self._call(f"update {update_id}", admit)
        await handle.until(wait_for_stage)
        return handle

    async def _call(self, name: str, call: Callable[[], Value]) -> Value:
        return await self._calls.make(f"{self.id} {name}", call)

    def _payloads(self, arg: Any, args: Sequence[Any]) -> list[Payload]:
        values = given(arg, args)
        return self._converter.payload_converter.to_payloads(values) if values else []
