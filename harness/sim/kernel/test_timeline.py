"""Virtual time: order, cancellation, horizon."""

from __future__ import annotations

import pytest

from harness.sim.kernel.timeline import DAY, SECOND, Timeline
from harness.sim.refusal import NotSimulated


def test_what_is_due_first_happens_first_and_at_one_instant_in_the_order_of_making() -> None:
    timeline, seen = Timeline(5), list[str]()
    for delay, name in ((3, "c"), (1, "a"), (3, "d"), (2, "b")):
        timeline.after(delay, seen.append, name)
    while timeline.step(100):
        pass
    assert seen == ["a", "b", "c", "d"]
    assert (timeline.now, timeline.steps) == (8, 4)


def test_what_is_cancelled_does_not_happen() -> None:
    timeline, seen = Timeline(0), list[int]()
    kept, cancelled = timeline.after(2, seen.append, 1), timeline.after(1, seen.append, 2)
    cancelled.cancel()
    assert timeline.pending
    assert timeline.step(10)
    assert (seen, timeline.now) == ([1], 2)
    kept.cancel()
    assert not timeline.step(10)
    assert not timeline.pending


def test_the_past_happens_now_and_nothing_happens_at_the_horizon() -> None:
    timeline, seen = Timeline(10), list[int]()
    timeline.at(3, lambda: seen.append(timeline.now))
    timeline.at(20, seen.append, 20)
    assert timeline.step(20)
    assert not timeline.step(20)
    assert seen == [10]


def test_nanoseconds_are_told_apart_after_centuries() -> None:
    timeline, seen = Timeline(0), list[int]()
    timeline.after(300 * 365 * DAY + 1, lambda: seen.append(timeline.now))
    timeline.after(300 * 365 * DAY, lambda: seen.append(timeline.now))
    while timeline.step(400 * 365 * DAY):
        pass
    assert [each % SECOND for each in seen] == [0, 1]


def test_the_first_refusal_is_kept() -> None:
    timeline = Timeline(0)
    for what in ("one", "two"):
        with pytest.raises(NotSimulated, match="one"):
            timeline.refuse(what)
    assert str(timeline.refused) == "one"
