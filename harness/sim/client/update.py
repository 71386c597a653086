"""A caller's handle of one update."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import temporalio.converter
from temporalio.api.update.v1 import Outcome
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateHandle, WorkflowUpdateStage
from temporalio.service import RPCError, RPCStatusCode

from harness.sim.client.calls import Calls
from harness.sim.client.lacking import lacking
from harness.sim.server.execution import Update


class SimUpdateHandle:
    """See ``temporalio.client.WorkflowUpdateHandle``."""

    def __init__(
        self,
        calls: Calls,
        converter: temporalio.converter.DataConverter,
        workflow_id: str,
        update_id: str,
        result_type: type | None,
    ) -> None:
        self._calls, self._converter, self._result_type = calls, converter, result_type
        self.workflow_id, self.id = workflow_id, update_id
        loop = asyncio.get_running_loop()
        self._accepted: asyncio.Future[None] = loop.create_future()
        self._outcome: asyncio.Future[Outcome | None] = loop.create_future()

    def __getattr__(self, name: str) -> NoReturn:
        told = lacking(WorkflowUpdateHandle, name)
        self._calls.server.timeline.refuse(told)

    def bind(self, update: Update) -> None:
        """The server has taken it, or knew it."""
        if update.accepted_id:
            self._accept()
        if update.outcome is not None:
            self._end(update.outcome)
        else:
            update.on_accepted.append(self._accept)
            update.on_outcome.append(self._end)

    async def until(self, stage: WorkflowUpdateStage) -> None:
        """Wait until it is as far.

        :raises WorkflowUpdateFailedError: it was rejected.
        """
        if stage is WorkflowUpdateStage.COMPLETED:
            await self._outcome
        elif stage is WorkflowUpdateStage.ACCEPTED:
            waited: list[asyncio.Future[Any]] = [self._accepted, self._outcome]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)

    async def result(self) -> Any:
        """What it returned.

        :raises WorkflowUpdateFailedError: it was rejected, or failed, or its run ended first.
        :raises RPCError: (NOT_FOUND) the run ended before it was accepted.
        """
        outcome = await asyncio.shield(self._outcome)
        await self._calls.travel(self._calls.place(f"{self.workflow_id} update {self.id} answer"))
        converter = self._converter
        if outcome is None:
            raise RPCError("workflow update was aborted by closing workflow", RPCStatusCode.NOT_FOUND, b"")
        if outcome.HasField("failure"):
            cause = converter.failure_converter.from_failure(outcome.failure, converter.payload_converter)
            raise WorkflowUpdateFailedError(cause)
        hints = [self._result_type] if self._result_type is not None else None
        values = converter.payload_converter.from_payloads(outcome.success.payloads, hints)
        return values[0] if values else None

    def _accept(self) -> None:
        if not self._accepted.done():
            self._accepted.set_result(None)

    def _end(self, outcome: Outcome | None) -> None:
        if not self._outcome.done():
            self._outcome.set_result(outcome)
