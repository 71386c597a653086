"""What a system that stands still looks like: users who wait hide it, and a schedule does not.

Two users ask in turns, so of hundreds of answers only two are slow, whatever the pause: raw p99 does not see it, and
corrected p99 has what the two could not ask meanwhile. A schedule goes on, so there both agree.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.load.measure.measurements import Kind, RowSummary
from harness.load.testing_runs import ended, locust, stop_after, stub_up

pytestmark = pytest.mark.long

PAUSE_SECONDS = 3.0
BEFORE, IN_ALL = 100, 350
SHORT_SECONDS, LONG_SECONDS = 0.4 * PAUSE_SECONDS, 0.6 * PAUSE_SECONDS


def completions(folder: Path, *options: str) -> RowSummary:
    """Of a run in whose midst the server stands still."""
    quick = ("--seed", "1", "--settle-seconds", "3")
    with (
        stub_up("--workflow-seconds", "0.01") as stub,
        locust(folder, "harness/load/testing_simple.py", *stub.addresses, *quick, *options) as process,
    ):
        stub.wait_until_started(BEFORE)
        stub.stand_still(PAUSE_SECONDS)
        stop_after(IN_ALL, stub, process)
        done = ended(process, folder)
    assert done.code == 0, done.output
    [completion] = done.rows(Kind.COMPLETION)
    return completion


@pytest.mark.timeout(300)
def test_users_who_wait_hide_a_pause_and_the_correction_shows_it(tmp_path: Path) -> None:
    for turn in range(3):  # where the machine stands still, too, more answers are slow than can hide
        completion = completions(tmp_path / str(turn), "-u", "2", "--think-seconds", "0.02")
        raw, corrected = completion.raw.p99, completion.corrected.p99
        if raw is not None and raw < SHORT_SECONDS:
            break
    assert raw is not None
    assert corrected is not None
    assert raw < SHORT_SECONDS < LONG_SECONDS < corrected


def test_a_schedule_shows_a_pause_as_it_is(tmp_path: Path) -> None:
    schedule = ("--arrivals", "constant", "--rate", "50", "--thresholds", "offered>=1%")
    completion = completions(tmp_path, *schedule)
    raw, corrected = completion.raw.p99, completion.corrected.p99
    assert raw is not None
    assert corrected is not None
    assert LONG_SECONDS < raw <= corrected < raw + SHORT_SECONDS
