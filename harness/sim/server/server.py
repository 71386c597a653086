"""The server: all executions by their ids, and how they are started.

Where it fits: callers (``client``) and workers talk to it; each message takes its time. It is one namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import WorkflowIdReusePolicy
from temporalio.api.enums.v1 import event_type_pb2 as E
from temporalio.api.enums.v1.task_queue_pb2 import TASK_QUEUE_KIND_NORMAL

from harness.sim.kernel.choices import Choices
from harness.sim.kernel.timeline import SECOND, Timeline
from harness.sim.server.closing import terminate_run, time_out_run
from harness.sim.server.execution import Execution, Status
from harness.sim.server.matching import Matching
from harness.sim.server.messages import request_cancel
from harness.sim.server.options import StartOptions
from harness.sim.server.retries import completed
from harness.sim.server.tasks import schedule_task

TASK_TIMEOUT = 10 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

FAILED_ENDS = (Status.FAILED, Status.CANCELED, Status.TERMINATED, Status.TIMED_OUT)

DISTURBANCES = ("cancelled", "terminated")
"""Kinds of fault: somebody cancels or terminates an execution at any moment."""

DISTURBED_WITHIN = 3600 * SECOND


class Server:
    """One namespace.

    :ivar chains: workflow id → its runs, the youngest last.
    :ivar runs: run id → run.
    :param on_stuck: told of a run whose workflow tasks fail again and again.
    """

    def __init__(
        self, timeline: Timeline, choices: Choices, *, namespace: str, on_stuck: Callable[[Execution], None]
    ) -> None:
        self.timeline, self.choices, self.namespace = timeline, choices, namespace
        self.matching = Matching(timeline, choices)
        self.chains: dict[str, list[Execution]] = {}
        self.runs: dict[str, Execution] = {}
        self.stuck = on_stuck
        self.on_closed: list[Callable[[Execution], object]] = []

    def find(self, workflow_id: str, run_id: str = "") -> Execution | None:
        """A run by its ids; without a run id the youngest."""
        chain = self.chains.get(workflow_id)
        if chain is None:
            return None
        if not run_id:
            return chain[-1]
        return next((run for run in chain if run.run_id == run_id), None)

    def refuses(self, workflow_id: str, policy: WorkflowIdReusePolicy.ValueType) -> bool:
        """Whether an execution of this id may not be started, by those there are or were."""
        run = self.find(workflow_id)
        if run is None:
            return False
        if run.open or policy == WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE:
            return True
        failed_only = policy == WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY
        return failed_only and run.status not in FAILED_ENDS

    def timeouts(self, execution: int, run: int, task: int) -> tuple[int, int, int]:
        """The three time-outs of a run as a server completes them; 0 is none."""
        once = min(filter(None, (run, execution)), default=0)
        return execution, once, min(filter(None, (task or TASK_TIMEOUT, once)))

    def next_run_id(self, workflow_id: str) -> str:
        """The id of the next run of this workflow id."""
        return self.choices.identifier(f"{workflow_id}/{len(self.chains.get(workflow_id, ())) + 1}")

    def start(self, options: StartOptions, *, then: Callable[[Execution], None] | None = None) -> Execution:
        """Begin a run. ``then`` is called before its first workflow task is scheduled."""
        execution, once, task = self.timeouts(options.execution_timeout, options.run_timeout, options.task_timeout)
        policy = completed(options.retry_policy) if options.retry_policy is not None else None
        expires = options.expires
        if expires is None and execution:
            expires = self.timeline.now + execution
        options = replace(options, run_timeout=once, task_timeout=task, retry_policy=policy, expires=expires)
        chain = self.chains.setdefault(options.workflow_id, [])
        run = Execution(self, options, self.next_run_id(options.workflow_id), len(chain) + 1)
        chain.append(run)
        self.runs[run.run_id] = run
        _write_started(run)
        self._limit(run)
        if then is not None:
            then(run)
        if options.start_delay:
            run.delayed = self.timeline.after(options.start_delay, _begin, run)
        else:
            schedule_task(run)
        self._disturb(run)
        return run

    def terminate(
        self, run: Execution, reason: str, details: Sequence[Payload] = (), identity: str = "history-service"
    ) -> None:
        """End a run; too late changes nothing."""
        if run.open:
            terminate_run(run, reason, details, identity)

    def closed(self, run: Execution) -> None:
        """A run has ended."""
        for tell in self.on_closed:
            tell(run)

    def _limit(self, run: Execution) -> None:
        options = run.options
        delay = options.start_delay
        if options.run_timeout:
            at = run.started_at + delay + options.run_timeout
            if options.expires is None or at < options.expires:
                run.timeouts.append(self.timeline.at(at, lambda: time_out_run(run, chain=False)))
        if options.expires is not None:
            run.timeouts.append(self.timeline.at(options.expires, lambda: time_out_run(run, chain=True)))

    def _disturb(self, run: Execution) -> None:
        fault = self.choices.fault(f"{run.place} is disturbed", DISTURBANCES, DISTURBED_WITHIN)
        if fault is not None and fault.kind == "cancelled":
            entry = self.timeline.after(fault.nanoseconds, request_cancel, run, "")
            run.timeouts.append(entry)
        elif fault is not None:
            entry = self.timeline.after(fault.nanoseconds, self.terminate, run, "by anybody")
            run.timeouts.append(entry)


def _begin(run: Execution) -> None:
    run.delayed = None
    schedule_task(run)


def _write_started(run: Execution) -> None:
    options = run.options
    event = run.history.write(E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    said = event.workflow_execution_started_event_attributes
    said.workflow_type.name, said.task_queue.name = options.workflow_type, options.task_queue
    said.task_queue.kind = TASK_QUEUE_KIND_NORMAL
    if options.input:
        said.input.payloads.extend(options.input)
    if options.execution_timeout:
        said.workflow_execution_timeout.FromNanoseconds(options.execution_timeout)
    if options.run_timeout or options.parent is not None or options.continued is not None:
        said.workflow_run_timeout.FromNanoseconds(options.run_timeout)
    said.workflow_task_timeout.FromNanoseconds(options.task_timeout)
    said.original_execution_run_id, said.first_execution_run_id = run.run_id, run.first_run_id
    said.attempt, said.workflow_id = options.attempt, run.workflow_id
    said.first_workflow_task_backoff.FromNanoseconds(options.start_delay)
    if options.expires is not None:
        said.workflow_execution_expiration_time.CopyFrom(timestamp(options.expires))
    if options.retry_policy is not None:
        said.retry_policy.CopyFrom(options.retry_policy)
    for name, payload in options.memo.items():
        said.memo.fields[name].CopyFrom(payload)
    for name, payload in options.search_attributes.items():
        said.search_attributes.indexed_fields[name].CopyFrom(payload)
    for name, payload in options.headers.items():
        said.header.fields[name].CopyFrom(payload)
    if options.user_metadata is not None:
        event.user_metadata.CopyFrom(options.user_metadata)
    if options.parent is not None:
        said.parent_workflow_namespace = run.server.namespace
        said.parent_workflow_execution.workflow_id = options.parent.workflow_id
        said.parent_workflow_execution.run_id = options.parent.run_id
        said.parent_initiated_event_id = options.parent.initiated_event_id
        said.root_workflow_execution.workflow_id = options.parent.root_workflow_id
        said.root_workflow_execution.run_id = options.parent.root_run_id
    if options.continued is not None:
        said.continued_execution_run_id, said.initiator = options.continued.run_id, options.continued.initiator
        if options.continued.failure is not None:
            said.continued_failure.CopyFrom(options.continued.failure)


def timestamp(nanoseconds: int) -> Timestamp:
    """An instant as a proto."""
    made = Timestamp()
    made.FromNanoseconds(nanoseconds)
    return made


def instant(nanoseconds: int) -> datetime:
    """An instant as a datetime, to the microsecond below."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
