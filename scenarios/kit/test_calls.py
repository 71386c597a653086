"""What is held is let go on, and what does not answer holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
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
        async def signal(name: str, **options: Any) -> None:
            assert name == "resume"
            assert options["rpc_timeout"] is not None
            self.asked.append(workflow_id)
            if workflow_id == "invoice-1":
                raise self._error

        return SimpleNamespace(signal=signal)

    def write(self, kind: str, **fields: Any) -> None:
        self.lines.append(kind)


def site_of(held: Held) -> Site:
    return cast(Site, SimpleNamespace(client=held, journal=held))


@pytest.mark.parametrize("status", [RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.DEADLINE_EXCEEDED])
async def test_one_that_cannot_be_told_is_noted_and_the_next_is_asked(status: RPCStatusCode) -> None:
    held = Held(RPCError("busy", status, b""))
    await resume_held(site_of(held))
    assert held.asked == ["invoice-1", "invoice-2"]
    assert held.lines == ["resume-failed", "resumed"]


async def test_an_interrupted_run_is_interrupted() -> None:
    held = Held(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
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
