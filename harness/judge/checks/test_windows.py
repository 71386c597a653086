"""Windows agree with looking at every span by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.judge.checks.windows import Windows

INSTANTS = st.integers(0, 40).map(float)
SPANS = st.lists(st.tuples(INSTANTS, st.none() | INSTANTS))


@given(SPANS, INSTANTS, INSTANTS)
def test_they_meet_what_any_of_the_spans_meets(spans: list[tuple[float, float | None]], one: float, two: float) -> None:
    start, end = sorted((one, two))
    alone = any(
        since <= end and (until is None or start <= until) for since, until in spans if until is None or since <= until
    )
    assert Windows(spans).meet(start, end) is alone


@given(SPANS, INSTANTS, INSTANTS)
def test_what_several_cover_counts_once(spans: list[tuple[float, float | None]], one: float, two: float) -> None:
    start, end = sorted((one, two))
    whole = [(since, 41.0 if until is None else until) for since, until in spans]
    # Every instant is a whole number, so the middle of each second tells for all of it.
    seconds = [second + 0.5 for second in range(int(start), int(end))]
    covered = sum(any(since < second < until for since, until in whole) for second in seconds)
    assert Windows(spans).covered(start, end) == covered


def test_there_may_be_none() -> None:
    assert not Windows([])
    assert Windows([(1.0, 1.0)])
