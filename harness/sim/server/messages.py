"""What arrives at a run from outside: signals, and requests to end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import event_type_pb2 as E

from harness.sim.server.execution import Execution
from harness.sim.server.tasks import schedule_task


def signal(
    run: Execution,
    name: str,
    args: Iterable[Payload],
    headers: Mapping[str, Payload],
    *,
    sender: Execution | None = None,
) -> None:
    """A signal reaches an open run."""
    event = run.history.arrive(E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    said = event.workflow_execution_signaled_event_attributes
    said.signal_name = name
    payloads = list(args)
    if payloads:
        said.input.payloads.extend(payloads)
    for key, payload in headers.items():
        said.header.fields[key].CopyFrom(payload)
    if sender is not None:
        said.external_workflow_execution.workflow_id = sender.workflow_id
        said.external_workflow_execution.run_id = sender.run_id
    schedule_task(run)


def request_cancel(run: Execution, reason: str, *, sender: Execution | None = None, initiated_id: int = 0) -> None:
    """The request to end reaches a run; a second one changes nothing, nor does one that comes too late."""
    if run.cancel_requested or not run.open:
        return
    run.cancel_requested = True
    event = run.history.arrive(E.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
    said = event.workflow_execution_cancel_requested_event_attributes
    said.SetInParent()
    said.cause = reason
    if sender is not None:
        said.external_workflow_execution.workflow_id = sender.workflow_id
        said.external_workflow_execution.run_id = sender.run_id
        said.external_initiated_event_id = initiated_id
    schedule_task(run)
