"""Workflow instances: made, activated and evicted as the SDK's own worker does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import temporalio.common
import temporalio.converter
import temporalio.workflow
from temporalio.bridge.proto.workflow_activation import InitializeWorkflow, RemoveFromCache, WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker._workflow_instance import WorkflowInstance, WorkflowInstanceDetails
from temporalio.workflow import _Definition as WorkflowDefinition

LOCAL_ACTIVITY_CHECK = "__temporal_assert_local_activity_valid"
METRIC_METER = "__temporal_get_metric_meter"
EXTERN_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    LOCAL_ACTIVITY_CHECK: lambda name: None,
    METRIC_METER: lambda: temporalio.common.MetricMeter.noop,
}
"""What a workflow instance calls outside of itself."""

CACHE_FULL = RemoveFromCache.EvictionReason.CACHE_FULL

# An instance is made while a loop is running, on which it leaves and removes a mark.
_HOST = asyncio.AbstractEventLoop()  # type: ignore[abstract]


@dataclass(frozen=True)
class Instances:
    """Makes workflow instances as a worker does. ``converter`` is made once where no sandbox stands between."""

    data_converter: temporalio.converter.DataConverter
    failure_types: Sequence[type[BaseException]] = ()
    interceptors: Sequence[type[Any]] = ()
    runner: WorkflowRunner = field(default_factory=UnsandboxedWorkflowRunner)
    plain_runner: WorkflowRunner = field(default_factory=UnsandboxedWorkflowRunner)


def without_deadlock_detection(worker: Worker) -> Worker:
    """The worker, which lets a workflow task take as long as it takes; its debug mode would do them one by one."""
    assert worker._workflow_worker is not None
    assert hasattr(worker._workflow_worker, "_deadlock_timeout_seconds")
    worker._workflow_worker._deadlock_timeout_seconds = None
    return worker


def prepare(runner: WorkflowRunner, definition: WorkflowDefinition) -> None:
    """Have a runner look at a workflow, as a worker does when it begins: a sandbox imports it, and may refuse it."""
    with _running(_HOST):
        runner.prepare_workflow(definition)


def new_instance(
    instances: Instances, definition: WorkflowDefinition, init: InitializeWorkflow, info: temporalio.workflow.Info
) -> WorkflowInstance:
    """A workflow instance that has seen nothing yet."""
    runner = instances.runner if definition.sandboxed else instances.plain_runner
    converter = instances.data_converter
    shared = isinstance(runner, UnsandboxedWorkflowRunner)
    details = WorkflowInstanceDetails(
        payload_converter_factory=(lambda: converter.payload_converter) if shared else converter._new_payload_converter,
        failure_converter_class=converter.failure_converter_class,
        interceptor_classes=instances.interceptors,
        defn=definition,
        info=info,
        randomness_seed=init.randomness_seed,
        extern_functions=EXTERN_FUNCTIONS,
        disable_eager_activity_execution=True,
        worker_level_failure_exception_types=instances.failure_types,
        patch_activation_callback=None,
        last_completion_result=init.last_completion_result,
        last_failure=init.continued_failure if init.HasField("continued_failure") else None,
    )
    with _running(_HOST):
        return runner.create_instance(details)


def workflow_info(
    init: InitializeWorkflow, *, run_id: str, task_queue: str, namespace: str, first_task_at: datetime
) -> temporalio.workflow.Info:
    """What a run can know of itself; see the worker's own way of making it."""
    parent = init.parent_workflow_info
    return temporalio.workflow.Info(
        attempt=init.attempt,
        continued_run_id=init.continued_from_execution_run_id or None,
        cron_schedule=init.cron_schedule or None,
        execution_timeout=init.workflow_execution_timeout.ToTimedelta()
        if init.HasField("workflow_execution_timeout")
        else None,
        first_execution_run_id=init.first_execution_run_id,
        headers=dict(init.headers),
        namespace=namespace,
        original_execution_run_id=init.original_execution_run_id or run_id,
        parent=temporalio.workflow.ParentInfo(parent.namespace, parent.run_id, parent.workflow_id)
        if init.HasField("parent_workflow_info")
        else None,
        root=temporalio.workflow.RootInfo(run_id=init.root_workflow.run_id, workflow_id=init.root_workflow.workflow_id)
        if init.HasField("root_workflow")
        else None,
        priority=temporalio.common.Priority._from_proto(init.priority),
        raw_memo=dict(init.memo.fields),
        retry_policy=temporalio.common.RetryPolicy.from_proto(init.retry_policy)
        if init.HasField("retry_policy")
        else None,
        run_id=run_id,
        run_timeout=init.workflow_run_timeout.ToTimedelta() if init.HasField("workflow_run_timeout") else None,
        search_attributes=temporalio.converter.decode_search_attributes(init.search_attributes),
        start_time=first_task_at,
        task_queue=task_queue,
        task_timeout=init.workflow_task_timeout.ToTimedelta(),
        typed_search_attributes=temporalio.converter.decode_typed_search_attributes(init.search_attributes),
        workflow_id=init.workflow_id,
        workflow_start_time=init.start_time.ToDatetime().replace(tzinfo=UTC),
        workflow_type=init.workflow_type,
    )


def activate(instance: WorkflowInstance, activation: WorkflowActivation) -> WorkflowActivationCompletion:
    """Let an instance do what an activation says. The SDK forgets which loop ran before; this does not."""
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return instance.activate(activation)
    finally:
        asyncio._set_running_loop(before)


def evict(instance: WorkflowInstance, run_id: str, now: int) -> None:
    """Have an instance end its tasks. Without this they end when they are collected, in the middle of anything."""
    activation = WorkflowActivation(run_id=run_id, is_replaying=True)
    activation.timestamp.FromNanoseconds(now)
    activation.jobs.add().remove_from_cache.reason = CACHE_FULL
    activate(instance, activation)


@contextmanager
def _running(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)
