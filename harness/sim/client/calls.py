"""What every call of a client has in common: it takes its time there and back, and either way may be lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from temporalio.service import RPCError, RPCStatusCode

from harness.sim.kernel.choices import Choices
from harness.sim.kernel.timeline import SECOND
from harness.sim.server.execution import Execution
from harness.sim.server.server import Server

Value = TypeVar("Value")

FAULTS = ("request-lost", "answer-lost")
"""Kinds of fault that strike at a call."""

OF_ONE_CALL = ("rpc_metadata", "rpc_timeout")
"""Options that change nothing of a call that is answered or lost, and never stands still."""


class Calls:
    """The way to the server."""

    def __init__(self, server: Server, choices: Choices) -> None:
        self.server, self._choices = server, choices
        self._made: Counter[str] = Counter()

    async def make(self, name: str, call: Callable[[], Value]) -> Value:
        """Make a call.

        :raises RPCError: (UNAVAILABLE) it was lost on the way there, or its answer on the way back.
        """
        place = self.place(name)
        fault = self._choices.fault(f"{place} fault", FAULTS)
        await self.travel(f"{place} arrives")
        if fault is not None and fault.kind == "request-lost":
            raise RPCError(f"{place}: the server is not reached", RPCStatusCode.UNAVAILABLE, b"")
        result = call()
        await self.travel(f"{place} is answered")
        if fault is not None:
            raise RPCError(f"{place}: the answer does not come", RPCStatusCode.UNAVAILABLE, b"")
        return result

    def refuse(self, others: Mapping[str, Any], what: str, *, but: Collection[str] = ()) -> None:
        """Refuse by name the options that are asked for and not there.

        :param but: those that may be asked for all the same, because nothing depends on them here.
        :raises NotSimulated: there is one.
        """
        asked = [name for name, value in others.items() if name not in but and value not in (None, (), {}, "")]
        if asked:
            # Not only raised: the application's API makes an answer of whatever is raised in it.
            self.server.timeline.refuse(f"{what}: {', '.join(sorted(asked))} is not simulated; leave it out")

    def place(self, name: str) -> str:
        """The place of the next call of this name."""
        self._made[name] += 1
        return f"{name} call {self._made[name]}"

    async def travel(self, place: str) -> None:
        """Take the time that a message takes."""
        await asyncio.sleep(self._choices.lag(place) / SECOND)

    def find(self, workflow_id: str, run_id: str | None) -> Execution:
        """A run.

        :raises RPCError: (NOT_FOUND) there is none.
        """
        found = self.server.find(workflow_id, run_id or "")
        if found is None:
            raise RPCError(f"workflow not found for ID: {workflow_id}", RPCStatusCode.NOT_FOUND, b"")
        return found

    def find_open(self, workflow_id: str, run_id: str | None) -> Execution:
        """A run that has not ended.

        :raises RPCError: (NOT_FOUND) there is none, or it has ended.
        """
        found = self.find(workflow_id, run_id)
        if not found.open:
            raise RPCError("workflow execution already completed", RPCStatusCode.NOT_FOUND, b"")
        return found
