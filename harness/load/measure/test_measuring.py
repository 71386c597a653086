"""Each operation ends as what it was: a success, an error, or abandoned when its user was ended in the middle."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import gevent
import pytest

from harness.load.measure.measurements import Kind, Measurements, Row
from harness.load.measure.measuring import FEWEST_CYCLES, Cycles, Meter

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


def ended(turned_seconds: float | None, error: BaseException | None) -> list[tuple[str, int, int, int]]:
    """What two rows in turn counted: the kind, successes, errors, abandoned."""
    meter = Heard().meter
    with (
        contextlib.suppress(BaseException),
        meter.measured_in_turn(
            ROW, Row(Kind.COMPLETION, "Order"), turned_seconds=lambda: turned_seconds, lateness_seconds=None
        ),
    ):
        if error is not None:
            raise error
    return [
        (each.row.kind.value, each.succeeded, each.failed, each.abandoned) for each in meter.measurements.summaries()
    ]


@pytest.mark.parametrize(
    ("turned", "error", "counts"),
    [
        (True, None, [("start", 1, 0, 0), ("completion", 1, 0, 0)]),
        (False, KeyError("refused"), [("start", 0, 1, 0)]),
        (True, KeyError("lost"), [("start", 1, 0, 0), ("completion", 0, 1, 0)]),
        (False, gevent.GreenletExit(), [("start", 0, 0, 1)]),
        (True, gevent.GreenletExit(), [("start", 1, 0, 0), ("completion", 0, 0, 1)]),
    ],
    ids=["both", "no start", "no end", "killed before the start", "killed before the end"],
)
def test_of_two_in_turn_each_ends_as_it_did(
    turned: bool, error: BaseException | None, counts: list[tuple[str, int, int, int]]
) -> None:
    # A minute from now, so that it is not taken from the clock.
    assert ended(time.monotonic() + 60 if turned else None, error) == counts


def test_of_two_in_turn_the_first_lasts_until_the_turn() -> None:
    meter = Heard().meter
    turned_seconds = time.monotonic() + 60
    with meter.measured_in_turn(
        ROW, Row(Kind.COMPLETION, "Order"), turned_seconds=lambda: turned_seconds, lateness_seconds=None
    ):
        pass
    first, second = meter.measurements.summaries()
    assert first.raw.max is not None
    assert second.raw.max is not None
    assert 59 < first.raw.max <= 60
    assert second.raw.max < 1


def test_the_usual_round_is_the_median_and_a_pause_does_not_change_it() -> None:
    cycles = Cycles()
    for _ in range(FEWEST_CYCLES - 1):
        cycles.record(0.2)
    assert cycles.usual_seconds == 0.0
    cycles.record(0.2)
    for seconds in (15.0, 15.0, 15.0, 0.2, 0.2):
        cycles.record(seconds)
    assert cycles.usual_seconds == 0.2
