"""A load that was not offered proves nothing, and broken thresholds are broken."""

from __future__ import annotations

from typing import Any

import pytest

from harness.judge.checks.generator import GeneratorCheck
from harness.record.record import GeneratorRecord, Record
from harness.record.testing_records import run_info
from harness.verdict import CheckResult, Verdict


def judged(**changes: Any) -> CheckResult:
    given: dict[str, Any] = {"name": "mixed", "verdict": "VALID", "scheduled": 100, "begun": 100, "late": 2}
    return GeneratorCheck()(Record(run_info(), generators=(GeneratorRecord(**{**given, **changes}),)))


def test_a_load_that_was_offered_in_time_is_valid() -> None:
    assert judged().verdict is Verdict.VALID
    assert judged().summary == "98 of 100 were offered in time"


@pytest.mark.parametrize("changes", [{"late": 3}, {"begun": 99}, {"scheduled": 0, "begun": 0, "late": 0}])
def test_a_generator_that_fell_behind_proves_nothing(changes: dict[str, int]) -> None:
    assert judged(**changes).verdict is Verdict.UNKNOWN


def test_without_a_generators_word_nothing_is_proved() -> None:
    assert GeneratorCheck()(Record(run_info())).verdict is Verdict.UNKNOWN


def test_what_the_generator_concluded_counts() -> None:
    broken = judged(verdict="INVALID", reasons=("completion.p99<5s is broken: 9 s",))
    assert broken.verdict is Verdict.INVALID
    assert broken.summary == "completion.p99<5s is broken: 9 s"
    assert judged(verdict="UNKNOWN", reasons=("nothing succeeded",)).verdict is Verdict.UNKNOWN
    assert judged(verdict="UNKNOWN").verdict is Verdict.UNKNOWN, "also when it gives no reason"
