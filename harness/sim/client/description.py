"""What a server tells of an execution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import temporalio.converter
from temporalio.api.common.v1 import SearchAttributes
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import TypedSearchAttributes

from harness.sim.server.execution import Execution, Status
from harness.sim.server.server import instant

STATUSES = {
    Status.RUNNING: WorkflowExecutionStatus.RUNNING,
    Status.COMPLETED: WorkflowExecutionStatus.COMPLETED,
    Status.FAILED: WorkflowExecutionStatus.FAILED,
    Status.CANCELED: WorkflowExecutionStatus.CANCELED,
    Status.TERMINATED: WorkflowExecutionStatus.TERMINATED,
    Status.TIMED_OUT: WorkflowExecutionStatus.TIMED_OUT,
    Status.CONTINUED_AS_NEW: WorkflowExecutionStatus.CONTINUED_AS_NEW,
}


@dataclass(frozen=True)
class RawInfo:
    """The part of ``temporalio.api.workflow.v1.WorkflowExecutionInfo`` that there is."""

    first_run_id: str


@dataclass(frozen=True)
class Description:
    """The part of ``temporalio.client.WorkflowExecutionDescription`` that there is."""

    id: str
    run_id: str
    workflow_type: str
    task_queue: str
    status: WorkflowExecutionStatus
    start_time: datetime
    close_time: datetime | None
    history_length: int
    typed_search_attributes: TypedSearchAttributes
    memo_values: dict[str, Any]
    raw_info: RawInfo

    async def memo(self) -> dict[str, Any]:
        """The memo's values."""
        return self.memo_values


def described(run: Execution, converter: temporalio.converter.DataConverter) -> Description:
    """How a run stands now."""
    shown = SearchAttributes()
    for name, payload in run.search_attributes.items():
        shown.indexed_fields[name].CopyFrom(payload)
    return Description(
        id=run.workflow_id,
        run_id=run.run_id,
        workflow_type=run.options.workflow_type,
        task_queue=run.options.task_queue,
        status=STATUSES[run.status],
        start_time=instant(run.started_at),
        close_time=instant(run.closed_at) if run.closed_at is not None else None,
        history_length=len(run.history.events),
        typed_search_attributes=temporalio.converter.decode_typed_search_attributes(shown),
        memo_values={name: converter.payload_converter.from_payload(value) for name, value in run.memo.items()},
        raw_info=RawInfo(run.first_run_id),
    )
