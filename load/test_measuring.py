"""Each operation ends as what it was: a success, an error, or abandoned when its user was ended in the middle."""

from __future__ import annotations

from typing import Any

import gevent
import pytest

from load.measurements import Kind, Measurements, Row
from load.measuring import FEWEST_CYCLES, Cycles, Meter

ROW = Row(Kind.START, "Order")


class Heard:
    """Locust's request event, remembered."""

    def __init__(self) -> None:
        self.fired: list[dict[str, Any]] = []
        self.meter = Meter(Measurements(), lambda **report: self.fired.append(report))

    @property
    def counts(self) -> tuple[int, int, int]:
        """Successes, errors, abandoned."""
        [row] = self.meter.measurements.summaries()
        return row.succeeded, row.failed, row.abandoned


def test_a_success_is_told_to_locust_and_to_us() -> None:
    heard = Heard()
    with heard.meter.measured(ROW):
        pass
    assert heard.counts == (1, 0, 0)
    [report] = heard.fired
    assert (report["request_type"], report["name"], report["exception"]) == ("start", "Order", None)


def test_an_error_goes_on_and_is_counted() -> None:
    heard = Heard()
    with pytest.raises(KeyError), heard.meter.measured(ROW):
        raise KeyError("no such order")
    assert heard.counts == (0, 1, 0)
    assert isinstance(heard.fired[0]["exception"], KeyError)


def test_a_killed_user_is_neither() -> None:
    heard = Heard()

    def work() -> None:
        with heard.meter.measured(ROW):
            gevent.sleep(60)

    user = gevent.spawn(work)
    gevent.sleep(0)
    user.kill()
    assert heard.counts == (0, 0, 1)
    assert heard.fired == []


def test_what_began_late_is_corrected_by_that() -> None:
    heard = Heard()
    with heard.meter.measured(ROW, lateness_seconds=5.0):
        pass
    [row] = heard.meter.measurements.summaries()
    assert row.raw.max is not None
    assert row.corrected.max is not None
    assert row.raw.max < 1 < 5 <= row.corrected.max


def test_the_usual_round_is_the_median_and_a_pause_does_not_change_it() -> None:
    cycles = Cycles()
    for _ in range(FEWEST_CYCLES - 1):
        cycles.record(0.2)
    assert cycles.usual_seconds == 0.0
    cycles.record(0.2)
    for seconds in (15.0, 15.0, 15.0, 0.2, 0.2):
        cycles.record(seconds)
    assert cycles.usual_seconds == 0.2
