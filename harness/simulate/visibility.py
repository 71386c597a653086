"""What the harness asks a simulated server beside what callers do: which executions there are."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import temporalio.converter
from temporalio.api.common.v1 import Payload

from harness.sim.client.client import SimClient
from harness.sim.client.handle import SimHandle
from harness.sim.refusal import NotSimulated
from harness.sim.server.execution import Execution, Status
from harness.sim.server.server import Server

CLAUSE = re.compile(r'(\w+)="([^"]*)"')
STATUS = "ExecutionStatus"


@dataclass(frozen=True)
class Listed:
    """An execution as a list shows it."""

    id: str
    run_id: str


@dataclass(frozen=True)
class HarnessClient:
    """A client whose calls always come through, and which lists executions."""

    client: SimClient
    server: Server

    def get_workflow_handle(self, workflow_id: str, **options: Any) -> SimHandle:
        """A handle of an execution."""
        return self.client.get_workflow_handle(workflow_id, **options)

    async def list_workflows(self, query: str = "") -> AsyncIterator[Listed]:
        """The executions that a query names: ``Attribute="value"``, several joined by ``AND``.

        :raises NotSimulated: it is another query.
        """
        clauses = [CLAUSE.fullmatch(part.strip()) for part in query.split(" AND ")] if query else []
        if None in clauses:
            raise NotSimulated(f'list_workflows({query!r}): a simulated server knows Attribute="value" AND … alone')
        wanted = {clause[1]: clause[2] for clause in clauses if clause is not None}
        for run in list(self.server.runs.values()):
            if all(_value(run, name) == value for name, value in wanted.items()):
                yield Listed(run.workflow_id, run.run_id)


def _value(run: Execution, name: str) -> Any:
    if name == STATUS:
        return "Running" if run.status is Status.RUNNING else run.status.value
    payload: Payload | None = run.search_attributes.get(name)
    if payload is None:
        return None
    return temporalio.converter.PayloadConverter.default.from_payload(payload)
