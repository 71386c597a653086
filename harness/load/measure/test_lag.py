"""A generator that is late itself proves nothing: how late it was is measured in every process, told, and judged."""

from __future__ import annotations

import time
from pathlib import Path

import gevent
import pytest

from harness.load.judge.test_thresholds import measured
from harness.load.measure.lag import UNKNOWN_LAG, doubt_of, lag_json
from harness.load.measure.lag_probe import EVERY_SECONDS, LagProbe
from harness.load.measure.latencies import Latencies
from harness.load.report.table import table_lines
from harness.load.testing_outcomes import outcome_of
from harness.load.testing_runs import on_port, run_until, stub_up

BOUND_SECONDS = 0.1


def lag_of(*seconds: float) -> Latencies:
    lag = Latencies()
    for each in seconds:
        lag.record(each)
    return lag


def test_a_generator_in_time_gives_no_doubt_and_one_hiccup_in_a_hundred_neither() -> None:
    assert doubt_of(lag_of(*[0.001] * 99, 5.0), BOUND_SECONDS) is None


def test_a_late_one_is_the_bottleneck_and_what_mends_it_is_said() -> None:
    doubt = doubt_of(lag_of(*[0.001] * 98, 0.35, 0.35), BOUND_SECONDS)
    assert doubt is not None
    for told in ("the generator was the bottleneck, not the system", "350 ms", "bound 100 ms", "--processes"):
        assert told in doubt
    assert len(doubt) <= 200, "the table cuts what is longer"


def test_a_lag_that_nobody_measured_is_a_doubt() -> None:
    assert doubt_of(Latencies(), BOUND_SECONDS) == UNKNOWN_LAG


def test_it_stands_in_the_table_and_in_the_file() -> None:
    lag = lag_of(0.001, 0.35)
    lines = table_lines(outcome_of(measured(10), lag=lag))
    assert "lag      the generator itself was 1.00 ms late (p50), 350 ms (p99), 350 ms (max)" in lines
    written = lag_json(lag)
    assert (written["p99_seconds"], written["max_seconds"]) == (0.35, 0.35)
    assert Latencies.from_json(written).counts() == lag.counts()


def test_a_standstill_counts_for_as_long_as_it_was() -> None:
    probe = LagProbe()
    until_seconds = time.monotonic() + 10.5 * EVERY_SECONDS
    while time.monotonic() < until_seconds:
        pass
    probe.end()
    assert probe.lag.max_seconds is not None
    assert probe.lag.max_seconds >= 9 * EVERY_SECONDS
    noted = probe.lag.counts()
    assert sum(count for _, count in noted) >= 9, "each wake-up that could not be asked for meanwhile was late, too"
    gevent.sleep(2 * EVERY_SECONDS)
    probe.end()
    assert probe.lag.counts() == noted, "it has ended"


def test_while_nobody_holds_it_up_it_is_woken_again_and_again() -> None:
    probe = LagProbe()
    deadline_seconds = time.monotonic() + 60
    # A machine that stood still for a while makes up for it with as many wake-ups in time.
    while probe.lag.count < 3 or (probe.lag.percentile(0.5) or 0.0) >= 10 * EVERY_SECONDS:
        assert time.monotonic() < deadline_seconds, "the probe was not woken three times, or mostly late, for 60 s"
        gevent.sleep(0.01)
    probe.end()


@pytest.mark.long
@pytest.mark.parametrize(
    ("bound", "code"), [(str(BOUND_SECONDS), 4), ("60", 0)], ids=["beyond-the-bound", "within-another"]
)
def test_a_locustfile_that_hogs_the_generator(tmp_path: Path, bound: str, code: int) -> None:
    quick = ("--think-seconds", "0.1", "--seed", "1", "--settle-seconds", "3")
    processes = ("--processes", "2", *on_port(), "-u", "2", "-r", "10")
    with stub_up("--workflow-seconds", "0.1") as stub:
        options = (*quick, *processes, "--generator-lag-seconds", bound)
        done = run_until(10, stub, tmp_path, "harness/load/testing_hogging.py", options)
    assert done.code == code, done.output
    assert done.written is not None
    assert done.written["generator_lag"]["p99_seconds"] > BOUND_SECONDS
    assert ("the generator was the bottleneck, not the system" in done.output) == (code == 4)
    assert len(done.written["reasons"]) == (1 if code == 4 else 0)
