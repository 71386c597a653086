"""Processor time between two samples says who was busy, and what that says of the limit."""

from __future__ import annotations

import os

import psutil
import pytest

from harness.load.inside.usage import Sample, Usage, between, limit_of

SAMPLES = [
    Sample(100.0, 50.0, 200.0, {"temporal": 10.0}),
    Sample(105.0, 55.0, 210.0, {"temporal": 14.0, "late": 1.0}),
    Sample(110.0, 65.0, 220.0, {"temporal": 19.0, "late": 5.0}),
]


def test_usage_is_what_was_used_within_the_stretch() -> None:
    assert between(SAMPLES, 99.0, 111.0) == Usage(0.75, {"temporal": 0.9})
    assert between(SAMPLES, 101.0, 111.0) == Usage(1.0, {"temporal": 1.0, "late": 0.8})


@pytest.mark.parametrize("stretch", [(0.0, 1.0), (104.0, 106.0)])
def test_a_stretch_without_two_samples_says_nothing(stretch: tuple[float, float]) -> None:
    assert between(SAMPLES, *stretch) == Usage()


@pytest.mark.parametrize(
    ("usage", "limit"),
    [
        (Usage(), "unknown"),
        (Usage(0.95, {"temporal": 1.2}), "the processors of this machine"),
        (Usage(0.5, {"worker-1": 0.97, "temporal": 0.3}), "worker-1, with 1.0 cores busy"),
        (Usage(0.5, {"worker-1": 0.2}), "no processor"),
    ],
)
def test_the_limit_is_named_as_far_as_processors_tell(usage: Usage, limit: str) -> None:
    assert limit_of(usage).startswith(limit)


def test_a_process_is_sampled_and_one_that_is_gone_is_left_out() -> None:
    own = psutil.Process(os.getpid())
    sample = Sample.now({"own": [own], "nobody": []})
    assert sample.by_name["own"] > 0
    assert "nobody" not in sample.by_name
    assert 0 < sample.busy_seconds <= sample.total_seconds
