"""A pause is to be seen where it must be seen, and a run that looked away from it breaks its bound."""

from __future__ import annotations

import pytest

from harness.load.bench.pause import Paused, shown
from harness.load.measure.measurements import Measurements
from harness.load.measure.offered import Offered
from harness.load.testing_outcomes import DONE, closed_outcome, paused_run

KEPT = Offered(1_200, 1_200, 0)


def completions(measurements: Measurements, offered: Offered | None = None) -> Paused:
    (row,) = (row for row in measurements.summaries() if row.row == DONE)
    return Paused(row, offered)


CLOSED = completions(closed_outcome().measurements)
OPENED = completions(paused_run(), KEPT)


def broken(closed: Paused = CLOSED, opened: Paused = OPENED) -> list[str]:
    return [bound.name for bound in shown(closed, opened) if not bound.met]


def test_a_closed_run_shows_the_pause_when_corrected_and_an_open_run_in_both() -> None:
    assert broken() == []


def test_a_run_that_looked_away_breaks_its_bounds() -> None:
    quick = Measurements(origin_seconds=0.0)
    for at in range(100):
        quick.began(DONE)
        quick.ended(DONE, began_seconds=at, ended_seconds=at + 0.1, intended_seconds=at)
    assert broken(closed=completions(quick)) == ["closed: corrected p99"]
    assert broken(opened=completions(quick, KEPT)) == ["open: corrected p99"]


def test_a_closed_run_whose_raw_p99_shows_it_is_no_example() -> None:
    assert broken(closed=OPENED) == ["closed: raw p99"]


@pytest.mark.parametrize("offered", [None, Offered(1_200, 1_100, 0), Offered(1_200, 1_200, 50)])
def test_an_open_run_must_have_kept_its_schedule(offered: Offered | None) -> None:
    assert broken(opened=Paused(OPENED.completions, offered)) == ["open: offered in time"]


def test_a_run_that_completed_nothing_shows_nothing() -> None:
    nothing = Measurements()
    nothing.began(DONE)
    assert "closed: corrected p99" in broken(closed=completions(nothing))
    assert "open: corrected p99" in broken(opened=completions(nothing, KEPT))
