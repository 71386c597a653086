"""The search finds the capacity of systems whose capacity is known, and says when it lies outside of what was tried."""

from __future__ import annotations

import pytest

from harness.load.capacity.command import summary
from harness.load.capacity.search import Found, Range, search
from harness.load.capacity.step import Limits, Step
from harness.load.inside.usage import Usage

LIMITS = Limits(p99_seconds=2.0)
WIDE = Range(1.0, 1000.0)


def step(rate: float, **changes: object) -> Step:
    """A rate that was kept, with these changes."""
    given = {"p50_seconds": 0.1, "p99_seconds": 0.5, "errors_share": 0.0, "offered_share": 1.0, **changes}
    return Step(rate_per_second=rate, **{"completed_per_second": rate, **given})  # type: ignore[arg-type]


async def searched(capacity: float, within: Range = WIDE) -> tuple[Found, list[float]]:
    """The search on a system that completes so many a second and no more."""
    tried: list[float] = []

    async def try_rate(rate: float) -> Step:
        tried.append(rate)
        return step(rate, completed_per_second=min(rate, capacity), p99_seconds=0.5 if rate <= capacity else 9.0)

    return await search(try_rate, LIMITS, within), tried


@pytest.mark.parametrize("capacity", [1.0, 3.3, 17.0, 250.0, 999.0])
async def test_the_capacity_is_found_as_precisely_as_was_asked(capacity: float) -> None:
    found, tried = await searched(capacity)
    assert found.complete
    assert found.kept is not None
    assert capacity / 1.1 <= found.kept.rate_per_second <= capacity
    assert [each.rate_per_second for each in found.steps] == sorted(tried)
    assert len(tried) < 20


async def test_a_system_that_takes_all_that_was_tried_is_not_given_a_capacity() -> None:
    found, tried = await searched(5_000.0, Range(1.0, 100.0))
    assert not found.complete
    assert tried[-1] == 100.0
    assert "at least 100.0 completions a second" in "\n".join(summary(found, LIMITS))


async def test_a_system_that_does_not_take_the_lowest_rate_is_not_given_a_capacity() -> None:
    found, tried = await searched(0.5)
    assert tried == [1.0]
    assert found.kept is None
    assert "unknown" in summary(found, LIMITS)[-1]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"offered_share": 0.97}, "generator"),
        ({"p99_seconds": None}, "nothing was completed"),
        ({"completed_per_second": 9.4}, "a queue grew"),
        ({"completed_per_second": 9.5}, ""),
        ({"p99_seconds": 2.0}, "p99 was 2.00 s"),
        ({"errors_share": 0.01}, "1 % were errors"),
        ({"unseen": 3}, "3 had not ended"),
    ],
)
def test_a_rate_is_kept_only_within_every_limit(changes: dict[str, object], why: str) -> None:
    broken = LIMITS.broken(step(10.0, **changes))
    assert (broken == "") is (why == "")
    assert why in broken


def test_the_summary_draws_the_knee_and_names_what_was_the_limit() -> None:
    slow = step(20.0, completed_per_second=12.0, p99_seconds=9.0, usage=Usage(0.97, {"temporal": 1.4, "worker-1": 0.3}))
    kept = step(10.0)
    lines = "\n".join(summary(Found(kept, slow, (kept, slow)), LIMITS))
    assert "10.0 completions a second at 10.0/s" in lines
    assert "only 12.0/s were completed" in lines
    assert "the processors of this machine, 97% busy; most of it: temporal 1.4" in lines
    assert lines.count("█") == 1 + 24


def test_a_generator_that_was_the_limit_is_not_the_systems() -> None:
    late = step(20.0, offered_share=0.5, usage=Usage(0.97, {"temporal": 1.4}))
    lines = summary(Found(step(10.0), late, (step(10.0), late)), LIMITS)
    assert lines[-1].startswith("limit     the generator")
