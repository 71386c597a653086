"""Retry policies as a server completes and applies them. Times are nanoseconds."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import RetryPolicy
from temporalio.api.enums.v1 import RetryState
from temporalio.api.failure.v1 import Failure

from harness.sim.kernel.timeline import SECOND

DEFAULT_COEFFICIENT = 2.0
MAXIMUM_INTERVALS = 100
"""The longest interval, in initial ones, where a policy does not say."""


def completed(policy: RetryPolicy) -> RetryPolicy:
    """The policy with what it leaves out: first retry after 1 s, doubling, up to a hundred times the first."""
    whole = RetryPolicy()
    whole.CopyFrom(policy)
    if not nanoseconds(whole.initial_interval):
        whole.initial_interval.FromSeconds(1)
    if not whole.backoff_coefficient:
        whole.backoff_coefficient = DEFAULT_COEFFICIENT
    if not nanoseconds(whole.maximum_interval):
        whole.maximum_interval.FromNanoseconds(MAXIMUM_INTERVALS * nanoseconds(whole.initial_interval))
    return whole


def nanoseconds(duration: Duration) -> int:
    """A duration as an integer."""
    return duration.seconds * SECOND + duration.nanos


def write_duration(duration: Duration, nanoseconds: int) -> None:
    """The way back: seconds and what is left of them."""
    duration.seconds, duration.nanos = divmod(nanoseconds, SECOND)


def backoff(policy: RetryPolicy, attempt: int) -> int:
    """How long to wait after this attempt."""
    longest = nanoseconds(policy.maximum_interval)
    try:
        wait = int(nanoseconds(policy.initial_interval) * policy.backoff_coefficient ** (attempt - 1))
    except OverflowError:
        return longest
    return min(wait, longest)


def next_retry(
    policy: RetryPolicy, attempt: int, failure: Failure, *, now: int, expires: int | None
) -> tuple[RetryState.ValueType, int]:
    """Whether and after how long to try again.

    :param attempt: the one that failed.
    :param expires: when there is no more time at all.
    """
    asked = next_delay(failure)
    wait = backoff(policy, attempt) if asked is None else asked
    if not _may_be_tried_again(policy, failure):
        return RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE, 0
    if policy.maximum_attempts and attempt >= policy.maximum_attempts:
        return RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, 0
    if expires is not None and now + wait > expires:
        return RetryState.RETRY_STATE_TIMEOUT, 0
    return RetryState.RETRY_STATE_IN_PROGRESS, wait


def next_delay(failure: Failure) -> int | None:
    """What the failure itself asks for."""
    said = failure.application_failure_info
    if failure.HasField("application_failure_info") and said.HasField("next_retry_delay"):
        return nanoseconds(said.next_retry_delay)
    return None


def _may_be_tried_again(policy: RetryPolicy, failure: Failure) -> bool:
    kind = failure.WhichOneof("failure_info")
    if kind in ("terminated_failure_info", "canceled_failure_info"):
        return False
    if kind == "application_failure_info":
        said = failure.application_failure_info
        return not said.non_retryable and said.type not in policy.non_retryable_error_types
    if kind == "server_failure_info":
        return not failure.server_failure_info.non_retryable
    if kind == "timeout_failure_info":
        return failure.timeout_failure_info.timeout_type in (1, 4)  # start to close, heartbeat
    return True
