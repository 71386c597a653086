"""The retry ladder of a policy: when each attempt may begin at the earliest.

The back-off before attempt n+1 is ``initial * coefficient ** (n - 1)``, at most the maximum interval, which is a
hundred times the initial one when it is not set: https://docs.temporal.io/encyclopedia/retry-policies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.record.record import ActivityPolicy, Attempt

INTERVALS_AT_MOST = 100


@dataclass(frozen=True)
class Ladder:
    """What all policies that an activity type was scheduled with have in common: the most that every one allows.

    ``maximum_attempts`` is 0 when there is no limit. ``silence_seconds`` is the soonest that a time-out can end an
    attempt (``None``: nothing does).
    """

    policies: tuple[ActivityPolicy, ...]

    @property
    def maximum_attempts(self) -> int:
        """The highest number of attempts that any of the policies allows; 0 for no limit."""
        limits = [policy.maximum_attempts for policy in self.policies]
        return 0 if 0 in limits else max(limits)

    @property
    def silence_seconds(self) -> float | None:
        """The soonest that a heartbeat or start-to-close time-out can end an attempt."""
        timeouts = (
            timeout
            for policy in self.policies
            for timeout in (policy.heartbeat_timeout_seconds, policy.start_to_close_timeout_seconds)
            if timeout > 0
        )
        return min(timeouts, default=None)

    @property
    def non_retryable_error_types(self) -> frozenset[str]:
        """Error types that every policy calls final."""
        return frozenset.intersection(*(frozenset(policy.non_retryable_error_types) for policy in self.policies))

    def backoff(self, attempt: int) -> float:
        """The least pause after attempt number ``attempt``, in seconds."""
        return min(_backoff(policy, attempt) for policy in self.policies)

    def between(self, earlier: Attempt, later: int, *, heard: bool = True) -> float:
        """The least time from the end of ``earlier`` to the start of attempt number ``later``, in seconds.

        A delay that the error asked for stands in for the policy's, if the server heard of it.
        """
        first, delay = self.backoff(earlier.attempt), earlier.next_retry_delay_seconds
        if delay is not None:
            first = delay if heard else min(first, delay)
        return first + sum(self.backoff(number) for number in range(earlier.attempt + 1, later))

    def patience_seconds(self) -> float | None:
        """All back-offs of all attempts together: an outage that is over sooner is survived. ``None``: no limit."""
        if not self.maximum_attempts:
            return None
        return sum(self.backoff(number) for number in range(1, self.maximum_attempts))


def ladder_of(policies: Sequence[ActivityPolicy], activity: str) -> Ladder | None:
    """The ladder of an activity type, ``None`` when no history scheduled it."""
    found = tuple(policy for policy in policies if policy.activity == activity)
    return Ladder(found) if found else None


def _backoff(policy: ActivityPolicy, attempt: int) -> float:
    longest = policy.maximum_interval_seconds or policy.initial_interval_seconds * INTERVALS_AT_MOST
    # The exponent is bounded, because a float is: no sensible policy needs more before it meets its maximum.
    return min(policy.initial_interval_seconds * policy.backoff_coefficient ** min(attempt - 1, 200), longest)
