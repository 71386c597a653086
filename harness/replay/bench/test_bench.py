"""The bench of the replay gate: what it measures is what it says, and what does not replay is no figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.record.history_reader import tasks_completed
from harness.replay.bench.beside import NotMeasured, lay_out, measured
from harness.replay.bench.long_history import long_history, peak_bytes
from harness.replay.testing_replay import APPLICATION, CHANGED, SAME, sleeper_history


def laid_out(folder: Path, body: str) -> Path:
    (folder / "sleeping.py").write_text(APPLICATION.format(body=body, failures="()"))
    (folder / "slept.json").write_text(sleeper_history("slept"))
    lay_out([folder / "slept.json"], folder / "run" / "histories", 4)
    return folder / "run"


def test_both_replay_the_same_histories(tmp_path: Path) -> None:
    run = laid_out(tmp_path, SAME)

    pair = measured("sleeping", tmp_path, run, 4)

    assert len(list((run / "histories").iterdir())) == 4
    assert pair.ratio == pair.gate / pair.plain > 0


def test_a_history_that_does_not_replay_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(NotMeasured, match=r"the SDK's Replayer ended with 1: .*TMPRL1100"):
        measured("sleeping", tmp_path, laid_out(tmp_path, CHANGED), 4)


def test_the_long_history_replays_without_drift_and_is_as_long_as_it_says(tmp_path: Path) -> None:
    made = long_history(100)

    assert [len(made.events), tasks_completed(made.events)] == [101, 17]
    # Python alone takes more; the gate's own processes are what is measured.
    assert 20 * 1024**2 < peak_bytes(made, tmp_path / "long") < 1024**3


def test_the_longest_history_is_as_long_as_a_server_takes() -> None:
    assert len(long_history(50_000).events) == 50_003
