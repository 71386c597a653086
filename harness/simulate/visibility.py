"""What the harness asks a simulated server beside what callers do: which executions there are, and their histories."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import temporalio.converter
from temporalio.api.common.v1 import Payload

from harness.errors import UsageError
from harness.record.history_endings import execution_in
from harness.record.history_reader import facts_of, policies_of
from harness.record.memory_journal import MemoryJournal
from harness.sim.client.client import SimClient
from harness.sim.client.handle import SimHandle
from harness.sim.refusal import NotSimulated
from harness.sim.server.execution import Execution, Status
from harness.sim.server.server import Server

CLAUSE = re.compile(r"""(\w+)\s*=\s*(["'])([^"']*)\2""")
STATUSES = {
    Status.RUNNING: "Running",
    Status.COMPLETED: "Completed",
    Status.FAILED: "Failed",
    Status.CANCELED: "Canceled",
    Status.TERMINATED: "Terminated",
    Status.TIMED_OUT: "TimedOut",
    Status.CONTINUED_AS_NEW: "ContinuedAsNew",
}
"""As a query names them."""
OF_EACH: Mapping[str, Callable[[Execution], str]] = {
    "ExecutionStatus": lambda run: STATUSES[run.status],
    "RunId": lambda run: run.run_id,
    "TaskQueue": lambda run: run.options.task_queue,
    "WorkflowId": lambda run: run.workflow_id,
    "WorkflowType": lambda run: run.options.workflow_type,
}
"""What a server can say of every execution."""
LACKING = frozenset(
    {
        *("BatcherUser", "BinaryChecksums", "BuildIds", "CloseTime", "ExecutionDuration", "ExecutionTime"),
        *("HistoryLength", "HistorySizeBytes", "ParentRunId", "ParentWorkflowId", "RootRunId", "RootWorkflowId"),
        *("StartTime", "StateTransitionCount", "TemporalChangeVersion"),
    }
)
"""What a server can say besides, and is not there."""


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

    def __getattr__(self, name: str) -> Any:
        """What callers do with any client."""
        return getattr(self.client, name)

    def get_workflow_handle(self, workflow_id: str, **options: Any) -> SimHandle:
        """A handle of an execution."""
        return self.client.get_workflow_handle(workflow_id, **options)

    async def list_workflows(self, query: str = "") -> AsyncIterator[Listed]:
        """The executions that a query names: ``Attribute="value"``, several joined by ``AND``.

        :raises NotSimulated: it is another query.
        :raises UsageError: it names a status that there is not.
        """
        clauses = [CLAUSE.fullmatch(part.strip()) for part in query.split(" AND ")] if query else []
        if None in clauses:
            raise NotSimulated(f'list_workflows({query!r}): a simulated server knows Attribute="value" AND … alone')
        wanted = {clause[1]: clause[3] for clause in clauses if clause is not None}
        known = ", ".join(OF_EACH)
        if lacking := sorted(wanted.keys() & LACKING):
            raise NotSimulated(f"list_workflows({query!r}): {lacking[0]} is not simulated; {known} and your own are")
        statuses = ", ".join(STATUSES.values())
        if (status := wanted.get("ExecutionStatus", "Running")) not in STATUSES.values():
            raise UsageError(f"list_workflows({query!r}): there is no status {status!r}; there are {statuses}")
        for run in list(self.server.runs.values()):
            if all(_has(run, name, value) for name, value in wanted.items()):
                yield Listed(run.workflow_id, run.run_id)


@dataclass(frozen=True)
class SimulatedRuns:
    """See ``harness.simulate.phases.Runs``.

    :param status_attribute: the application's own state, a search attribute.
    """

    server: Server
    converter: temporalio.converter.DataConverter
    status_attribute: str | None
    subject_of: Callable[[str], str]

    def accepted(self, workflow_id: str) -> None:
        """Nobody has to follow it: the server is at hand."""

    def progress(self) -> tuple[int, int]:
        """How many there are, and events."""
        return len(self.server.runs), sum(len(run.history.events) for run in self.server.runs.values())

    def open(self) -> bool:
        """See ``Runs``."""
        return any(run.open for run in self.server.runs.values())

    async def read(self, journal: MemoryJournal) -> None:
        """See ``Runs``."""
        policies: list[dict[str, Any]] = []
        for run in self.server.runs.values():
            policies += [each for each in policies_of(run.history.events) if each not in policies]
            await self._read(run, journal)
        for policy in sorted(policies, key=lambda policy: str(policy["activity"])):
            journal.write("policy", **policy)

    async def _read(self, run: Execution, journal: MemoryJournal) -> None:
        events, attribute = run.history.events, self.status_attribute
        ids = {"workflow_id": run.workflow_id, "run_id": run.run_id, "subject": self.subject_of(run.workflow_id)}
        journal.write("history-facts", **ids, **facts_of(events, attribute))
        journal.write("execution", **ids, **await execution_in(self.converter, events, attribute))


def _has(run: Execution, name: str, value: str) -> bool:
    """Whether an attribute is this, or holds it where it is a list."""
    if name in OF_EACH:
        return OF_EACH[name](run) == value
    payload: Payload | None = run.search_attributes.get(name)
    if payload is None:
        return False
    found = temporalio.converter.PayloadConverter.default.from_payload(payload)
    return value in found if isinstance(found, list) else bool(found == value)
