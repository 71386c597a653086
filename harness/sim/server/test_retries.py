"""Retry policies: what is left out, how long is waited, and when it is over."""

from __future__ import annotations

import pytest
from temporalio.api.common.v1 import RetryPolicy
from temporalio.api.enums.v1 import RetryState, TimeoutType
from temporalio.api.failure.v1 import Failure

from harness.sim.kernel.timeline import SECOND
from harness.sim.server.retries import backoff, completed, nanoseconds, next_retry


def policy(maximum_attempts: int = 0, *errors: str) -> RetryPolicy:
    return completed(RetryPolicy(maximum_attempts=maximum_attempts, non_retryable_error_types=errors))


def failed(kind: str = "ValueError", *, non_retryable: bool = False) -> Failure:
    failure = Failure()
    failure.application_failure_info.type = kind
    failure.application_failure_info.non_retryable = non_retryable
    return failure


def timed_out(kind: TimeoutType.ValueType) -> Failure:
    failure = Failure()
    failure.timeout_failure_info.timeout_type = kind
    return failure


def test_a_policy_is_completed_as_a_server_does() -> None:
    whole = policy()
    assert (nanoseconds(whole.initial_interval), whole.backoff_coefficient) == (SECOND, 2.0)
    assert nanoseconds(whole.maximum_interval) == 100 * SECOND


def test_waiting_doubles_up_to_the_longest() -> None:
    waits = [backoff(policy(), attempt) // SECOND for attempt in (1, 2, 3, 7, 8, 10_000)]
    assert waits == [1, 2, 4, 64, 100, 100]


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (failed(), RetryState.RETRY_STATE_IN_PROGRESS),
        (failed(non_retryable=True), RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE),
        (failed("Refused"), RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE),
        (timed_out(TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE), RetryState.RETRY_STATE_IN_PROGRESS),
        (timed_out(TimeoutType.TIMEOUT_TYPE_HEARTBEAT), RetryState.RETRY_STATE_IN_PROGRESS),
        (timed_out(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START), RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE),
    ],
    ids=["ordinary", "for-good", "by-type", "start-to-close", "heartbeat", "schedule-to-start"],
)
def test_some_failures_are_for_good(failure: Failure, state: RetryState.ValueType) -> None:
    assert next_retry(policy(0, "Refused"), 1, failure, now=0, expires=None)[0] == state


def test_attempts_and_time_run_out() -> None:
    exhausted = next_retry(policy(3), 3, failed(), now=0, expires=None)
    assert exhausted[0] == RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED
    late = next_retry(policy(), 3, failed(), now=0, expires=4 * SECOND - 1)
    assert late[0] == RetryState.RETRY_STATE_TIMEOUT
    assert next_retry(policy(), 3, failed(), now=0, expires=4 * SECOND) == (
        RetryState.RETRY_STATE_IN_PROGRESS,
        4 * SECOND,
    )


def test_a_failure_may_ask_for_its_own_delay() -> None:
    failure = failed()
    failure.application_failure_info.next_retry_delay.FromSeconds(9)
    assert next_retry(policy(), 1, failure, now=0, expires=None)[1] == 9 * SECOND
