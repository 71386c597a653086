"""What a server tells of an execution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

import temporalio.converter
from temporalio.api.common.v1 import Payload, SearchAttributes
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import TypedSearchAttributes

from harness.sim.client.lacking import Refuse, lacking
from harness.sim.server.execution import Execution, Status
from harness.sim.server.server import instant
from harness.sim.surface import UNSET

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
    _refuse: Refuse = field(repr=False, compare=False)

    def __getattr__(self, name: str) -> NoReturn:
        told = lacking(WorkflowExecutionInfo, name)
        self._refuse(told)


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
    memo_payloads: Mapping[str, Payload]
    data_converter: temporalio.converter.DataConverter
    raw_info: RawInfo
    _refuse: Refuse = field(repr=False, compare=False)

    def __getattr__(self, name: str) -> NoReturn:
        told = lacking(WorkflowExecutionDescription, name)
        self._refuse(told)

    async def memo(self) -> dict[str, Any]:
        """The memo's values."""
        return {name: await self.memo_value(name) for name in self.memo_payloads}

    async def memo_value(self, key: str, default: Any = UNSET, *, type_hint: type | None = None) -> Any:
        """One of them.

        :raises KeyError: there is none of this name, and no default.
        """
        if key not in self.memo_payloads and default is not UNSET:
            return default
        hints = None if type_hint is None else [type_hint]
        return self.data_converter.payload_converter.from_payloads([self.memo_payloads[key]], hints)[0]


def described(run: Execution, converter: temporalio.converter.DataConverter) -> Description:
    """How a run stands now."""
    shown, refuse = SearchAttributes(), run.timeline.refuse
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
        memo_payloads=dict(run.memo),
        data_converter=converter,
        raw_info=RawInfo(run.first_run_id, refuse),
        _refuse=refuse,
    )
