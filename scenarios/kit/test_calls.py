"""What is held is let go on, and what does not answer holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from harness.experiment.site import Site
from scenarios.kit.calls import resume_held


class Held:
    """Two held workflows, of which the first answers with an error."""

    def __init__(self, error: BaseException) -> None:
        self._error = error
        self.asked: list[str] = []
        self.lines: list[str] = []

    async def list_workflows(self, query: str) -> AsyncIterator[Any]:
        for name in ("invoice-1", "invoice-2"):
            yield SimpleNamespace(id=name)

    def get_workflow_handle(self, workflow_id: str) -> Any:
        async def execute_update(update: str, **options: Any) -> None:
            assert options["rpc_timeout"] is not None
            self.asked.append(workflow_id)
            if workflow_id == "invoice-1":
                raise self._error

        return SimpleNamespace(execute_update=execute_update)

    def write(self, kind: str, **fields: Any) -> None:
        self.lines.append(kind)


def site_of(held: Held) -> Site:
    return cast(Site, SimpleNamespace(client=held, journal=held))


def timed_out(cause: BaseException) -> BaseException:
    error = WorkflowUpdateRPCTimeoutOrCancelledError()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        RPCError("busy", RPCStatusCode.RESOURCE_EXHAUSTED, b""),
        timed_out(RPCError("late", RPCStatusCode.DEADLINE_EXCEEDED, b"")),
    ],
    ids=["busy", "silent"],
)
async def test_one_that_does_not_answer_is_told_and_the_next_is_asked(error: BaseException) -> None:
    held = Held(error)
    await resume_held(site_of(held))
    assert held.asked == ["invoice-1", "invoice-2"]
    assert held.lines == ["resume-failed", "resumed"]


async def test_an_interrupted_run_is_interrupted() -> None:
    held = Held(timed_out(asyncio.CancelledError()))
    with pytest.raises(WorkflowUpdateRPCTimeoutOrCancelledError):
        await resume_held(site_of(held))
    assert held.asked == ["invoice-1"]


async def test_a_server_that_lists_none_is_asked_again() -> None:
    class Broken(Held):
        async def list_workflows(self, query: str) -> AsyncIterator[Any]:
            raise RPCError("http2 error", RPCStatusCode.UNAVAILABLE, b"")
            yield

    held = Broken(RPCError("", RPCStatusCode.UNAVAILABLE, b""))
    await resume_held(site_of(held))
    assert (held.asked, held.lines) == ([], ["resume-failed"])
