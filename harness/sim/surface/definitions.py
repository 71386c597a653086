"""What the SDK's decorators leave on classes and functions, and how calls name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import temporalio.client
import temporalio.common
from temporalio.activity import _Definition as ActivityDefinition
from temporalio.workflow import _Definition as WorkflowDefinition

from harness.sim.refusal import NotSimulated

__all__ = [
    "UNSET",
    "ActivityDefinition",
    "ToStart",
    "WorkflowDefinition",
    "activity_definition",
    "definition_elsewhere",
    "given",
    "message_name_and_result",
    "name_and_result",
    "to_start",
    "workflow_definition",
]


def workflow_definition(workflow: type) -> WorkflowDefinition:
    """What ``@workflow.defn`` left on a class.

    :raises NotSimulated: the class is a dynamic workflow, or configures itself dynamically.
    """
    found = WorkflowDefinition.must_from_class(workflow)
    if found.name is None or found.dynamic_config_fn is not None:
        raise NotSimulated(f"{workflow.__qualname__}: dynamic workflows are not simulated; give it a name")
    return found


def definition_elsewhere(name: str) -> WorkflowDefinition:
    """That of a workflow whose code is in another process: no more than its name."""
    return WorkflowDefinition(
        *(name, object, _nowhere, {}, {}, {}), sandboxed=False, failure_exception_types=(), arg_types=[], ret_type=None
    )


async def _nowhere() -> None:
    """What nobody runs here."""


def activity_definition(activity: Callable[..., Any]) -> ActivityDefinition:
    """What ``@activity.defn`` left on a callable.

    :raises NotSimulated: the activity is dynamic.
    """
    found = ActivityDefinition.must_from_callable(activity)
    if found.name is None:
        raise NotSimulated(f"{activity!r}: dynamic activities are not simulated; give it a name")
    return found


class ToStart(Protocol):
    """The part that is simulated of what ``WithStartWorkflowOperation`` was given; the names are the SDK's."""

    workflow: str
    args: Sequence[Any]
    id: str
    task_queue: str
    execution_timeout: timedelta | None
    run_timeout: timedelta | None
    task_timeout: timedelta | None
    id_reuse_policy: temporalio.common.WorkflowIDReusePolicy
    id_conflict_policy: temporalio.common.WorkflowIDConflictPolicy
    retry_policy: temporalio.common.RetryPolicy | None
    memo: Mapping[str, Any] | None
    search_attributes: Any
    static_summary: str | None
    static_details: str | None
    start_delay: timedelta | None
    ret_type: type | None


UNSET: Any = temporalio.common._arg_unset
"""What stands where no argument was given."""


def given(arg: Any, args: Sequence[Any]) -> Sequence[Any]:
    """The arguments of a call that takes one, or several by ``args``."""
    return temporalio.common._arg_or_args(arg, args)


def name_and_result(workflow: Any) -> tuple[str, type | None]:
    """The name of a workflow, given by its run method or by name, and what it returns."""
    return WorkflowDefinition.get_name_and_result_type(workflow)


def to_start(operation: temporalio.client.WithStartWorkflowOperation[Any, Any]) -> ToStart:
    """What an update with a start is to start."""
    return operation._start_workflow_input


def message_name_and_result(target: Any) -> tuple[str, type | None]:
    """The same of a signal, a query or an update."""
    if isinstance(target, str):
        return target, None
    found = getattr(target, "_defn", None)
    for mark in ("__temporal_signal_definition", "__temporal_query_definition"):
        found = found or getattr(target, mark, None)
    if found is None or found.name is None:
        raise NotSimulated(f"{target!r} is no named signal, query or update; give it its name")
    return found.name, getattr(found, "ret_type", None)
