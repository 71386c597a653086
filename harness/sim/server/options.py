"""What an execution is started with, by a caller, a parent or the run before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from temporalio.api.common.v1 import Payload, RetryPolicy
from temporalio.api.enums.v1 import ContinueAsNewInitiator
from temporalio.api.failure.v1 import Failure
from temporalio.api.sdk.v1 import UserMetadata

TERMINATING = "TerminateIfRunning WorkflowIdReusePolicy"
"""Why an execution is terminated whose id another one is started with."""


@dataclass(frozen=True)
class Parent:
    """Whose child an execution is, and by which event of it."""

    workflow_id: str
    run_id: str
    initiated_event_id: int
    root_workflow_id: str
    root_run_id: str


@dataclass(frozen=True)
class Continued:
    """Which run this one goes on from, and why."""

    run_id: str
    first_run_id: str
    initiator: ContinueAsNewInitiator.ValueType
    failure: Failure | None = None
    last_result: Sequence[Payload] = ()


@dataclass(frozen=True)
class StartOptions:
    """Durations are nanoseconds; 0 is none."""

    workflow_id: str
    workflow_type: str
    task_queue: str
    input: Sequence[Payload] = ()
    execution_timeout: int = 0
    run_timeout: int = 0
    task_timeout: int = 0
    retry_policy: RetryPolicy | None = None
    memo: Mapping[str, Payload] = field(default_factory=dict)
    search_attributes: Mapping[str, Payload] = field(default_factory=dict)
    headers: Mapping[str, Payload] = field(default_factory=dict)
    start_delay: int = 0
    user_metadata: UserMetadata | None = None
    parent: Parent | None = None
    continued: Continued | None = None
    attempt: int = 1
    expires: int | None = None
    """When the whole chain of runs has no more time."""
