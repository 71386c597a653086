"""What a caller gives an execution on its way, as the server takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import temporalio.common
import temporalio.converter
from temporalio.api.common.v1 import Payload, RetryPolicy, SearchAttributes
from temporalio.api.sdk.v1 import UserMetadata
from temporalio.common import TypedSearchAttributes, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from harness.sim.server.options import StartOptions

NAMES = (
    *("id", "task_queue", "execution_timeout", "run_timeout", "task_timeout", "retry_policy", "memo"),
    *("search_attributes", "static_summary", "static_details", "start_delay"),
)
"""The options of a start that ``start_options`` takes, by the names of the SDK."""


def start_options(
    converter: temporalio.converter.DataConverter,
    workflow: str,
    args: Sequence[Any],
    *,
    id: str,
    task_queue: str,
    execution_timeout: timedelta | None,
    run_timeout: timedelta | None,
    task_timeout: timedelta | None,
    retry_policy: temporalio.common.RetryPolicy | None,
    memo: Mapping[str, Any] | None,
    search_attributes: TypedSearchAttributes | None,
    static_summary: str | None,
    static_details: str | None,
    start_delay: timedelta | None,
) -> StartOptions:
    """The options of a start; see ``temporalio.client.Client.start_workflow`` for each."""
    return StartOptions(
        workflow_id=id,
        workflow_type=workflow,
        task_queue=task_queue,
        input=payloads_of(converter, args),
        execution_timeout=_nanoseconds(execution_timeout),
        run_timeout=_nanoseconds(run_timeout),
        task_timeout=_nanoseconds(task_timeout),
        retry_policy=_policy(retry_policy),
        memo={key: payloads_of(converter, [value])[0] for key, value in (memo or {}).items()},
        search_attributes=_attributes(search_attributes),
        start_delay=_nanoseconds(start_delay),
        user_metadata=_metadata(converter, static_summary, static_details),
    )


def policies_of(
    reuse: WorkflowIDReusePolicy, conflict: WorkflowIDConflictPolicy, *, signals: bool
) -> tuple[WorkflowIDReusePolicy, WorkflowIDConflictPolicy]:
    """What the policies of a start mean together.

    :param signals: whether the execution is sent a signal with its start.
    :raises RPCError: (INVALID_ARGUMENT) a server refuses them whatever there is or was.
    """
    terminates = reuse == WorkflowIDReusePolicy.TERMINATE_IF_RUNNING
    replaces = conflict == WorkflowIDConflictPolicy.TERMINATE_EXISTING
    told = ""
    if terminates and conflict != WorkflowIDConflictPolicy.UNSPECIFIED:
        told = f"{reuse.name} cannot be used together with a WorkflowIDConflictPolicy"
    elif replaces and reuse == WorkflowIDReusePolicy.REJECT_DUPLICATE:
        told = f"{reuse.name} cannot be used together with WorkflowIdConflictPolicy {conflict.name}"
    elif signals and conflict == WorkflowIDConflictPolicy.FAIL:
        told = "FAIL is no WorkflowIdConflictPolicy of SignalWithStart"
    if told:
        raise RPCError(f"invalid WorkflowIDReusePolicy: {told}", RPCStatusCode.INVALID_ARGUMENT, b"")
    if terminates:
        return WorkflowIDReusePolicy.ALLOW_DUPLICATE, WorkflowIDConflictPolicy.TERMINATE_EXISTING
    if signals and conflict == WorkflowIDConflictPolicy.UNSPECIFIED:
        return reuse, WorkflowIDConflictPolicy.USE_EXISTING
    return reuse, conflict


def payloads_of(converter: temporalio.converter.DataConverter, values: Sequence[Any]) -> list[Payload]:
    """Values as the server keeps them."""
    return converter.payload_converter.to_payloads(values) if values else []


def _metadata(
    converter: temporalio.converter.DataConverter, summary: str | None, details: str | None
) -> UserMetadata | None:
    if summary is None and details is None:
        return None
    return UserMetadata(
        summary=payloads_of(converter, [summary])[0] if summary is not None else None,
        details=payloads_of(converter, [details])[0] if details is not None else None,
    )


def _nanoseconds(delta: timedelta | None) -> int:
    return round(delta / timedelta(microseconds=1)) * 1000 if delta is not None else 0


def _policy(policy: temporalio.common.RetryPolicy | None) -> RetryPolicy | None:
    if policy is None:
        return None
    made = RetryPolicy()
    policy.apply_to_proto(made)
    return made


def _attributes(given: TypedSearchAttributes | None) -> dict[str, Payload]:
    made = SearchAttributes()
    if given is not None:
        temporalio.converter.encode_search_attributes(given, made)
    return dict(made.indexed_fields)
