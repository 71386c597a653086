"""The best concurrency is found by going up, and what fails ends the way up and is told."""

from __future__ import annotations

from collections.abc import Mapping

from harness.load.bench.rig import BenchFailed
from harness.simulate.engines.search import Concurrency, Measure, best_of, search

STEPS = (4, 16, 64)


def does(rates: Mapping[tuple[int, int], float]) -> Measure:
    """Measures as these say; what they do not mention fails."""

    async def measure(at: Concurrency) -> float:
        try:
            return rates[at.processes, at.in_flight]
        except KeyError:
            raise BenchFailed("it ended") from None

    return measure


async def test_more_is_tried_as_long_as_it_brings_more() -> None:
    measure = does({(1, 4): 5.0, (1, 16): 8.0, (1, 64): 7.0, (2, 16): 9.0, (4, 16): 8.5})
    tried = await search(measure, cores=8, in_flight=STEPS)
    assert [str(each.at) for each in tried] == ["1 × 4", "1 × 16", "1 × 64", "2 × 16", "4 × 16"]
    best = best_of(tried)
    assert best is not None
    assert (str(best.at), best.per_second) == ("2 × 16", 9.0)


async def test_there_are_no_more_processes_than_cores() -> None:
    tried = await search(does({(1, 4): 5.0, (1, 16): 4.0, (2, 4): 9.0, (4, 4): 99.0}), cores=3, in_flight=STEPS)
    assert [str(each.at) for each in tried] == ["1 × 4", "1 × 16", "2 × 4"]


async def test_what_fails_is_told_and_what_ran_before_counts() -> None:
    tried = await search(does({(1, 4): 5.0}), cores=2, in_flight=STEPS)
    assert [(str(each.at), each.problem) for each in tried] == [
        ("1 × 4", ""),
        ("1 × 16", "it ended"),
        ("2 × 4", "it ended"),
    ]
    best = best_of(tried)
    assert best is not None
    assert best.at == Concurrency(1, 4)


async def test_an_engine_that_never_ran_has_no_best() -> None:
    tried = await search(does({}), cores=2, in_flight=STEPS)
    assert [str(each.at) for each in tried] == ["1 × 4"]
    assert best_of(tried) is None
