"""What is final is not asked again, and what was only put off is not given up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.judge.checks.backoff import ladder_of
from harness.judge.checks.testing_retries import done, failed, judged, told
from harness.record.record import WorldAttempt
from harness.record.testing_records import BEGAN, policy
from harness.verdict import Verdict


@pytest.mark.parametrize(
    ("changes", "policies"),
    [
        ({"retryable": False}, (policy(),)),
        ({"error_type": "Refused"}, (policy(non_retryable_error_types=("Refused",)),)),
    ],
)
def test_a_retry_after_a_final_error_is_invalid(changes: dict[str, Any], policies: Any) -> None:
    result = judged(failed(1, 0, 0.2, **changes), done(2, 1.3, 1.4), policies=policies)
    assert told(result) == "send: attempt 2 followed, though attempt 1 had failed for good (E: no)"


def test_asking_again_what_the_world_refused_for_good_is_invalid() -> None:
    asked = WorldAttempt("w", "smtp", "mail", "k", "A", BEGAN + 0.1, "refused", 550)
    attempts = (failed(1, 0, 0.2), failed(2, 1.3, 1.4))
    result = judged(*attempts, world_attempts=(asked,))
    assert "though smtp had refused what attempt 1 asked, and for good (550)" in told(result)
    assert judged(*attempts, world_attempts=(replace(asked, outcome="error"),)).verdict is Verdict.VALID
    assert judged(*attempts, world_attempts=(replace(asked, service="payments"),)).verdict is Verdict.VALID
    assert judged(failed(1, 0, 0.2), world_attempts=(asked,)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("changes", "policies"),
    [
        ({"retryable": False}, (policy(),)),
        ({"error_type": "Refused"}, (policy(non_retryable_error_types=("Refused",)),)),
    ],
)
def test_giving_up_what_the_world_only_put_off_is_invalid(changes: dict[str, Any], policies: Any) -> None:
    asked = WorldAttempt("w", "smtp", "mail", "k", "A", BEGAN + 0.1, "error", 451)
    given: dict[str, Any] = {"policies": policies, "world_attempts": (asked,)}
    last = failed(1, 0, 0.2, **changes)
    result = judged(last, **given)
    assert "said to have failed for good, though smtp had only put off what it asked (451)" in told(result)
    in_flight = (replace(asked, outcome="in_flight", status=409),)
    assert judged(last, **{**given, "world_attempts": in_flight}).verdict is Verdict.INVALID
    # A final refusal after it, an attempt that may be repeated, a service that is none of the activity's.
    refused = replace(asked, outcome="refused", status=550, at_seconds=BEGAN + 0.15)
    assert judged(last, **{**given, "world_attempts": (asked, refused)}).verdict is Verdict.VALID
    assert judged(failed(1, 0, 0.2), **given).verdict is Verdict.VALID
    assert judged(last, **{**given, "world_attempts": (replace(asked, service="payments"),)}).verdict is Verdict.VALID


def test_a_request_that_two_attempts_may_have_made_is_nobodys() -> None:
    asked = WorldAttempt("w", "smtp", "mail", "k", "A", BEGAN + 0.1, "refused", 550)
    beside = done(1, 0, 0.3, activity_id="2")
    result = judged(failed(1, 0, 0.2), failed(2, 1.3, 1.4), beside, world_attempts=(asked,))
    assert result.verdict is Verdict.VALID


def test_a_held_step_that_goes_on_is_another_scheduling() -> None:
    result = judged(failed(1, 0, 0.1), done(1, 0.2, 0.3, activity_id="2"), policies=(policy(maximum_attempts=1),))
    assert result.verdict is Verdict.VALID


def test_of_several_policies_the_most_lenient_counts() -> None:
    ladder = ladder_of((policy(), policy(initial_interval_seconds=0.5, maximum_attempts=7)), "send")
    assert ladder is not None
    assert (ladder.backoff(1), ladder.maximum_attempts) == (0.5, 7)
    assert ladder_of((policy(), policy(maximum_attempts=0)), "send").maximum_attempts == 0  # type: ignore[union-attr]


def test_patience_is_the_sum_of_all_back_offs() -> None:
    ladder, for_ever = ladder_of((policy(),), "send"), ladder_of((policy(maximum_attempts=0),), "send")
    assert ladder is not None
    assert for_ever is not None
    assert (ladder.patience_seconds(), for_ever.patience_seconds()) == (15.0, None)
    unset = ladder_of((policy(maximum_interval_seconds=0.0),), "send")
    assert unset is not None
    assert unset.backoff(300) == 100.0
    assert ladder_of((), "send") is None
